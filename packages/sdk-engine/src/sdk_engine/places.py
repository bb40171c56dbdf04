"""Where code runs: in which process, on which event loop. These questions are answered here and nowhere else.

Connections and locks belong to such a place: a forked child must not speak on its parent's sockets nor wait for its
parent's threads, and what was opened on one event loop is of no use on another.
"""

from __future__ import annotations

import os
import sys
from typing import Any


class Process:
    """Stands for this process; a forked child is another one."""

    __slots__ = ()


_current = Process()


def process() -> Process:
    """The process that this code runs in: one object as long as it lives, another one in a forked child."""
    return _current


def _begin_anew() -> None:
    global _current
    _current = Process()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_begin_anew)


def running_loop() -> Any:
    """The asyncio event loop that runs here, or the token of trio's; None where neither does.

    A child that was forked inside of a running asyncio loop has none: asyncio sees to that.
    """
    asyncio = sys.modules.get("asyncio")  # whoever runs on it has imported it
    if asyncio is not None and (loop := asyncio._get_running_loop()) is not None:
        return loop
    trio = sys.modules.get("trio")
    if trio is not None:
        try:
            return trio.lowlevel.current_trio_token()
        except RuntimeError:
            pass
    return None


def on_asyncio() -> bool:
    """Whether asyncio's event loop runs here, as opposed to trio's."""
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None


def has_ended(loop: Any) -> bool:
    """Whether this loop is gone for good."""
    is_closed = getattr(loop, "is_closed", None)
    return is_closed is not None and bool(is_closed())
