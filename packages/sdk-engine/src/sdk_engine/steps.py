"""Everything a plan may await.

A *plan* is an `async def` function that decides and does no I/O. It awaits steps and other plans, nothing else; a
driver performs each step and sends the result back in. The same plan therefore runs on a thread, on asyncio or on
trio, and a test can walk through it step by step without any of them.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

    from sdk_engine.wire import Request, Response

T = TypeVar("T")


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
    """A lock that threads and tasks can both wait for; in a forked child nobody holds it."""

    thread_lock: threading.Lock = field(default_factory=threading.Lock)
    task_locks: dict[Any, Any] = field(default_factory=dict[Any, Any])
    pid: int = field(default_factory=os.getpid)

    def after_fork(self) -> Gate:
        """This gate, with new locks if its process was forked since they were made."""
        if self.pid != os.getpid():
            self.thread_lock, self.task_locks, self.pid = threading.Lock(), {}, os.getpid()
        return self


@dataclass(slots=True)
class Acquire:
    """Wait for the gate; the result is the function that releases it."""

    gate: Gate

    def __await__(self) -> Generator[Acquire, Callable[[], None], Callable[[], None]]:
        return (yield self)


@dataclass(slots=True)
class Blocking(Generic[T]):
    """Call a function that blocks, such as a file lock; where there is an event loop, on a worker thread.

    Cancelling the caller does not wait for that thread; what must come to its end is `Shielded`.
    """

    function: Callable[[], T]

    def __await__(self) -> Generator[Blocking[T], T, T]:
        return (yield self)


@dataclass(slots=True)
class Invoke:
    """Call a function of the caller's, such as a cache; an async driver awaits what it returns if that is awaitable."""

    function: Callable[[], Any]

    def __await__(self) -> Generator[Invoke, Any, Any]:
        return (yield self)


@dataclass(slots=True)
class Shielded(Generic[T]):
    """Perform a plan that must not be left half done: cancelling the caller takes effect after its end."""

    plan: Coroutine[Any, Any, T]

    def __await__(self) -> Generator[Shielded[T], T, T]:
        return (yield self)


Step = Send | Sleep | Acquire | Blocking[Any] | Invoke | Shielded[Any]
