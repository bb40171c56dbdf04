"""Process hygiene: several event loops, forks, exits without close. Each in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from kneo_client.core.errors import KneoError
from tests.faults import child, clients
from tests.faults.behaviours import good
from tests.faults.figures import Figure
from tests.faults.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.settings import Settings

LONGEST_EXIT = 1.0
PATIENCE = 20
SPARE_THREADS = 1
"""Threads that a wire may keep for good, however many clients there were."""


def two_loops(url: str) -> str:
    """One transport in three event loops after each other, the first two left without close."""
    transport = clients.transport(url)

    async def ask() -> int:
        return (await transport.request("GET", "/v1/runs/x")).status_code

    said = [asyncio.run(ask()) for _ in range(3)]
    asyncio.run(transport.aclose())
    gc.collect()
    return f"answers {said}"


def loops_on_threads(url: str) -> str:
    """One transport in event loops on four threads at the same time."""
    transport = clients.transport(url)
    said: list[Any] = []

    async def ask() -> None:
        said.extend([(await transport.request("GET", "/v1/runs/x")).status_code for _ in range(20)])

    def run() -> None:
        try:
            asyncio.run(ask())
        except Exception as exc:
            said.append(repr(exc) if isinstance(exc, KneoError) else f"untyped {exc!r}")

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return f"answers {sorted(set(map(str, said)))} x {len(said)}"


def sync_on_threads(url: str) -> str:
    """One `SyncTransport`, first used by eight threads at once, then after those have ended."""
    with clients.sync_transport(url) as transport:
        said: list[Any] = []

        def run() -> None:
            said.extend(transport.request("GET", "/v1/runs/x").status_code for _ in range(10))

        for _ in range(2):
            threads = [threading.Thread(target=run) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return f"answers {sorted(set(said))} x {len(said)}"


def many_clients(url: str) -> str:
    """A hundred `SyncTransport`s after each other: threads come and go."""
    said = []
    for _ in range(100):
        with clients.sync_transport(url) as transport:
            said.append(transport.request("GET", "/v1/runs/x").status_code)
    few = threading.active_count() <= SPARE_THREADS + 1
    return f"answers {sorted(set(said))} x {len(said)}, {'few' if few else threading.active_count()} threads left"


def fork_sync(url: str) -> str:
    """A `SyncTransport` that has served, then a fork; parent and child use it, and the child exits by itself."""
    transport = clients.sync_transport(url)
    return _fork(lambda: transport.request("GET", "/v1/runs/x").status_code)


def fork_blocking(url: str) -> str:
    """The same for a blocking wire."""
    with clients.blocking(url) as request:
        return _fork(lambda: request("GET", "/v1/runs/x").status_code)


def fork_async(url: str) -> str:
    """The same for a `Transport`, with an event loop in either process."""
    transport = clients.transport(url)

    async def ask() -> int:
        return (await transport.request("GET", "/v1/runs/x")).status_code

    return _fork(lambda: asyncio.run(ask()))


def _fork(ask: Callable[[], Any]) -> str:
    before = ask()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(8)  # a child that hangs is killed, and has then said nothing
        os.write(writing, repr(_said(ask)).encode())
        raise SystemExit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        in_child = pipe.read().decode() or "nothing"
    _, status = os.waitpid(pid, 0)
    return f"parent {before}, child {in_child} and exit {status}, parent again {_said(ask)}"


def _said(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Exception as exc:
        return f"{type(exc).__name__}: {exc}"


def exit_sync(url: str) -> str:
    """Leave a `SyncTransport` open."""
    _left_open.append(clients.sync_transport(url))
    return f"answers {_left_open[0].request('GET', '/v1/runs/x').status_code}"


def exit_async(url: str) -> str:
    """Leave a `Transport` open, its event loop closed."""
    _left_open.append(clients.transport(url))

    async def ask() -> int:
        return (await _left_open[0].request("GET", "/v1/runs/x")).status_code

    return f"answers {asyncio.run(ask())}"


def exit_under_way(url: str) -> str:
    """Exit while other threads wait for answers that never come."""
    transport = clients.sync_transport(url, timeout=60)
    _left_open.append(transport)
    answered = transport.request("GET", "/v1/runs/x").status_code

    def wait() -> None:
        with contextlib.suppress(Exception):
            transport.request("GET", "/v1/hang")

    for _ in range(4):
        threading.Thread(target=wait, daemon=True).start()
    time.sleep(0.3)  # until they wait
    return f"answers {answered}"


_left_open: list[Any] = []

RIGHT = {
    "two_loops": "answers [200, 200, 200]",
    "loops_on_threads": "answers ['200'] x 80",
    "sync_on_threads": "answers [200] x 160",
    "many_clients": "answers [200] x 100, few threads left",
    "fork_sync": "parent 200, child 200 and exit 0, parent again 200",
    "fork_blocking": "parent 200, child 200 and exit 0, parent again 200",
    "fork_async": "parent 200, child 200 and exit 0, parent again 200",
    "exit_sync": "answers 200",
    "exit_async": "answers 200",
    "exit_under_way": "answers 200",
}
"""What each of these says when all is well."""


async def behave(exchange: Any) -> None:
    """Answer, unless asked to hang."""
    await (exchange.hang() if exchange.target == "/v1/hang" else good()(exchange))


async def case(name: str, wire: str, *, again: bool = True) -> tuple[str, bool]:
    """Run one in a process of its own: what it said and how it ended, and whether that is right.

    A late exit is given a second chance: a busy machine also makes late.
    """
    async with Origin(behave) as origin:
        ended = await child.in_child("hygiene", name, origin.url, wire=wire, patience=PATIENCE)
    noise = [line for line in ended.stderr.splitlines() if line.strip()]
    said = f"{ended.value or 'nothing'}; exit {ended.code} {ended.after_return:.2f} s after the end"
    right = ended.value == RIGHT[name] and ended.code == 0 and ended.after_return < LONGEST_EXIT and not noise
    if again and not right and ended.code == 0 and ended.value == RIGHT[name] and not noise:
        return await case(name, wire, again=False)
    return said + (f"; stderr: {noise[-1][:200]}" if noise else ""), right


async def prove(settings: Settings) -> list[Figure]:
    """All cases."""
    figures: list[Figure] = []
    for name, demanded in RIGHT.items():
        said, right = await case(name, settings.wire)
        wanted = f"{demanded}; exit 0 in < {LONGEST_EXIT:g} s, nothing on stderr"
        figures.append(Figure(f"Hygiene, {name}", said, wanted, right, settings.command("hygiene")))
    return figures
