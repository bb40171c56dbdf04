"""Methods written once for both modes: what they look like, and that both drivers run them."""

from __future__ import annotations

import asyncio
import inspect
import typing
from typing import Any, Generic, TypeVar
from unittest.mock import AsyncMock, create_autospec

import pytest
from sdk_engine.bodies import typed
from sdk_engine.call import call
from sdk_engine.drivers import AsyncDriver, SyncDriver
from sdk_engine.errors import StatusError
from sdk_engine.methods import blocking_or_awaited, part
from sdk_engine.operation import Operation
from sdk_engine.settings import ClientSettings
from sdk_engine.testing import FakeAsyncWire, FakeSyncWire

from .walking import client

D_co = TypeVar("D_co", SyncDriver, AsyncDriver, covariant=True)
GET = Operation[dict[str, Any]]("GET", "/v1/runs/{run_id}", typed(lambda: dict))


class Runs(Generic[D_co]):
    """What a product's adapter looks like."""

    def __init__(self, shared: ClientSettings, driver: D_co) -> None:
        self.settings = shared
        self.driver = driver

    @blocking_or_awaited
    async def get(self, run_id: str, *, wait: float | None = None) -> dict[str, Any]:
        """Fetch one run."""
        return await call(self.settings, GET, {"run_id": run_id}, query={"wait": wait})


def blocking(*answers: Any) -> Runs[SyncDriver]:
    return Runs(client(), SyncDriver(FakeSyncWire(answers)))


def awaiting(*answers: Any) -> Runs[AsyncDriver]:
    return Runs(client(), AsyncDriver(FakeAsyncWire(answers)))


def test_on_a_blocking_client_it_is_a_plain_method() -> None:
    runs = blocking(200)
    assert runs.get("r", wait=2) == {}
    wire: Any = runs.driver.wire
    assert [request.target for request in wire.requests] == ["/v1/runs/r?wait=2"]
    assert not inspect.iscoroutinefunction(runs.get)


async def test_on_an_async_client_it_is_a_coroutine_method() -> None:
    runs = awaiting(200)
    assert inspect.iscoroutinefunction(runs.get)
    coroutine = runs.get("r", wait=2)
    assert inspect.iscoroutine(coroutine)
    assert await coroutine == {}


@pytest.mark.parametrize("runs", [blocking(), awaiting()], ids=["sync", "async"])
def test_names_defaults_and_docstring_are_the_plans(runs: Any) -> None:
    assert str(inspect.signature(runs.get)) == "(run_id: 'str', *, wait: 'float | None' = None) -> 'dict[str, Any]'"
    assert typing.get_type_hints(runs.get)["return"] == dict[str, Any]
    assert (runs.get.__name__, runs.get.__qualname__) == ("get", "Runs.get")
    assert inspect.getdoc(runs.get) == "Fetch one run."


class BlockingRuns(Runs[SyncDriver]):
    blocks = True


@pytest.mark.parametrize(("kind", "awaited"), [(Runs, True), (BlockingRuns, False)])
def test_on_the_class_it_is_the_mode_that_the_class_says(kind: Any, awaited: bool) -> None:
    assert inspect.iscoroutinefunction(kind.get) == awaited
    assert str(inspect.signature(kind.get)).startswith("(self, run_id: 'str', *, wait:")
    assert kind.get.__doc__ == "Fetch one run."
    assert BlockingRuns.get(blocking(200), "r") == {}


class Client(Generic[D_co]):
    """What a product's client looks like."""

    def __init__(self, driver: D_co) -> None:
        self.driver: D_co = driver

    @part(lambda: Runs)
    def runs(self) -> Runs[D_co]:
        """Runs."""
        return Runs(client(), self.driver)


class BlockingClient(Client[SyncDriver]):
    blocks = True


@pytest.mark.parametrize(("kind", "awaited"), [(Client, True), (BlockingClient, False)])
def test_mocks_are_made_with_the_methods_of_every_part(kind: Any, awaited: bool) -> None:
    mock: Any = create_autospec(kind, instance=True)
    assert isinstance(mock.runs.get, AsyncMock) == awaited
    mock.runs.get.return_value = {"id": "r"}
    coming = mock.runs.get("r", wait=1)
    assert (asyncio.run(coming) if awaited else coming) == {"id": "r"}
    with pytest.raises(TypeError):
        mock.runs.get(wait=1)
    with pytest.raises(AttributeError):
        _ = mock.runs.nothing


def test_a_client_makes_each_of_its_parts_once() -> None:
    made = Client(SyncDriver(FakeSyncWire([200])))
    assert made.runs is made.runs
    assert made.runs.get("r") == {}
    mock: Any = create_autospec(made)
    assert not isinstance(mock.runs.get, AsyncMock)


def test_a_wrong_argument_is_a_type_error_before_anything_is_sent() -> None:
    runs = blocking()
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'run_id'"):
        runs.get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def test_errors_come_out_as_they_are() -> None:
    with pytest.raises(StatusError, match=r"^GET http://h/v1/runs/r: HTTP 404$"):
        blocking(404).get("r")
    with pytest.raises(StatusError, match=r"^GET http://h/v1/runs/r: HTTP 404$"):
        await awaiting(404).get("r")
