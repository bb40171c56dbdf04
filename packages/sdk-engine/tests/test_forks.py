"""Wires in a forked child: connections of its own, and hands off its parent's."""

from __future__ import annotations

import os
from typing import Any

import anyio
import pytest
from sdk_engine.messages import Request
from sdk_engine.wires import default
from sdk_engine.wires.default import DefaultAsyncWire, DefaultSyncWire
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire

from .loopback import KeepAlive, Loopback, answer
from .sending import needs_pyreqwest, run_script, through_httpx

ENOUGH = 5.0


def get(server: Loopback) -> Request:
    return Request("GET", server.base, "/x", {}, None)


@needs_pyreqwest
def test_a_child_that_cannot_use_pyreqwest_chooses_anew(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the next test does with a real fork, here where it can be watched."""
    from sdk_engine.wires import pyreqwest

    def forked(**settings: object) -> None:
        raise RuntimeError("forked")

    server, sync_wire, async_wire = serve(answer()), DefaultSyncWire(), DefaultAsyncWire()
    parents = sync_wire.send(get(server), ENOUGH), anyio.run(async_wire.send, get(server), ENOUGH)
    abandoned: Any = [*sync_wire._wires.values(), *async_wire._wires.values()]
    monkeypatch.setattr(default.os, "getpid", lambda: -1)
    monkeypatch.setattr(pyreqwest, "SyncPyreqwestWire", forked)
    monkeypatch.setattr(pyreqwest, "AsyncPyreqwestWire", forked)
    sync_wire.send(get(server), ENOUGH)

    async def child() -> None:
        await async_wire.send(get(server), ENOUGH)
        await async_wire.aclose()

    anyio.run(child)
    sync_wire.close()
    assert [response.status_code for response in parents] == [200, 200]
    assert through_httpx(server) == [False, False, True, True]
    abandoned[0].close()
    anyio.run(abandoned[1].aclose)


async def test_a_child_opens_connections_of_its_own_on_httpx_too(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server, sync_wire, async_wire = serve(answer()), SyncHttpxWire(), AsyncHttpxWire()

    async def clients() -> list[Any]:
        sync_wire.send(get(server), ENOUGH)
        await async_wire.send(get(server), ENOUGH)
        return [sync_wire._client(get(server)), await async_wire._client(get(server))]

    parents = await clients()
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: -1)
        children = await clients()
        sync_wire.close()
        await async_wire.aclose()
    assert [client.is_closed for client in children] == [True, True]
    assert [client.is_closed for client in parents] == [False, False]
    parents[0].close()
    await parents[1].aclose()


def test_a_child_does_not_close_what_belongs_to_its_parent(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server, wire = serve(answer()), DefaultSyncWire()
    wire.send(get(server), ENOUGH)
    parents: Any = next(iter(wire._wires.values()))
    with monkeypatch.context() as child:
        child.setattr(default.os, "getpid", lambda: -1)
        wire.close()
    assert parents.send(get(server), ENOUGH).status_code == 200
    parents.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
def test_a_forked_child_sends_too(serve: Any) -> None:
    server = serve(answer())
    script = """
        import asyncio, os, sys, warnings

        from sdk_engine.messages import Request
        from sdk_engine.wires.default import DefaultAsyncWire, DefaultSyncWire

        warnings.simplefilter("ignore")  # Python's own, about forking with threads
        request = Request("GET", sys.argv[1], "/x", {}, None)
        wires = DefaultSyncWire(), DefaultAsyncWire()

        def send():
            answers = wires[0].send(request, 5.0), asyncio.run(wires[1].send(request, 5.0))
            print(*(answer.status_code for answer in answers), flush=True)

        send()
        child = os.fork()
        if child:
            os.waitpid(child, 0)
        send()
    """
    assert run_script(script, server.base) == ["200"] * 6
    assert through_httpx(server)[2:4] == [True, True]
    assert len(server.requests) == 6


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
def test_a_child_that_ends_its_parents_event_loop_leaves_the_connections_alone() -> None:
    script = """
        import asyncio, os, sys

        from sdk_engine.messages import Request
        from sdk_engine.wires.httpx import AsyncHttpxWire

        request, wire = Request("GET", sys.argv[1], "/x", {}, None), AsyncHttpxWire()
        loop = asyncio.new_event_loop()

        def send():
            print(loop.run_until_complete(wire.send(request, 5.0)).status_code, flush=True)

        send()
        client = loop.run_until_complete(wire._client(request))
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            send()
        loop.run_until_complete(loop.shutdown_asyncgens())
        print(client.is_closed, flush=True)
        if child:
            loop.close()
        else:
            os._exit(0)
    """
    with KeepAlive() as server:
        assert run_script(script, server.base) == ["200", "False", "200", "True"]
    assert (server.connections, server.left_open) == (1, 0)
