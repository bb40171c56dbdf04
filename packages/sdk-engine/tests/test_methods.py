"""Methods written once for both modes: what they look like, and that both drivers run them."""

from __future__ import annotations

import inspect
import typing
from typing import Any, Generic, TypeVar

import pytest
from sdk_engine.call import ClientSettings, call
from sdk_engine.drivers import AsyncDriver, SyncDriver
from sdk_engine.errors import StatusError
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation
from sdk_engine.testing import FakeAsyncWire, FakeSyncWire

from .walking import client

D_co = TypeVar("D_co", SyncDriver, AsyncDriver, covariant=True)
GET = Operation[dict[str, Any]]("GET", "/v1/runs/{run_id}", lambda: dict)


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


def test_on_the_class_it_is_itself() -> None:
    assert isinstance(Runs.get, blocking_or_awaited)
    assert Runs.get.__doc__ == "Fetch one run."


def test_a_wrong_argument_is_a_type_error_before_anything_is_sent() -> None:
    runs = blocking()
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'run_id'"):
        runs.get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def test_errors_come_out_as_they_are() -> None:
    with pytest.raises(StatusError, match=r"^HTTP 404$"):
        blocking(404).get("r")
    with pytest.raises(StatusError, match=r"^HTTP 404$"):
        await awaiting(404).get("r")
