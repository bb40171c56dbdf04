"""Files that hold credentials: whole, read by their owner alone, opened without following a link or waiting."""

from __future__ import annotations

import contextlib
import glob
import os
import stat
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 1024 * 1024
"""Bytes; no file with credentials is larger."""

_ABANDONED = 60.0
_OTHERS = 0o077
_POSIX = os.name == "posix"
_OPENING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)  # a pipe in the file's place is not waited for
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)


def read_regular(path: Path, *, links: bool = True, largest: int = LARGEST) -> tuple[bytes, os.stat_result]:
    """The content of a file, and whose it is.

    Args:
        path: the file.
        links: whether it may be reached through a symbolic link.
        largest: bytes that it may have.

    Raises:
        FileNotFoundError: there is none.
        OSError: it is a link, no regular file, too large, or cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | _OPENING | (0 if links else _NO_LINKS))
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise PermissionError(f"{path} is no regular file")
        content = file.read(largest + 1)
    if len(content) > largest:
        raise PermissionError(f"{path} is larger than {largest} bytes")
    return content, facts


def read_private(path: Path) -> bytes:
    """The content of a file that this user alone can have written and can read; no link is followed.

    Raises:
        FileNotFoundError: there is none.
        OSError: anything else is in its place.
    """
    content, facts = read_regular(path, links=False)
    if _POSIX and (facts.st_uid != os.geteuid() or facts.st_mode & _OTHERS):
        raise PermissionError(f"{path} belongs to another user, or others may open it")
    return content


def private_folder(folder: Path, *, create: bool = True) -> None:
    """Make sure that the folder is there, is this user's, and that nobody else gets in (mode 0700).

    Raises:
        FileNotFoundError: it is not there, and is not to be made.
        OSError: it is no folder, or another user's.
    """
    if create:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts, link = folder.stat(), folder.lstat()
    if not stat.S_ISDIR(facts.st_mode):
        raise NotADirectoryError(f"{folder} is no folder")
    if not _POSIX:
        return
    if {facts.st_uid, link.st_uid} != {os.geteuid()}:
        raise PermissionError(f"the folder {folder} belongs to another user")
    if facts.st_mode & _OTHERS:
        folder.chmod(0o700)


def write_private(path: Path, content: bytes) -> None:
    """Replace the file in one step. It has mode 0600 from its first moment; a crash leaves the old or the new one.

    Whatever is in its place is replaced and not written to, a link included.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPENING | _NO_LINKS, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    _sweep(path)


def _sync_folder(folder: Path) -> None:
    """Make a renaming last through a power failure, where folders can be opened."""
    if not _POSIX:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(path: Path) -> None:
    """Remove the drafts of processes that were killed: they hold credentials."""
    for draft in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - draft.stat().st_mtime > _ABANDONED:
                draft.unlink()
