"""The file of a batch: whether it may be opened, by whom, and what its errors mean."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kneo_client.batch.errors import BatchLockedError, BatchStoreError

if TYPE_CHECKING:
    from collections.abc import Generator

APPLICATION_ID = 0x6B6E656F  # "kneo", in the header of every store
SCHEMA_VERSION = 1

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "lustre", "beegfs", "gpfs", "ncpfs", "davfs", "glusterfs"}
    | {f"fuse.{name}" for name in ("sshfs", "glusterfs", "ceph", "davfs", "rclone", "s3fs")}
)
_SCHEMA = """
CREATE TABLE batch (
    name TEXT NOT NULL,
    spec TEXT NOT NULL,
    submissions INTEGER NOT NULL DEFAULT 0,
    queue_full INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE cases (
    seq INTEGER PRIMARY KEY,
    id ANY NOT NULL UNIQUE,
    input TEXT NOT NULL,
    key TEXT NOT NULL,
    submission INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    attempts INTEGER NOT NULL DEFAULT 1,
    run_id TEXT,
    earlier_runs TEXT,
    output TEXT,
    error TEXT,
    seconds REAL,
    tokens INTEGER
) STRICT;
CREATE INDEX cases_by_status ON cases (status, seq);
"""


def open_store(path: str | os.PathLike[str], *, create: bool) -> sqlite3.Connection:
    """A connection to the store; a new one gets its tables.

    Raises:
        BatchStoreError: there is none, it is another program's or a newer version's file, or lies where it cannot work.
    """
    memory = path == ":memory:"
    if not memory:
        _check_place(Path(path), create=create)
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10.0)
        try:
            _prepare(connection, path, create=create)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as exc:
        raise store_error(path, exc) from exc
    return connection


def _prepare(connection: sqlite3.Connection, path: str | os.PathLike[str], *, create: bool) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise BatchStoreError(f"{path} is another program's database, not the store of a batch")
    if version > SCHEMA_VERSION:
        raise BatchStoreError(
            f"{path} was written by a newer version (its schema is {version}, this one knows {SCHEMA_VERSION}):"
            " update kneo-client"
        )
    if not tables and not create:
        raise BatchStoreError(f"{path} holds no batch")
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode not in ("wal", "memory"):
        raise BatchStoreError(f"{path} lies on a file system that SQLite's write-ahead log does not work on; move it")
    connection.execute("PRAGMA synchronous = NORMAL")
    if not tables:
        connection.executescript(
            f"BEGIN; {_SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION}; COMMIT"
        )


def _check_place(path: Path, *, create: bool) -> None:
    if not create and not path.exists():
        raise BatchStoreError(f"{path} is not there: there is no batch to go on with")
    if not path.absolute().parent.is_dir():
        raise BatchStoreError(f"{path} cannot be made: its folder is not there")
    kind = file_system(path)
    if kind in _NETWORK:
        raise BatchStoreError(
            f"{path} lies on a network file system ({kind}), where SQLite's locks cannot be relied on; put the store on"
            " a local disk"
        )


def file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """The type of the file system on which the path lies, where the system tells."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    real = path.absolute().parent.resolve()
    kind, longest = None, -1
    for line in lines:
        fields = line.split(" ")
        point = Path(fields[1].replace("\\040", " ")) if len(fields) > 2 else None
        if point is not None and real.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = fields[2], len(point.parts)
    return kind


class StoreLock:
    """Held by the one process that works on a store; the system releases it when that process ends, however it does."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(f"{os.fspath(path)}-lock")
        self._file: Any = None

    def acquire(self) -> None:
        """Take it.

        Raises:
            BatchLockedError: another process, or another `Batch` of this one, has it.
        """
        try:
            file = self._path.open("a+", encoding="ascii")
        except OSError as exc:
            raise BatchStoreError(f"{self._path} cannot be written: {exc}") from None
        try:
            _lock(file)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            problem = f"process {holder} works on this batch; wait for its end, or stop it ({self._path})"
            raise BatchLockedError(problem) from None
        self._file = file
        with contextlib.suppress(OSError):  # a full disk: the number is for people
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()

    def release(self) -> None:
        """Give it back. May be called twice."""
        file, self._file = self._file, None
        if file is not None:
            file.close()


def _lock(file: Any) -> None:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def typed_errors(path: str | os.PathLike[str]) -> Generator[None]:
    """Failures of SQLite as `BatchStoreError`."""
    try:
        yield
    except sqlite3.Error as exc:
        raise store_error(path, exc) from exc


def store_error(path: str | os.PathLike[str], exc: sqlite3.Error) -> BatchStoreError:
    """What a failure of SQLite means."""
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    advice = {
        sqlite3.SQLITE_FULL: "the disk is full; make room, then resume: nothing that was stored is lost",
        sqlite3.SQLITE_IOERR: "the disk cannot be written (is it full?); then resume: nothing that was stored is lost",
        sqlite3.SQLITE_NOTADB: "it is not a database",
        sqlite3.SQLITE_CORRUPT: "it is damaged; its cases can be submitted again to a new store under the same name",
        sqlite3.SQLITE_READONLY: "it cannot be written",
        sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
        sqlite3.SQLITE_BUSY: "another program holds it",
    }.get(code)
    return BatchStoreError(f"{os.fspath(path)}: {advice or 'it cannot be used'} ({exc})")
