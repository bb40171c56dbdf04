"""How processes end: clients open or closed, hooks at the exit, threads and tasks still at it."""

from __future__ import annotations

import atexit
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.faults.situations.products import AWAITED, KINDS, Control, done, finish, ours, say

if TYPE_CHECKING:
    from collections.abc import Callable

_kept: list[Any] = []
"""What lives until the interpreter takes modules apart."""


def closed(kind: str, url: str) -> None:
    """Call, close, end."""
    client = KINDS[kind](url)
    say(client, "one")
    finish(client.close())


def left_open(kind: str, url: str) -> None:
    """Call, and end with the client open."""
    _kept.append(KINDS[kind](url))
    say(_kept[0], "one")


def exit_in_a_call(kind: str, url: str) -> None:
    """`sys.exit` within the event loop, or right after a blocking call."""
    client = KINDS[kind](url)
    _kept.append(client)
    if kind not in AWAITED:
        say(client, "one")
        sys.exit(3)
    import asyncio

    async def main() -> None:
        print(await client.call("one"), flush=True)
        sys.exit(3)

    asyncio.run(main())


def loop_left(kind: str, url: str) -> None:
    """An event loop that is neither finished nor closed, nor is the client."""
    import asyncio

    client, loop = AWAITED[kind](url), asyncio.new_event_loop()
    _kept.extend([client, loop])
    print(loop.run_until_complete(client.call("one")), flush=True)


def tasks_left(kind: str, url: str) -> None:
    """The main task returns while others wait for answers that never come."""
    import asyncio

    control, client = Control(url), AWAITED[kind](url)
    _kept.append(client)

    async def main() -> None:
        tasks = [asyncio.create_task(client.call(ours("hang", n))) for n in range(4)]
        await asyncio.to_thread(control.ask, ours("held", 4))
        _kept.extend(tasks)

    asyncio.run(main())
    print(control.ask(ours("left", 4)), flush=True)


# --- hooks at the exit


def hook_before_old(kind: str, url: str) -> None:
    """A hook from before the first import and request uses the client of before."""
    _at_exit(lambda: say(_kept[0], "last"))
    _kept.append(KINDS[kind](url))
    say(_kept[0], "early")


def hook_before_new(kind: str, url: str) -> None:
    """The same hook makes a client of its own."""
    _at_exit(lambda: say(KINDS[kind](url), "last"))
    _kept.append(KINDS[kind](url))
    say(_kept[0], "early")


def hook_after_old(kind: str, url: str) -> None:
    """A hook from after the first request uses the client of before."""
    _kept.append(KINDS[kind](url))
    say(_kept[0], "early")
    _at_exit(lambda: say(_kept[0], "last"))


def hook_after_new(kind: str, url: str) -> None:
    """The same hook makes a client of its own."""
    _kept.append(KINDS[kind](url))
    say(_kept[0], "early")
    _at_exit(lambda: say(KINDS[kind](url), "last"))


def hook_on_the_same_loop(kind: str, url: str) -> None:
    """Hooks from before and after the first request go on with the event loop that served it."""
    import asyncio

    loop = asyncio.new_event_loop()

    def ask(name: str) -> None:
        print(loop.run_until_complete(_kept[0].call(name)), flush=True)

    _at_exit(lambda: ask("last"))
    _kept.append(AWAITED[kind](url))
    ask("early")
    _at_exit(lambda: ask("later"))


def hook_first(kind: str, url: str) -> None:
    """The client is used for the first time in the hook."""
    _kept.append(KINDS[kind](url))
    _at_exit(lambda: say(_kept[0], "last"))


def hook_by_name(kind: str, url: str) -> None:
    """A new client in the hook, and a server whose name has to be looked up."""
    _at_exit(lambda: say(KINDS[kind](url.replace("127.0.0.1", "localhost")), "last"))


def hook_closes(kind: str, url: str) -> None:
    """The hook closes the client while daemon threads wait for answers."""
    client = _with_calls_on_daemons(kind, url)
    _at_exit(lambda: (finish(client.close()), print("closed", flush=True)))


def _at_exit(hook: Callable[[], Any]) -> None:
    atexit.register(hook)


# --- threads


def calls_on_daemons(kind: str, url: str) -> None:
    """End while daemon threads wait for answers that never come."""
    _kept.append(_with_calls_on_daemons(kind, url))


def hook_with_calls_on_daemons(kind: str, url: str) -> None:
    """The same, and a hook makes one more call, with a new client."""
    _at_exit(lambda: say(KINDS[kind](url), "last"))
    _kept.append(_with_calls_on_daemons(kind, url))


def _with_calls_on_daemons(kind: str, url: str) -> Any:
    client, control = KINDS[kind](url), Control(url)
    say(client, "early")

    def wait(number: int) -> None:
        with suppress(Exception):
            done(client.call(ours("hang", number)))

    for number in range(4):
        threading.Thread(target=wait, args=(number,), daemon=True).start()
    control.ask(ours("held", 4))
    return client


def thread_outlives_main(kind: str, url: str) -> None:
    """A thread still waits for its answer when the main thread has ended."""
    control, client = Control(url), KINDS[kind](url)
    threading.Thread(target=say, args=(client, ours("slow"))).start()
    control.ask(ours("held", 1))


def thread_begins_late(kind: str, url: str) -> None:
    """A thread makes the first call after the main thread has ended."""

    def late() -> None:
        threading.main_thread().join()
        say(client, "old")
        say(KINDS[kind](url), "new")

    client = KINDS[kind](url)
    threading.Thread(target=late).start()


def closed_by_another_thread(kind: str, url: str) -> None:
    """A client is closed while threads wait for answers that never come: the server is hung up on, the calls end."""
    client, control, ended = KINDS[kind](url), Control(url), list[str]()

    def wait(number: int) -> None:
        try:
            ended.append(done(client.call(ours("hang", number))))
        except client.error as exc:
            ended.append(exc.outcome.name)

    threads = [threading.Thread(target=wait, args=(number,), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
    control.ask(ours("held", 4))
    finish(client.close())
    print(control.ask(ours("left", 4)), flush=True)
    for thread in threads:
        thread.join(30)
    print(*sorted(set(ended)), len(ended), flush=True)
