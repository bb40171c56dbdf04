"""Ctrl-C: in a call, in a call that waits for its connection, in an event loop, between two of them."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress
from typing import Any

from tests.faults.situations.products import AWAITED, KINDS, Control, done, finish, ours, say

AT_ONCE = 5.0
"""Seconds: far below the timeout of the call that is interrupted, far above what a busy machine takes."""
_kept: list[Any] = []
heeded = threading.Event()


def in_a_call(kind: str, url: str) -> None:
    """Pressed while the server is at it: the call ends, the server is hung up on, the client goes on to serve."""
    client, control = KINDS[kind](url), Control(url)
    say(client, "one")
    pressed = _press(url, ours("held", 1))
    print(_interrupted(client, ours("hang", 1), pressed), flush=True)
    print(control.ask(ours("left", 1)), flush=True)
    say(client, "after")
    finish(client.close())


def ends_the_process(kind: str, url: str) -> None:
    """The same, and nobody catches it: the process ends by itself, as interrupted ones do."""
    client = KINDS[kind](url)
    _kept.append(client)
    say(client, "one")
    pressed = _press(url, ours("held", 1))
    print(_interrupted(client, ours("hang", 1), pressed), flush=True)  # in place of the traceback
    raise SystemExit(130)


def waiting_for_a_connection(kind: str, url: str) -> None:
    """Pressed while the client's connections are all in use by other threads."""
    client, control = KINDS[kind](url), Control(url)
    say(client, "one")

    def wait(number: int) -> None:
        with suppress(Exception):
            done(client.call(ours("hang", number)))

    for number in range(100):
        threading.Thread(target=wait, args=(number,), daemon=True).start()
    control.ask(ours("held", 100))
    pressed = _press(url, "at-once", pause=0.2)
    print(_interrupted(client, "queued", pressed), flush=True)


def in_a_loop(kind: str, url: str) -> None:
    """Pressed while twenty tasks wait for answers: all of them are hung up, and the next loop serves."""
    import asyncio

    client, control = AWAITED[kind](url), Control(url)
    pressed = _press(url, ours("held", 20))

    async def main() -> None:
        await asyncio.gather(*(client.create(ours("hang", number)) for number in range(20)))

    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        heeded.set()
        print("interrupted" if time.monotonic() - pressed[0] < AT_ONCE else "late", flush=True)
    print(control.ask(ours("left", 20)), flush=True)
    say(client, "after")
    finish(client.close())


def _press(url: str, once: str, *, pause: float = 0.0) -> list[float]:
    """Press Ctrl-C as soon as the server answers this; the moment will stand in the list."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would not heed it
    heeded.clear()
    pressed = list[float]()
    control = Control(url)

    def press() -> None:
        control.ask(once)
        time.sleep(pause)
        pressed.append(time.monotonic())
        for _ in range(2):  # as a person would: the first may fall between Python's last look and the system call
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)  # where a terminal's arrives
            if heeded.wait(2.0):
                return

    threading.Thread(target=press, daemon=True).start()
    return pressed


def _interrupted(client: Any, name: str, pressed: list[float]) -> str:
    try:
        return f"not interrupted: {done(client.call(name))}"
    except KeyboardInterrupt:
        heeded.set()
        late = time.monotonic() - pressed[0]
        return "interrupted" if late < AT_ONCE else f"interrupted {late:.1f} s late"
