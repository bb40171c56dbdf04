"""The way to a server: waiting for a connection, one that never comes about, and proxies."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, WireFailure
from sdk_engine.wires.default import DefaultSyncWire
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire

from .loopback import Loopback, answer, full_backlog
from .sending import needs_pyreqwest, pyreqwest_wire

ENOUGH = 5.0


def get(server: Loopback) -> Request:
    return Request("GET", server.base, "/x", {}, None)


HASTY = [
    pytest.param(SyncHttpxWire, 0.1, id="httpx"),
    pytest.param(
        lambda: pyreqwest_wire("SyncPyreqwestWire", connect_timeout=0.1), ENOUGH, id="pyreqwest", marks=needs_pyreqwest
    ),
    pytest.param(
        lambda: DefaultSyncWire(connect_timeout=0.1), 0.1 if sys.version_info < (3, 11) else ENOUGH, id="default"
    ),
]


@pytest.mark.parametrize(("make", "timeout"), HASTY)
def test_a_connection_that_never_comes_about_has_sent_nothing(make: Callable[[], Any], timeout: float) -> None:
    wire = make()
    with full_backlog() as base, pytest.raises(WireFailure, match=r"^no connection (with)?in ") as caught:
        wire.send(Request("GET", base, "/x", {}, None), timeout)
    wire.close()
    assert (caught.value.outcome, caught.value.transient, caught.value.timed_out) == (Outcome.NOT_SENT, True, True)


def crowded(monkeypatch: pytest.MonkeyPatch, library: str, mode: str) -> Any:
    """A wire with one connection."""
    if library == "pyreqwest":
        monkeypatch.setattr("sdk_engine.wires.pyreqwest._POOL", 1)
        return pyreqwest_wire("SyncPyreqwestWire" if mode == "sync" else "AsyncPyreqwestWire")
    settings = {"limits": httpx.Limits(max_connections=1)}
    return (SyncHttpxWire if mode == "sync" else AsyncHttpxWire)(settings=settings)


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize("library", ["httpx", pytest.param("pyreqwest", marks=needs_pyreqwest)])
async def test_who_waits_for_a_connection_waits_as_long_as_told_and_has_sent_nothing(
    library: str, mode: str, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, wire = serve(b"", pause=ENOUGH), crowded(monkeypatch, library, mode)
    send = wire.send if mode == "async" else functools.partial(anyio.to_thread.run_sync, wire.send)
    limits, failures, took = {"first": 2.0, "second": 1.0}, dict[str, WireFailure](), dict[str, float]()

    async def call(name: str) -> None:
        began = time.monotonic()
        with pytest.raises(WireFailure) as caught:
            await send(get(server), limits[name])
        failures[name], took[name] = caught.value, time.monotonic() - began

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(call, "first")
        await anyio.to_thread.run_sync(server.arrived.wait, ENOUGH)
        tasks.start_soon(call, "second")
    wire.close() if mode == "sync" else await wire.aclose()
    assert {name: failure.outcome for name, failure in failures.items()} == {
        "first": Outcome.UNKNOWN,
        "second": Outcome.NOT_SENT,
    }
    assert failures["second"].timed_out
    assert failures["second"].transient
    assert took["second"] < took["first"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("make", [SyncHttpxWire, DefaultSyncWire])
def test_a_proxy_of_the_environment_is_for_other_machines(
    make: Callable[[], Any], serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = serve(answer(200, b"here")), serve(answer(200, b"proxy"))
    monkeypatch.setenv("HTTP_PROXY", proxy.base)
    monkeypatch.setenv("http_proxy", proxy.base)
    wire = make()
    assert wire.send(get(server), ENOUGH).content == b"here"
    assert wire.send(Request("GET", "http://example.invalid", "/x", {}, None), ENOUGH).content == b"proxy"
    wire.close()
    assert proxy.requests[0].startswith("GET http://example.invalid/x HTTP/1.1\r\n")
