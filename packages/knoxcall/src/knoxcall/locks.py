"""Taking turns between processes: locks that are tried and never waited for, and the plan that tries them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sdk_engine.deadline import Deadline
from sdk_engine.steps import Shielded, Sleep

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path


async def taken(
    attempt: Callable[[], Coroutine[Any, Any, bool]],
    seconds: float,
    poll: float,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """A plan: try until an attempt succeeds or time is over; whether one did.

    A caller that is cancelled waits for the attempt under way, never for the lock: what an attempt got is known.
    """
    limit = Deadline(seconds, clock)
    while not await Shielded(attempt()):
        if not limit.remaining:
            return False
        await Sleep(min(poll, limit.remaining))
    return True


class FileLock:
    """A lock between processes on one file, for one use. The system frees it when its holder dies.

    A forked child never holds what its parent has locked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: Any = None

    def acquire(self) -> bool:
        """Whether it is ours now.

        Raises:
            OSError: the file cannot be made or is not ours to lock.
        """
        import filelock

        lock = filelock.FileLock(self._path, timeout=0, mode=0o600, thread_local=False)
        try:
            lock.acquire()
        except filelock.Timeout:
            return False
        self._lock = lock
        return True

    def release(self) -> None:
        """Let the next one in, if it was ours."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
