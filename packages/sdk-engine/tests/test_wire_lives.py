"""Where a wire lives: on several event loops, one after the other and at the same time, and in many threads."""

from __future__ import annotations

import asyncio
import functools
import gc
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, WireFailure
from sdk_engine.wires import WireSettings, async_wire, sync_wire

from .loopback import KeepAlive, Loopback, answer

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


# --- several event loops, several threads


@pytest.mark.parametrize(("make", "backend"), ASYNC)
def test_one_wire_lives_through_several_event_loops(make: Callable[[], Any], backend: str, serve: Any) -> None:
    server, wire = serve(answer()), make()
    for _ in range(3):
        assert anyio.run(wire.send, get(server), ENOUGH, backend=backend).status_code == 200
    anyio.run(wire.aclose, backend=backend)


@pytest.mark.parametrize("client", [None, "httpx"])
def test_a_wire_moves_from_asyncio_to_trio_and_back(client: Any, serve: Any) -> None:
    server, wire = serve(answer()), async_wire(client)
    for backend in ("asyncio", "trio", "asyncio"):
        assert anyio.run(wire.send, get(server), ENOUGH, backend=backend).status_code == 200
    anyio.run(wire.aclose, backend="trio")


@pytest.mark.parametrize(("make", "backend"), ASYNC)
def test_an_event_loop_that_ends_closes_the_connections_made_on_it(make: Callable[[], Any], backend: str) -> None:
    wire = make()
    with KeepAlive() as server:
        for _ in range(2):
            assert anyio.run(wire.send, get(server), ENOUGH, backend=backend).status_code == 200
    assert (server.connections, server.left_open) == (2, 0)


@pytest.mark.parametrize(("make", "backend"), ASYNC)
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


@pytest.mark.parametrize(("make", "backend"), ASYNC)
def test_tasks_that_start_together_share_a_client(make: Callable[..., Any], backend: str) -> None:
    wire = make(settings=WireSettings(max_connections=1))

    async def send_together(server: KeepAlive) -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(wire.send, get(server), ENOUGH)

    with KeepAlive() as server:
        anyio.run(send_together, server, backend=backend)
    assert (server.connections, server.left_open) == (1, 0)


@pytest.mark.parametrize("client", [None, "httpx"])
@pytest.mark.parametrize("finish", [True, False])
@pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")  # of loops that were not finished
def test_a_wire_forgets_event_loops_that_are_gone(client: Any, finish: bool, serve: Any) -> None:
    server, wire, loops = serve(answer()), async_wire(client), list[weakref.ref[Any]]()
    for _ in range(3):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(wire.send(get(server), ENOUGH))
        if finish:
            loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        loops.append(weakref.ref(loop))
        del loop
    gc.collect()
    assert [loop() is None for loop in loops[:2]] == [True, True]


@pytest.mark.filterwarnings("ignore:asynchronous generator .* was scheduled after:ResourceWarning")  # by whoever did
def test_a_loop_that_goes_on_after_its_generators_were_finished_gets_new_connections(serve: Any) -> None:
    server, wire, loop = serve(answer()), async_wire(), asyncio.new_event_loop()
    for _ in range(2):
        assert loop.run_until_complete(wire.send(get(server), ENOUGH)).status_code == 200
        loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


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


@pytest.mark.anyio
async def test_an_async_client_works_on_uvloop(serve: Any) -> None:
    uvloop = pytest.importorskip("uvloop")
    server, wire = serve(answer()), async_wire()
    await anyio.to_thread.run_sync(lambda: uvloop.run(_twice(wire, server)))
    assert len(server.requests) == 2


async def _twice(wire: Any, server: Loopback) -> None:
    for _ in range(2):
        assert (await wire.send(get(server), ENOUGH)).status_code == 200
    await wire.aclose()
