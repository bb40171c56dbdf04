"""Everything a plan may await.

A *plan* is an `async def` function that decides and does no I/O. It awaits steps and other plans, nothing else; a
driver performs each step and sends the result back in. The same plan therefore runs on a thread, on asyncio or on
trio, and a test can walk through it step by step without any of them.

Steps are written out: as dataclasses they would take 3 ms from the start of every process.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sdk_engine import places

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

    from sdk_engine.messages import Request, Response

T = TypeVar("T")


class Send:
    """Send one request and read its answer; raises `WireFailure`.

    Attributes:
        request: what to send.
        timeout: seconds from the moment that a connection is free for it.
        patience: seconds for all of it, waiting for that connection included: what is left of the call's deadline.
            Left out, it is the timeout.
    """

    __slots__ = ("patience", "request", "timeout")

    def __init__(self, request: Request, timeout: float, patience: float | None = None) -> None:
        self.request = request
        self.timeout = timeout
        self.patience = timeout if patience is None else patience

    def __await__(self) -> Generator[Send, Response, Response]:
        return (yield self)


class Sleep:
    """Wait this many seconds."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __await__(self) -> Generator[Sleep, None, None]:
        yield self


class Gate:
    """A lock that threads and tasks can both wait for; in a forked child nobody holds it."""

    __slots__ = ("process", "task_locks", "thread_lock")

    def __init__(self) -> None:
        self.process = places.process()
        self.thread_lock = threading.Lock()
        self.task_locks: dict[Any, Any] = {}

    def after_fork(self) -> Gate:
        """This gate, with new locks if its process was forked since they were made."""
        if self.process is not places.process():
            Gate.__init__(self)
        return self


class Acquire:
    """Wait for the gate; the result is the function that releases it."""

    __slots__ = ("gate",)

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def __await__(self) -> Generator[Acquire, Callable[[], None], Callable[[], None]]:
        return (yield self)


class Blocking(Generic[T]):
    """Call a function that blocks, such as a file lock; where there is an event loop, on a worker thread.

    Cancelling the caller does not wait for that thread; what must come to its end is `Shielded`.
    """

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], T]) -> None:
        self.function = function

    def __await__(self) -> Generator[Blocking[T], T, T]:
        return (yield self)


class Invoke:
    """Call a function of the caller's, such as a cache; an async driver awaits what it returns if that is awaitable."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function

    def __await__(self) -> Generator[Invoke, Any, Any]:
        return (yield self)


class Shielded(Generic[T]):
    """Perform a plan that must not be left half done: cancelling the caller takes effect after its end."""

    __slots__ = ("plan",)

    def __init__(self, plan: Coroutine[Any, Any, T]) -> None:
        self.plan = plan

    def __await__(self) -> Generator[Shielded[T], T, T]:
        return (yield self)


Step = Send | Sleep | Acquire | Blocking[Any] | Invoke | Shielded[Any]
