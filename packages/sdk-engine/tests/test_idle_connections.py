"""Connections that nobody uses are closed by the keep-alive time, although no other call comes."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable

import anyio
import pytest
from sdk_engine.messages import Request
from sdk_engine.wires import WireSettings, async_wire, sync_wire

from .loopback import KeepAlive

SOON = WireSettings(keepalive=0.3)
LATE = WireSettings(keepalive=60.0)
MANY = 7


def closed(server: KeepAlive, number: int) -> int:
    """How many of so many connections end within four seconds, each; the server itself gives up after five."""
    return sum(server.closed.acquire(timeout=4) for _ in range(number))


def get(server: KeepAlive) -> Request:
    return Request("GET", server.base, "/x", {}, None)


Open = Callable[[KeepAlive, int, WireSettings, Callable[[], Awaitable[None]]], None]


def blocking(server: KeepAlive, number: int, settings: WireSettings, then: Callable[[], Awaitable[None]]) -> None:
    wire, together = sync_wire(None, settings), threading.Barrier(number)

    def send() -> None:
        together.wait()
        assert wire.send(get(server), 5.0).status_code == 200

    threads = [threading.Thread(target=send) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    anyio.run(then)
    wire.close()


def awaited(backend: str) -> Open:
    def run(server: KeepAlive, number: int, settings: WireSettings, then: Callable[[], Awaitable[None]]) -> None:
        async def main() -> None:
            wire = async_wire(None, settings)
            async with anyio.create_task_group() as tasks:
                for _ in range(number):
                    tasks.start_soon(wire.send, get(server), 5.0)
            await then()
            await wire.aclose()

        anyio.run(main, backend=backend)

    return run


each_mode = pytest.mark.parametrize(
    "connect",
    [pytest.param(blocking, id="blocking"), *(pytest.param(awaited(name), id=name) for name in ("asyncio", "trio"))],
)


@each_mode
@pytest.mark.parametrize("number", [1, MANY])
def test_they_are_closed_when_their_time_is_over(connect: Open, number: int) -> None:
    seen: list[int] = []
    with KeepAlive() as server:

        async def wait() -> None:
            seen.append(await anyio.to_thread.run_sync(closed, server, server.connections))

        connect(server, number, SOON, wait)
    assert seen == [server.connections]
    assert server.left_open == 0


@each_mode
def test_they_are_kept_until_then_and_closed_with_the_client(connect: Open) -> None:
    seen: list[bool] = []
    with KeepAlive() as server:

        async def look() -> None:
            seen.append(server.closed.acquire(blocking=False))

        connect(server, MANY, LATE, look)
    assert seen == [False]
    assert server.left_open == 0


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_connection_that_is_used_again_is_not_closed_meanwhile(backend: str) -> None:
    async def main(server: KeepAlive) -> None:
        wire = async_wire(None, LATE)
        for _ in range(5):
            assert (await wire.send(get(server), 5.0)).status_code == 200
        await wire.aclose()

    with KeepAlive() as server:
        anyio.run(main, server, backend=backend)
    assert (server.connections, server.left_open) == (1, 0)
