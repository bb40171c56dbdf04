"""Calls that are cancelled: the cancellation is never lost, the platform is hung up on, nothing is sent afterwards."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import anyio
import pytest

from kneo_client import KneoClient
from kneo_client.core.errors import KneoError
from kneo_client.core.profiles import Profile

TIMES = 20
RUN = b'{"run_id":"r","status":"running","runs":[],"count":0,"total":0}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(RUN), RUN)
POOL = 100


class Gate:
    """What a platform does with one connection: each answer waits until `answer` lets it out."""

    def __init__(self) -> None:
        self.arrived, self._go, self._gone = (threading.Semaphore(0) for _ in range(3))

    def __call__(self, connection: socket.socket) -> None:
        with suppress(OSError):
            while True:
                self.arrived.release()
                self._go.acquire()
                connection.sendall(ANSWER)
                self._gone.release()
                if not connection.recv(65536):
                    return

    def answer(self) -> None:
        """Without another turn of the event loop: from now on, the answer lies in the client's socket."""
        self._go.release()
        assert self._gone.acquire(timeout=5)


def client_of(url: str) -> KneoClient:
    return KneoClient(Profile("x", url, "k", timeout=30))


Call = Callable[[KneoClient], Awaitable[Any]]
CALLS: dict[str, Call] = {
    "get": lambda client: client.platform.runs.get("r"),
    "wait": lambda client: client.platform.runs.wait_for_completion("r", poll_interval=0.01, timeout=60),
    "create": lambda client: client.platform.runs.create({"input": "x"}),
    "list": lambda client: client.platform.runs.list(),
}


async def by_task(call: Awaitable[Any], answered: Callable[[], Awaitable[None]]) -> bool:
    task = asyncio.ensure_future(call)
    await answered()
    task.cancel()
    await asyncio.wait([task], timeout=5)
    return task.cancelled()


async def by_timeout(call: Awaitable[Any], answered: Callable[[], Awaitable[None]]) -> bool:
    limits: list[asyncio.Timeout] = []

    async def limited() -> None:
        async with asyncio.timeout(None) as limit:
            limits.append(limit)
            await call

    task = asyncio.ensure_future(limited())
    await answered()
    limits[0].reschedule(asyncio.get_running_loop().time())
    await asyncio.wait([task], timeout=5)
    return isinstance(task.exception(), TimeoutError)


async def by_group(call: Awaitable[Any], answered: Callable[[], Awaitable[None]]) -> bool:
    ended: list[Any] = []

    async def body() -> None:
        ended.append(await call)

    with anyio.move_on_after(5) as limit:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(body)
            await answered()
            tasks.cancel_scope.cancel()
    return not ended and not limit.cancelled_caught


@pytest.mark.parametrize("way", [by_task, by_timeout, by_group])
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("anyio_backend", ["asyncio"], indirect=True)
async def test_a_cancellation_is_obeyed_although_the_answer_is_there_already(serve: Any, name: str, way: Any) -> None:
    ended = []
    for _ in range(TIMES):
        gate = Gate()
        async with client_of(serve(gate).url) as client:

            async def answered(gate: Gate = gate) -> None:
                while not gate.arrived.acquire(blocking=False):
                    await asyncio.sleep(0.001)
                gate.answer()

            ended.append(await way(CALLS[name](client), answered))
    assert ended == [True] * TIMES


class Silent:
    """A platform that answers nobody; counts who came and who hung up."""

    def __init__(self) -> None:
        self.arrived, self.left = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, connection: socket.socket) -> None:
        self.arrived.release()
        with suppress(OSError):
            connection.recv(1)
        self.left.release()


def got(semaphore: threading.Semaphore, number: int) -> int:
    """How many of so many came within five seconds, each."""
    return sum(semaphore.acquire(timeout=5) for _ in range(number))


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: Any) -> str:
    return str(request.param)


@pytest.mark.parametrize("number", [3, POOL, 300])
async def test_the_platform_is_hung_up_on_and_what_was_queued_is_never_sent(serve: Any, number: int) -> None:
    silent, first = Silent(), min(number, POOL)
    platform = serve(silent)
    async with client_of(platform.url) as client:
        async with anyio.create_task_group() as tasks:
            for _ in range(number):
                tasks.start_soon(client.platform.runs.create, {"input": "x"})
            assert await anyio.to_thread.run_sync(got, silent.arrived, first) == first
            tasks.cancel_scope.cancel()
        assert await anyio.to_thread.run_sync(got, silent.left, first) == first
        with anyio.move_on_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.platform.runs.get, "next")
                assert await anyio.to_thread.run_sync(got, silent.arrived, 1) == 1  # at once: its slot was free
                tasks.cancel_scope.cancel()
    assert len(platform.requests) == first + 1
    assert b"/v1/runs/next" in platform.requests[-1]


@pytest.mark.parametrize("cancelled", [0, 2, 5])
async def test_closing_ends_what_is_under_way(serve: Any, cancelled: int) -> None:
    silent, ends = Silent(), list[str]()
    client = client_of(serve(silent).url)
    scopes = [anyio.CancelScope() for _ in range(5)]

    async def call(scope: anyio.CancelScope) -> None:
        with scope:
            try:
                await client.platform.runs.create({"input": "x"})
            except KneoError as error:
                ends.append(error.outcome.name)

    async with anyio.create_task_group() as tasks:
        for scope in scopes:
            tasks.start_soon(call, scope)
        assert await anyio.to_thread.run_sync(got, silent.arrived, 5) == 5
        for scope in scopes[:cancelled]:
            scope.cancel()
        await client.aclose()
        assert await anyio.to_thread.run_sync(got, silent.left, 5) == 5
    assert ends == ["UNKNOWN"] * (5 - cancelled)
