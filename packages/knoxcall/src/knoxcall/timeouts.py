"""Calls into code that knows no deadline: name lookups, other people's stores."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def in_time(function: Callable[[], T], seconds: float, *, undo: Callable[[T], object] | None = None) -> T:
    """The function's result; it runs on a thread of its own, which nobody waits for any longer than that.

    Args:
        function: what to call.
        seconds: how long its result is waited for.
        undo: called with a result that came too late, such as a lock that nobody wants any more.

    Raises:
        TimeoutError: time ran out.
        Exception: whatever the function raised.
    """
    guard, arrived = threading.Lock(), threading.Event()
    outcome: list[T | Exception] = []
    waiting = True

    def work() -> None:
        try:
            result = function()
        except Exception as exc:  # noqa: BLE001 - handed over to the caller's thread
            give(exc)
            return
        if not give(result) and undo is not None:
            with contextlib.suppress(Exception):
                undo(result)

    def give(result: T | Exception) -> bool:
        with guard:
            if waiting:
                outcome.append(result)
                arrived.set()
            return waiting

    threading.Thread(target=work, name="knoxcall-in-time", daemon=True).start()
    try:
        arrived.wait(seconds)
    finally:
        with guard:
            waiting = False
    if not outcome:
        raise TimeoutError(f"no answer within {seconds:.6g} s")
    result = outcome[0]
    if isinstance(result, Exception):
        raise result
    return result
