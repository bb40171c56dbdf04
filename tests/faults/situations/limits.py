"""What a process may use: no file descriptor left is a typed error, and threads need no memory each."""

from __future__ import annotations

import os
import resource
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from tests.faults.situations.products import AWAITED, KINDS, Control, done, ours, say

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = 96
FLAT = 12.0
"""Megabytes: less than an arena each would take, more than fifty stacks and connections do."""


def cold(kind: str, url: str) -> None:
    """At the first call: nothing has been imported for it but what making a client imports."""
    client = KINDS[kind](url)
    if kind in AWAITED:
        import asyncio

        asyncio.run(_cold(client))
        return
    with _no_files():
        print(_tried(lambda: client.call("denied"), client), flush=True)
    say(client, "after")


async def _cold(client: Any) -> None:
    with _no_files():
        print(await _awaited(client), flush=True)
    print(await client.call("after"), flush=True)


def warm(kind: str, url: str) -> None:
    """Later: the one connection that is open is in use."""
    client, control = KINDS[kind](url), Control(url)
    if kind in AWAITED:
        import asyncio

        asyncio.run(_warm(client, control))
        return
    say(client, "one")

    def wait() -> None:
        with suppress(Exception):
            done(client.call(ours("hang", 1)))

    threading.Thread(target=wait, daemon=True).start()
    control.ask(ours("held", 1))
    with _no_files():
        print(_tried(lambda: client.call("denied"), client), flush=True)
    say(client, "after")


async def _warm(client: Any, control: Control) -> None:
    import asyncio

    print(await client.call("one"), flush=True)
    task = asyncio.create_task(client.call(ours("hang", 1)))
    await asyncio.to_thread(control.ask, ours("held", 1))
    with _no_files():
        print(await _awaited(client), flush=True)
    print(await client.call("after"), flush=True)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def memory(kind: str, url: str) -> None:
    """Threads that share a client, fifty at once and many generations after each other, need no memory each."""
    client = KINDS[kind](url)
    for _ in range(20):
        client.call("first")
    for together, generations in ((50, 1), (10, 5)):
        before = _megabytes()
        for _ in range(generations):
            _at_once(client, together)
        grown = _megabytes() - before
        print("flat" if grown < FLAT else f"{grown:.1f} MB", flush=True)


def _at_once(client: Any, number: int) -> None:
    start = threading.Barrier(number)

    def calls() -> None:
        start.wait()
        for n in range(3):
            client.call(f"at{n}")
            client.create("x" * 50_000)

    threads = [threading.Thread(target=calls) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _megabytes() -> float:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))


@contextmanager
def _no_files() -> Iterator[None]:
    """Every descriptor that the process may have is in use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    held = list[int]()
    try:
        with suppress(OSError):
            while True:
                held.append(os.dup(0))
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _tried(call: Any, client: Any) -> str:
    try:
        return f"answered {call()}"
    except client.error as exc:
        return _read(exc)
    except Exception as exc:
        return f"raw {type(exc).__name__}: {exc}"


async def _awaited(client: Any) -> str:
    try:
        return f"answered {await client.call('denied')}"
    except client.error as exc:
        return _read(exc)
    except Exception as exc:
        return f"raw {type(exc).__name__}: {exc}"


def _read(error: Any) -> str:
    return f"typed {error.outcome.name}"
