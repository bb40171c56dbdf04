"""Event loops and interpreters of other kinds: several at once, uvloop, trio, gevent, a subinterpreter."""

from __future__ import annotations

import threading
from typing import Any

from tests.faults.situations.products import AWAITED, KINDS, Control, finish, ours, say

_kept: list[Any] = []


def several(kind: str, url: str) -> None:
    """One client in three event loops after each other, then in three at the same time."""
    import asyncio

    client, said = KINDS[kind](url), list[str]()
    for number in range(3):
        say(client, f"in{number}")
    together = threading.Barrier(3, timeout=30)

    async def ask(number: int) -> None:
        for _ in range(3):
            said.append(await client.call(f"at{number}") if kind in AWAITED else client.call(f"at{number}"))
            together.wait()

    threads = [threading.Thread(target=lambda n=n: asyncio.run(ask(n))) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(*sorted(said), flush=True)
    finish(client.close())


def on_uvloop(kind: str, url: str) -> None:
    """Calls at once, one that is cancelled, and an end with the client open, on uvloop."""
    import anyio

    anyio.run(_life, kind, url, backend_options={"use_uvloop": True})


def on_trio(kind: str, url: str) -> None:
    """The same on trio."""
    import anyio

    anyio.run(_life, kind, url, backend="trio")


def on_asyncio(kind: str, url: str) -> None:
    """The same on asyncio, under anyio's scopes."""
    import anyio

    anyio.run(_life, kind, url)


async def _life(kind: str, url: str) -> None:
    import anyio

    client, control, said = AWAITED[kind](url), Control(url), list[str]()
    _kept.append(client)

    async def ask(number: int) -> None:
        said.append(await client.call(f"at{number % 3}"))

    async with anyio.create_task_group() as tasks:
        for number in range(30):
            tasks.start_soon(ask, number)
    print(len(said), *sorted(set(said)), flush=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(client.call, ours("hang", 1))
        tasks.start_soon(client.create, ours("hang", 2))
        await anyio.to_thread.run_sync(control.ask, ours("held", 2))
        tasks.cancel_scope.cancel()
    print(await anyio.to_thread.run_sync(control.ask, ours("left", 2)), flush=True)
    print(await client.call("after"), flush=True)


def under_gevent(kind: str, url: str) -> None:
    """Everything patched by gevent first; greenlets call at the same time."""
    from gevent import monkey

    monkey.patch_all()
    import gevent

    client = KINDS[kind](url)
    if kind in AWAITED:
        import asyncio

        async def together() -> list[str]:
            return await asyncio.gather(*(client.call(f"at{number % 3}") for number in range(30)))

        said = asyncio.run(together())
    else:
        jobs = [gevent.spawn(client.call, f"at{number % 3}") for number in range(30)]
        said = [job.get(timeout=30) for job in jobs]
    print(len(said), *sorted(set(said)), flush=True)
    finish(client.close())


INSIDE = """
import sys
sys.path[:] = {path!r}
try:
    from tests.faults.situations.products import KINDS, say
    client = KINDS[{kind!r}]({url!r})
    say(client, "inside")
except Exception:  # extension modules say in many ways that they do not load in a second interpreter
    print("inside", flush=True)
"""


def in_a_subinterpreter(kind: str, url: str) -> None:
    """An interpreter in the same process makes a call, or is told that something does not load there."""
    _in_another(kind, url)


def beside_a_subinterpreter(kind: str, url: str) -> None:
    """The same beside a client of the main interpreter, which goes on."""
    client = KINDS[kind](url)
    _kept.append(client)
    say(client, "outside")
    _in_another(kind, url)
    say(client, "again")
    say(KINDS[kind](url), "new")


def _in_another(kind: str, url: str) -> None:
    import sys

    code = INSIDE.format(path=sys.path, kind=kind, url=url)
    if sys.version_info >= (3, 13):
        import _interpreters  # type: ignore[import-not-found]

        other = _interpreters.create("legacy")
        problem = _interpreters.exec(other, code)
        if problem is not None:
            print(problem.formatted, flush=True)
        _interpreters.destroy(other)
    else:
        import _xxsubinterpreters  # type: ignore[import-not-found]

        other = _xxsubinterpreters.create(isolated=False)
        _xxsubinterpreters.run_string(other, code)
        _xxsubinterpreters.destroy(other)
