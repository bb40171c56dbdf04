"""How long a wire lives: closed twice, used too late, on several event loops, by many threads, after a fork."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import httpx
import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.steps import Gate
from sdk_engine.wires.default import DefaultAsyncWire, DefaultSyncWire
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire

from .loopback import KeepAlive, Loopback, answer
from .sending import needs_pyreqwest, pyreqwest_wire, run_script, through_httpx, trust

ENOUGH = 5.0
SYNC = [
    pytest.param(SyncHttpxWire, id="httpx"),
    pytest.param(lambda: pyreqwest_wire("SyncPyreqwestWire"), id="pyreqwest", marks=needs_pyreqwest),
    pytest.param(DefaultSyncWire, id="default"),
]
ASYNC = [
    pytest.param(AsyncHttpxWire, "asyncio", id="asyncio-httpx"),
    pytest.param(AsyncHttpxWire, "trio", id="trio-httpx"),
    pytest.param(
        lambda: pyreqwest_wire("AsyncPyreqwestWire"), "asyncio", id="asyncio-pyreqwest", marks=needs_pyreqwest
    ),
    pytest.param(DefaultAsyncWire, "asyncio", id="asyncio-default"),
    pytest.param(DefaultAsyncWire, "trio", id="trio-default"),
]


def get(server: Loopback | KeepAlive) -> Request:
    return Request("GET", server.base, "/x", {}, None)


def assert_closed(failure: WireFailure) -> None:
    assert str(failure) == "the client is closed; create a new one"
    assert (failure.outcome, failure.transient) == (Outcome.NOT_SENT, False)


# --- closing


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


async def test_a_client_that_is_closed_between_check_and_use(serve: Any) -> None:
    server, sync_wire, async_wire = serve(answer()), SyncHttpxWire(), AsyncHttpxWire()
    sync_client, async_client = sync_wire._client(get(server)), await async_wire._client(get(server))
    sync_client.close()
    await async_client.aclose()
    with pytest.raises(WireFailure) as caught:
        sync_wire.send(get(server), ENOUGH)
    assert_closed(caught.value)
    with pytest.raises(WireFailure) as caught:
        await async_wire.send(get(server), ENOUGH)
    assert_closed(caught.value)


@pytest.mark.parametrize("make", SYNC)
def test_a_wire_closed_in_the_middle_of_a_call_does_not_say_that_nothing_was_sent(
    make: Callable[[], Any], serve: Any
) -> None:
    server, wire, failures = serve(b"", pause=0.3), make(), list[WireFailure]()

    def call() -> None:
        with pytest.raises(WireFailure) as caught:
            wire.send(get(server), ENOUGH)
        failures.append(caught.value)

    calling = threading.Thread(target=call)
    calling.start()
    assert server.arrived.wait(ENOUGH)
    wire.close()
    calling.join()
    assert failures[0].outcome is Outcome.UNKNOWN


# --- several event loops, several threads


@pytest.mark.parametrize(("make", "backend"), ASYNC)
def test_one_wire_lives_through_several_event_loops(make: Callable[[], Any], backend: str, serve: Any) -> None:
    server, wire = serve(answer()), make()
    for _ in range(3):
        assert anyio.run(wire.send, get(server), ENOUGH, backend=backend).status_code == 200
    anyio.run(wire.aclose, backend=backend)


def test_the_default_wire_moves_from_asyncio_to_trio_and_back(serve: Any) -> None:
    server, wire = serve(answer()), DefaultAsyncWire()
    for backend in ("asyncio", "trio", "asyncio"):
        assert anyio.run(wire.send, get(server), ENOUGH, backend=backend).status_code == 200
    anyio.run(wire.aclose, backend="trio")
    assert through_httpx(server)[1]


HTTPX = [
    pytest.param(make, backend, id=f"{backend}-{make.__name__}")
    for backend in ("asyncio", "trio")
    for make in (AsyncHttpxWire, DefaultAsyncWire)
]


@pytest.fixture
def no_pyreqwest(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where it has no wheel: httpx serves everywhere."""
    monkeypatch.setitem(sys.modules, "pyreqwest", None)


@pytest.mark.usefixtures("no_pyreqwest")
@pytest.mark.parametrize(("make", "backend"), HTTPX)
def test_an_event_loop_that_ends_closes_the_connections_made_on_it(make: Callable[[], Any], backend: str) -> None:
    wire = make()
    with KeepAlive() as server:
        for _ in range(2):
            assert anyio.run(wire.send, get(server), ENOUGH, backend=backend).status_code == 200
    assert (server.connections, server.left_open) == (2, 0)


