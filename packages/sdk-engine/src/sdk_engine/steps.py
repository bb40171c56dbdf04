"""Everything a plan may await.

A *plan* is an `async def` function that decides and does no I/O. It awaits steps and other plans, nothing else; a
driver performs each step and sends the result back in. The same plan therefore runs on a thread, on asyncio or on
trio, and a test can walk through it step by step without any of them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sdk_engine.wire import Request, Response


@dataclass(slots=True)
class Send:
    """Send one request and read its answer within `timeout` seconds; raises `WireFailure`."""

    request: Request
    timeout: float

    def __await__(self) -> Generator[Send, Response, Response]:
        return (yield self)


@dataclass(slots=True)
class Sleep:
    """Wait this many seconds."""

    seconds: float

    def __await__(self) -> Generator[Sleep, None, None]:
        yield self


@dataclass(slots=True)
class Gate:
    """A lock that threads and tasks can both wait for."""

    thread_lock: threading.Lock = field(default_factory=threading.Lock)
    task_locks: dict[Any, Any] = field(default_factory=dict[Any, Any])


@dataclass(slots=True)
class Acquire:
    """Wait for the gate; the result is the function that releases it."""

    gate: Gate

    def __await__(self) -> Generator[Acquire, Callable[[], None], Callable[[], None]]:
        return (yield self)


Step = Send | Sleep | Acquire
