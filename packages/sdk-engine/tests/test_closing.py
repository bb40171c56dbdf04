"""Closing a client: twice, too late, with calls under way, with others in line, while a name is looked up."""

from __future__ import annotations

import functools
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, WireFailure
from sdk_engine.wires import WireSettings, async_wire, sync_wire
from sdk_engine.wires.blocking import SyncHttpcoreWire
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire

from .loopback import KeepAlive, Loopback, answer
from .sending import trust

ENOUGH = 5.0
CLIENTS = pytest.mark.parametrize("client", [None, "httpx"])
SYNC = [
    pytest.param(functools.partial(sync_wire, "httpx"), id="httpx"),
    pytest.param(sync_wire, id="default"),
]
ASYNC = [
    pytest.param(functools.partial(async_wire, client), backend, id=f"{backend}-{client or 'default'}")
    for client in ("httpx", None)
    for backend in ("asyncio", "trio")
]


def get(server: Loopback | KeepAlive) -> Request:
    return Request("GET", server.base, "/x", {}, None)


def assert_closed(failure: WireFailure) -> None:
    assert str(failure) == "the client is closed; create a new one"
    assert (failure.outcome, failure.transient) == (Outcome.NOT_SENT, False)


@pytest.mark.parametrize("make", SYNC)
@pytest.mark.parametrize("uses", [0, 2])
def test_a_closed_wire_stays_closed(make: Callable[[], Any], uses: int, serve: Any) -> None:
    server, wire = serve(answer()), make()
    for _ in range(uses):
        assert wire.send(get(server), ENOUGH).status_code == 200
    wire.close()
    wire.close()
    with pytest.raises(WireFailure) as caught:
        wire.send(get(server), ENOUGH)
    assert_closed(caught.value)


@pytest.mark.parametrize(("make", "backend"), ASYNC)
@pytest.mark.parametrize("uses", [0, 2])
def test_a_closed_async_wire_stays_closed(make: Callable[[], Any], backend: str, uses: int, serve: Any) -> None:
    server = serve(answer())

    async def live() -> None:
        wire = make()
        for _ in range(uses):
            assert (await wire.send(get(server), ENOUGH)).status_code == 200
        await wire.aclose()
        await wire.aclose()
        with pytest.raises(WireFailure) as caught:
            await wire.send(get(server), ENOUGH)
        assert_closed(caught.value)

    anyio.run(live, backend=backend)


async def test_a_callers_client_is_left_open_and_its_end_is_noticed(serve: Any) -> None:
    server = serve(answer())
    with httpx.Client(verify=trust()) as client:
        wire = SyncHttpxWire(client)
        wire.close()
        assert client.get(server.base).status_code == 200
        with pytest.raises(WireFailure) as closed_wire:
            wire.send(get(server), ENOUGH)
    with pytest.raises(WireFailure) as closed_client:
        SyncHttpxWire(client).send(get(server), ENOUGH)
    async with httpx.AsyncClient(verify=trust()) as async_client:
        await AsyncHttpxWire(async_client).aclose()
        assert (await async_client.get(server.base)).status_code == 200
    with pytest.raises(WireFailure) as closed_async_client:
        await AsyncHttpxWire(async_client).send(get(server), ENOUGH)
    for caught in (closed_wire, closed_client, closed_async_client):
        assert_closed(caught.value)


@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_a_callers_client_that_is_closed_between_check_and_use(mode: str, serve: Any) -> None:
    class Closing(httpx.Client):
        def send(self, *args: Any, **kwargs: Any) -> Any:
            self.close()
            return super().send(*args, **kwargs)

    class AsyncClosing(httpx.AsyncClient):
        async def send(self, *args: Any, **kwargs: Any) -> Any:
            await self.aclose()
            return await super().send(*args, **kwargs)

    async def send() -> None:
        if mode == "sync":
            SyncHttpxWire(Closing(verify=trust())).send(get(server), ENOUGH)
        else:
            await AsyncHttpxWire(AsyncClosing(verify=trust())).send(get(server), ENOUGH)

    server = serve(answer())
    with pytest.raises(WireFailure) as caught:
        await send()
    assert_closed(caught.value)


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside another client"])
@pytest.mark.parametrize("make", SYNC)
def test_closing_ends_the_calls_under_way_and_does_not_say_that_nothing_was_sent(
    make: Callable[[], Any], beside: bool
) -> None:
    failures = list[WireFailure]()

    def call() -> None:
        with pytest.raises(WireFailure) as caught:
            wire.send(get(server), ENOUGH)
        failures.append(caught.value)

    with KeepAlive() as server:
        wire, other = make(), make()
        if beside:
            other.send(get(server), ENOUGH)
            server.arrived.acquire()
        server.hold.clear()
        calling = threading.Thread(target=call)
        calling.start()
        assert server.arrived.acquire(timeout=ENOUGH)
        wire.close()
        if make is sync_wire:  # httpx closes its connections without waking who waits on them
            calling.join(ENOUGH / 2)
            assert not calling.is_alive()
        server.hold.set()
        calling.join()
        if beside:
            assert other.send(get(server), ENOUGH).status_code == 200
        other.close()
    assert [failure.outcome for failure in failures] == [Outcome.UNKNOWN]


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside another client"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_closing_ends_the_tasks_under_way_and_those_that_wait_in_line(backend: str, beside: bool) -> None:
    failures = list[WireFailure]()
    one = WireSettings(max_connections=2)

    async def call(wire: Any, server: KeepAlive) -> None:
        with pytest.raises(WireFailure) as caught:
            await wire.send(get(server), ENOUGH)
        failures.append(caught.value)

    async def live(server: KeepAlive) -> None:
        wire, other = async_wire(settings=one), async_wire()
        if beside:
            await other.send(get(server), ENOUGH)
            server.arrived.acquire()
        server.hold.clear()
        with anyio.fail_after(ENOUGH / 2):
            async with anyio.create_task_group() as tasks:
                for _ in range(4):
                    tasks.start_soon(call, wire, server)
                for _ in range(2):
                    await anyio.to_thread.run_sync(functools.partial(server.arrived.acquire, timeout=ENOUGH))
                await wire.aclose()
        server.hold.set()
        if beside:
            assert (await other.send(get(server), ENOUGH)).status_code == 200
        await other.aclose()

    with KeepAlive() as server:
        anyio.run(live, server, backend=backend)
    assert sorted(failure.outcome.name for failure in failures) == ["NOT_SENT", "NOT_SENT", "UNKNOWN", "UNKNOWN"]
    assert {str(failure) for failure in failures if failure.outcome is Outcome.UNKNOWN} == {
        "the client was closed before the answer was complete"
    }
    assert (len(server.heads), server.left_open) == (4 if beside else 2, 0)


