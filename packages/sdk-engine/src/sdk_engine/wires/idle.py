"""Connections that wait for another use, and how long they may: the keep-alive time, then they are closed.

The libraries look for old connections only when the next request comes, or twice as late.
"""

from __future__ import annotations

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

    def _end(self, connection: C) -> None:
        with contextlib.suppress(Exception):
            self._close(connection)


class Sweeper:
    """The thread that closes idle connections where no event loop could; there is one as long as there are any.

    It rests while the process forks: a child inherits no lock that it held, and nobody is warned about threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._resting = False
        self._watched: set[IdleConnections[Any]] = set()
        self._thread: threading.Thread | None = None

    def watch(self, idle: IdleConnections[Any]) -> None:
        """Sweep these connections as long as there are any."""
        with self._lock:
            self._watched.add(idle)
            self._start()
            self._wake.set()  # it may sleep longer than these connections may

    def _start(self) -> None:
        if self._thread is None and self._watched:
            self._resting = False
            self._thread = threading.Thread(target=self._run, name="sdk-engine-idle", daemon=True)
            with contextlib.suppress(RuntimeError):  # the interpreter ends: the connections will, too
                self._thread.start()

    def _run(self) -> None:
        while not self._resting:
            self._wake.clear()
            with self._lock:
                delays = {idle: idle.sweep() for idle in self._watched}
                self._watched = {idle for idle, delay in delays.items() if delay is not None}
                if not self._watched:
                    self._thread = None
                    return
            self._wake.wait(min(delay for delay in delays.values() if delay is not None))

    def before_fork(self) -> None:
        """Let the thread end."""
        thread = self._thread
        if thread is not None:
            self._resting = True
            self._wake.set()
            thread.join()
            self._thread = None

    def after_fork(self) -> None:
        """Go on, in the parent."""
        with self._lock:
            self._start()


sweeper = Sweeper()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=sweeper.before_fork,
        after_in_parent=sweeper.after_fork,
        after_in_child=sweeper.__init__,  # type: ignore[misc]
    )
