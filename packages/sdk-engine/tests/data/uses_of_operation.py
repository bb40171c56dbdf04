"""Real uses of `@blocking_or_awaited`, never executed.

`test_typing.py` holds what two type checkers say against the comments.
"""

from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

from sdk_engine.bodies import nothing, typed
from sdk_engine.call import call
from sdk_engine.drivers import AsyncDriver, SyncDriver
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation
from sdk_engine.settings import ClientSettings
from typing_extensions import reveal_type

D_co = TypeVar("D_co", SyncDriver, AsyncDriver, covariant=True)


class Run:
    """A result."""


class Runs(Generic[D_co]):
    """An adapter that serves both modes."""

    def __init__(self, driver: D_co) -> None:
        self.driver: D_co = driver  # without the annotation mypy sees the first mode only

    @blocking_or_awaited
    async def get(self, run_id: str, *, wait: float | None = None) -> Run:
        """Fetch one run."""
        return Run()

    @blocking_or_awaited
    async def count(self) -> int:
        """How many there are."""
        return 0


class Client:
    """A blocking client."""

    def __init__(self, driver: SyncDriver) -> None:
        self.runs = Runs(driver)


class AsyncClient:
    """An async client."""

    def __init__(self, driver: AsyncDriver) -> None:
        self.runs = Runs(driver)


def blocking(client: Client) -> None:
    reveal_type(client.runs.get("r"))  # reveals: Run
    reveal_type(client.runs.get(run_id="r", wait=1.5))  # reveals: Run
    reveal_type(client.runs.count())  # reveals: int
    client.runs.get()  # error
    client.runs.get(5)  # error
    client.runs.get("r", 5)  # error
    client.runs.get("r", wait="long")  # error
    client.runs.get("r", other=1)  # error
    client.runs.get("r").cancel()  # error


async def awaiting(client: AsyncClient) -> None:
    reveal_type(await client.runs.get("r"))  # reveals: Run
    reveal_type(await client.runs.get(run_id="r", wait=None))  # reveals: Run
    reveal_type(await client.runs.count())  # reveals: int
    await client.runs.get()  # error
    await client.runs.get("r", wait="long")  # error
    pending: Coroutine[Any, Any, int] = client.runs.count()
    await pending
    number: int = client.runs.count()  # error
    number += 1


async def decoded(shared: ClientSettings) -> None:
    reveal_type(await call(shared, Operation("GET", "/x", typed(lambda: Run))))  # reveals: Run
    reveal_type(await call(shared, Operation("DELETE", "/x", nothing)))  # reveals: None


async def mixed_up(client: Client) -> Any:
    return await client.runs.get("r")  # error