@CLIENTS
def test_threads_that_wait_in_line_when_their_client_is_closed_send_nothing(client: Any) -> None:
    wire, failures = sync_wire(client, WireSettings(max_connections=1)), list[WireFailure]()

    def call(server: KeepAlive) -> None:
        with pytest.raises(WireFailure) as caught:
            wire.send(get(server), ENOUGH)
        failures.append(caught.value)

    with KeepAlive() as server:
        server.hold.clear()
        threads = [threading.Thread(target=call, args=[server]) for _ in range(3)]
        for thread in threads:
            thread.start()
        assert server.arrived.acquire(timeout=ENOUGH)
        wire.close()
        server.hold.set()
        for thread in threads:
            thread.join()
    assert sorted(failure.outcome.name for failure in failures) == ["NOT_SENT", "NOT_SENT", "UNKNOWN"]
    assert len(server.heads) == 1


async def test_tasks_that_wait_in_line_when_their_client_on_httpx_is_closed_send_nothing() -> None:
    wire = async_wire("httpx", WireSettings(max_connections=1))

    async def call(server: KeepAlive) -> None:
        with pytest.raises(WireFailure):
            await wire.send(get(server), ENOUGH)

    with KeepAlive() as server:
        server.hold.clear()
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(call, server)
            await anyio.to_thread.run_sync(functools.partial(server.arrived.acquire, timeout=ENOUGH))
            await wire.aclose()
            server.hold.set()
    assert len(server.heads) == 1


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside another client"])
async def test_a_client_that_is_closed_while_a_name_is_looked_up_sends_nothing(
    beside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.version_info < (3, 11) and not beside:
        pytest.skip("a task of Python 3.10 cannot tell who cancelled it: it ends as cancelled")
    known, asked, look_up = threading.Event(), threading.Event(), socket.getaddrinfo

    def slowly(host: Any, *args: Any, **options: Any) -> Any:
        if host == "slow.example":
            asked.set()
            known.wait(ENOUGH)
            return look_up("127.0.0.1", *args, **options)
        return look_up(host, *args, **options)

    async def close() -> None:
        await anyio.to_thread.run_sync(asked.wait, ENOUGH)
        await wire.aclose()
        known.set()

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    wire, other = async_wire(), async_wire()
    with KeepAlive() as server:
        if beside:
            await other.send(get(server), ENOUGH)
        request = Request("GET", server.base.replace("127.0.0.1", "slow.example"), "/x", {}, None)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(close)
            with pytest.raises(WireFailure, match="the client was closed") as caught:
                await wire.send(request, ENOUGH)
        await other.aclose()
    assert caught.value.outcome is Outcome.NOT_SENT
    assert len(server.heads) == beside


def test_a_thread_whose_client_is_closed_while_a_name_is_looked_up_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_up, wire = socket.getaddrinfo, sync_wire()

    def closing(host: Any, *args: Any, **options: Any) -> Any:
        wire.close()
        return look_up(host, *args, **options)

    with KeepAlive() as server:
        monkeypatch.setattr(socket, "getaddrinfo", closing)
        with pytest.raises(WireFailure, match="the client was closed"):
            wire.send(get(server), ENOUGH)
        monkeypatch.undo()
    assert server.left_open == 0


def test_a_wire_that_is_closed_between_check_and_use() -> None:
    wire = SyncHttpcoreWire()
    wire.close()
    with pytest.raises(WireFailure) as caught:
        wire.send(Request("GET", "http://127.0.0.1:9", "/x", {}, None), ENOUGH)
    assert_closed(caught.value)


@pytest.mark.parametrize(("make", "backend"), ASYNC)
def test_closing_is_complete_although_the_caller_is_cancelled(make: Callable[[], Any], backend: str) -> None:
    wire = make()

    async def send_and_close(server: KeepAlive) -> None:
        await wire.send(get(server), ENOUGH)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wire.aclose)
            tasks.start_soon(wire.aclose)
            tasks.cancel_scope.cancel()

    with KeepAlive() as server:
        anyio.run(send_and_close, server, backend=backend)
    assert (server.connections, server.left_open) == (1, 0)
