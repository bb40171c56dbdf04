"""Connections that wait for another use, and how long they may: the keep-alive time, then they are closed.

The libraries look for old connections only when the next request comes, or twice as late.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C")


class IdleConnections(Generic[C]):
    """Remembers since when each connection is idle. Threads may share it.

    Whoever takes a connection for a request says so first, with `in_use`: then it is not closed here any more.
    """

    __slots__ = ("_close", "_lock", "_since", "_sweeping", "keepalive", "most")

    def __init__(self, keepalive: float, most: int | None, close: Callable[[C], object]) -> None:
        self.keepalive = keepalive
        self.most = most
        self._close = close
        self._since: dict[C, float] = {}  # those idle for longest come first
        self._sweeping = False
        self._lock = threading.Lock()

    def in_use(self, connection: C) -> bool:
        """From now on this connection carries a request. False if it was not idle: it is new, or was closed here."""
        with self._lock:
            return self._since.pop(connection, None) is not None

    def is_idle(self, connection: C) -> bool:
        """From now on it waits for another request. True if `sweep` is to be called from now on, when it says."""
        with self._lock:
            if self.most is not None and len(self._since) >= self.most:
                self._end(connection)
                return False
            self._since[connection] = time.monotonic()
            begins = not self._sweeping
            self._sweeping = True
            return begins

    def sweep(self) -> float | None:
        """Close what has been idle for too long; seconds until it is worth looking again, None if nothing is left."""
        with self._lock:
            now = time.monotonic()
            for connection, since in list(self._since.items()):
                left = since + self.keepalive - now
                if left > 0:
                    return left
                del self._since[connection]
                self._end(connection)
            self._sweeping = False
            return None

    def not_swept(self) -> None:
        """Nobody calls `sweep` any more: the next connection that is idle is to say so again."""
        with self._lock:
            self._sweeping = False

    def _end(self, connection: C) -> None:
        with contextlib.suppress(Exception):
            self._close(connection)


class Sweeper:
    """Sweeps on a thread where no event loop could; there is one as long as anything is idle.

    It ends when the process forks, so that a child inherits no lock that it held and nobody is warned about threads;
    the next request begins it again. It ends for good with the interpreter: none may leave a thread behind.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: set[IdleConnections[Any]] = set()
        self._round: _Round | None = None
        self._over = False

    def watch(self, idle: IdleConnections[Any]) -> None:
        """Sweep these connections as long as there are any."""
        with self._lock:
            self._watched.add(idle)
            if self._round is None:
                self._begin()
            else:
                self._round.wake.set()  # it may sleep longer than these connections may

    def sweep(self, asking: _Round) -> float | None:
        """Sweep all of them; seconds until it is worth looking again, None if that is somebody else's task."""
        with self._lock:
            if self._round is not asking:
                return None
            delays = {idle: idle.sweep() for idle in self._watched}
            self._watched = {idle for idle, delay in delays.items() if delay is not None}
            if not self._watched:
                self._round = None
            return min((delay for delay in delays.values() if delay is not None), default=None)

    def rest(self) -> None:
        """Let the thread end, and wait for that; the next connection that is idle begins another."""
        with self._lock:
            resting, self._round = self._round, None
            for idle in self._watched:
                idle.not_swept()
        if resting is not None:
            resting.wake.set()
            resting.join()

    def end(self) -> None:
        """Rest for good."""
        self._over = True
        self.rest()

    def _begin(self) -> None:
        if not self._watched or self._over:
            return
        begun = _Round(self)
        with contextlib.suppress(RuntimeError):  # no thread can be started: the next request closes what is old
            begun.start()
            self._round = begun


class _Round(threading.Thread):
    """One life of the thread."""

    def __init__(self, sweeper: Sweeper) -> None:
        super().__init__(name="sdk-engine-idle", daemon=True)
        self._sweeper = sweeper
        self.wake = threading.Event()

    def run(self) -> None:
        """Sweep, and sleep until it is time again."""
        while (delay := self._sweeper.sweep(self)) is not None:
            self.wake.wait(delay)
            self.wake.clear()


sweeper = Sweeper()
atexit.register(sweeper.end)
with contextlib.suppress(AttributeError):  # on Windows, where nothing forks
    os.register_at_fork(before=sweeper.rest, after_in_child=sweeper.__init__)  # type: ignore[misc]