@pytest.mark.usefixtures("no_pyreqwest")
@pytest.mark.parametrize(("make", "backend"), HTTPX)
def test_event_loops_at_the_same_time_keep_their_own_connections(make: Callable[[], Any], backend: str) -> None:
    wire, both = make(), threading.Barrier(2, timeout=ENOUGH)

    async def send_in_turn(server: KeepAlive, closes: bool) -> None:
        for _ in range(3):
            assert (await wire.send(get(server), ENOUGH)).status_code == 200
            both.wait()
        if closes:
            await wire.aclose()
        both.wait()
        with pytest.raises(WireFailure) as caught:
            await wire.send(get(server), ENOUGH)
        assert_closed(caught.value)

    with KeepAlive() as server, ThreadPoolExecutor(2) as pool:
        loops = [pool.submit(anyio.run, send_in_turn, server, closes, backend=backend) for closes in (True, False)]
        for loop in loops:
            loop.result()
    assert (server.connections, server.left_open) == (2, 0)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_tasks_that_start_together_share_a_client(backend: str) -> None:
    wire = AsyncHttpxWire(settings={"limits": httpx.Limits(max_connections=1)})

    async def send_together(server: KeepAlive) -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(wire.send, get(server), ENOUGH)

    with KeepAlive() as server:
        anyio.run(send_together, server, backend=backend)
    assert (server.connections, server.left_open) == (1, 0)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_closing_is_complete_although_the_caller_is_cancelled(backend: str) -> None:
    wire = AsyncHttpxWire()

    async def send_and_close(server: KeepAlive) -> None:
        await wire.send(get(server), ENOUGH)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wire.aclose)
            tasks.start_soon(wire.aclose)
            tasks.cancel_scope.cancel()

    with KeepAlive() as server:
        anyio.run(send_and_close, server, backend=backend)
    assert (server.connections, server.left_open) == (1, 0)


@pytest.mark.parametrize("finish", [True, False])
def test_a_wire_forgets_event_loops_that_are_gone(finish: bool, serve: Any) -> None:
    server, wire = serve(answer()), AsyncHttpxWire()
    for _ in range(3):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(wire.send(get(server), ENOUGH))
        if finish:
            loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
    assert len(wire._own._held) == 1


@pytest.mark.parametrize("make", SYNC)
def test_many_threads_share_a_wire(make: Callable[[], Any], serve: Any) -> None:
    server, wire, answers = serve(answer()), make(), list[int]()

    def call() -> None:
        answers.append(wire.send(get(server), ENOUGH).status_code)

    threads = [threading.Thread(target=call) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wire.close()
    assert answers == [200] * 20


def test_a_thread_that_was_overtaken_uses_the_wire_that_is_there(serve: Any) -> None:
    server, wire = serve(answer()), DefaultSyncWire()

    class Overtaken(Gate):
        def after_fork(self) -> Gate:
            wire._opening = Gate()
            faster = threading.Thread(target=wire.send, args=(get(server), ENOUGH))
            faster.start()
            faster.join()
            return wire._opening

    wire._opening = Overtaken()
    assert wire.send(get(server), ENOUGH).status_code == 200
    assert len(wire._wires) == 1
    wire.close()


# --- the choice of the default wire


@needs_pyreqwest
def test_pyreqwest_is_the_first_choice(serve: Any) -> None:
    server = serve(answer())
    wire = DefaultSyncWire()
    wire.send(get(server), ENOUGH)
    wire.close()
    _send_once(DefaultAsyncWire(), server)
    assert through_httpx(server) == [False, False]


def test_httpx_serves_where_pyreqwest_cannot(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyreqwest", None)
    server = serve(answer())
    wire = DefaultSyncWire()
    wire.send(get(server), ENOUGH)
    wire.close()
    _send_once(DefaultAsyncWire(), server)
    assert through_httpx(server) == [True, True]


def test_httpx_serves_on_trio(serve: Any) -> None:
    server = serve(answer())
    _send_once(DefaultAsyncWire(), server, backend="trio")
    assert through_httpx(server) == [True]


LOADING = """
    import sys

    import anyio
    from sdk_engine.wires.default import DefaultAsyncWire, DefaultSyncWire

    if sys.argv[1] == "sync":
        DefaultSyncWire().load()
    else:
        async def load():
            DefaultAsyncWire().load()

        anyio.run(load, backend=sys.argv[1])
    print(*(name for name in ("pyreqwest", "httpx") if name in sys.modules))
"""


@needs_pyreqwest
@pytest.mark.parametrize(("place", "library"), [("sync", "pyreqwest"), ("asyncio", "pyreqwest"), ("trio", "httpx")])
def test_loading_imports_what_will_serve_and_nothing_else(place: str, library: str) -> None:
    assert run_script(LOADING, place) == [library]


def _send_once(wire: DefaultAsyncWire, server: Loopback, backend: str = "asyncio") -> None:
    async def send() -> Response:
        response = await wire.send(get(server), ENOUGH)
        await wire.aclose()
        return response

    anyio.run(send, backend=backend)


def test_a_process_ends_although_its_wires_are_open(serve: Any) -> None:
    server = serve(answer())
    script = """
        import asyncio, sys

        from sdk_engine.messages import Request
        from sdk_engine.wires.default import DefaultAsyncWire, DefaultSyncWire

        request = Request("GET", sys.argv[1], "/x", {}, None)
        wires = DefaultSyncWire(), DefaultAsyncWire()
        print(wires[0].send(request, 5.0).status_code, asyncio.run(wires[1].send(request, 5.0)).status_code)
    """
    assert run_script(script, server.base) == ["200", "200"]
