"""Files that hold credentials: only their owner may read them, they are never half written, processes take turns."""

from __future__ import annotations

import contextlib
import glob
import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_POLL = 0.02
_ABANDONED = 60.0


def write_private(path: Path, content: bytes) -> None:
    """Replace the file in one step. It has mode 0600 from its first moment; a crash leaves the old or the new one."""
    target = path.resolve()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    _sweep(target)


def _sweep(target: Path) -> None:
    """Remove the drafts of processes that were killed: they hold credentials."""
    for draft in target.parent.glob(f".{glob.escape(target.name)}.*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - draft.stat().st_mtime > _ABANDONED:
                draft.unlink()


class FileLock:
    """A lock between processes (`flock`): the system frees it when its holder dies. For one use.

    It works on local file systems of POSIX systems.
    """

    def __init__(self, path: Path, wait: float) -> None:
        self._path = path
        self._wait = wait
        self._guard = threading.Lock()
        self._handle: int | None = None
        self._released = False

    def acquire(self) -> None:
        """Wait for the lock. If `release` is called meanwhile, the lock is not kept.

        Raises:
            TimeoutError: another process has held it all the time.
        """
        import fcntl

        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            give_up = time.monotonic() + self._wait
            while not self._released:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() > give_up:
                        raise TimeoutError(f"another process has held {self._path} for {self._wait:.6g} s") from None
                    time.sleep(_POLL)
                    continue
                with self._guard:
                    if not self._released:
                        self._handle, handle = handle, -1
                return
        finally:
            if handle >= 0:
                os.close(handle)

    def release(self) -> None:
        """Let the next one in. Never waits; may be called at any time, also twice."""
        with self._guard:
            self._released = True
            handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)
