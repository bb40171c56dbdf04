"""The store of one batch: case -> key -> run -> outcome, in one SQLite file.

Whatever is noted is written within a moment, many notes in one transaction. What a crash takes back is found again:
a case that was sent is sent again under the same key, which gives the same run.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from kneo_client.batch.cases import Case, case_key
from kneo_client.batch.errors import BatchError, BatchInputError, BatchMismatchError, BatchStoreError
from kneo_client.batch.results import OPEN, BatchStatus, CaseResult
from kneo_client.batch.store_file import StoreLock, open_store, typed_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kneo_client.batch.cases import CaseId

_CHUNK = 2000
_FULL = 500  # notes that are written without waiting for more
_COLUMNS = "id, input, status, run_id, output, error, key, attempts, seconds, tokens"
_ADD = """
INSERT INTO cases (id, input, key, submission) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET submission = excluded.submission
WHERE submission <> excluded.submission AND input = excluded.input
"""
_NOTE = """
UPDATE cases SET status = ?, run_id = ?, output = ?, error = ?, seconds = ?, tokens = ? WHERE id = ? AND key = ?
"""
_FAILURES = """
SELECT status, json_extract(error, '$.type'), count(*) FROM cases WHERE status NOT IN ('completed', ?, ?)
GROUP BY 1, 2 ORDER BY 3 DESC
"""
_RETRY = """
UPDATE cases SET status = 'pending', key = ?, attempts = attempts + 1, run_id = NULL, output = NULL, error = NULL,
    seconds = NULL, tokens = NULL,
    earlier_runs = CASE WHEN run_id IS NULL THEN earlier_runs ELSE coalesce(earlier_runs || ' ', '') || run_id END
WHERE seq = ?
"""


class SqliteStore:
    """One batch in one file. Reading needs no lock; `writing` takes it."""

    def __init__(self, path: str | os.PathLike[str], *, create: bool = False) -> None:
        self.path = path
        self._lock = StoreLock(path) if path != ":memory:" else None
        self._db = open_store(path, create=create)
        self._notes: list[tuple[Any, ...]] = []
        self._queue_full = 0

    def close(self) -> None:
        """Write what is left, and let go of the file. May be called twice."""
        try:
            self.flush()
        finally:
            self._db.close()
            if self._lock is not None:
                self._lock.release()

    def lock(self) -> None:
        """Make sure that nobody else works on this batch, until `close`."""
        if self._lock is not None:
            self._lock.acquire()

    # -- the manifest

    @property
    def name(self) -> str | None:
        """The batch's name, once there is one."""
        found = self._one("SELECT name FROM batch")
        return None if found is None else found[0]

    @property
    def spec(self) -> str:
        """Its spec, as canonical JSON.

        Raises:
            BatchStoreError: no batch was submitted to this store.
        """
        found = self._one("SELECT spec FROM batch")
        if found is None:
            raise BatchStoreError(f"{os.fspath(self.path)} holds no batch: submit its cases first")
        spec: str = found[0]
        return spec

    def begin(self, name: str, spec: str) -> Manifest:
        """Begin to store cases; nothing of it is there before its end.

        Raises:
            BatchMismatchError: the store holds another batch, or this one with another spec.
        """
        found = self._one("SELECT name, spec FROM batch")
        if found is not None and found[0] != name:
            raise BatchMismatchError(f"{os.fspath(self.path)} holds the batch {found[0]!r}, not {name!r}")
        if found is not None and found[1] != spec:
            raise BatchMismatchError(
                f"the batch {name!r} was submitted with another spec: give the new one a new name and store, since"
                " finished cases would not be run with it"
            )
        return Manifest(self, name, spec)

    def retry(self, statuses: Iterable[str]) -> int:
        """Make cases of these statuses pending again, each with a key of its next attempt; how many they were."""
        name, spec, count = self.name, self.spec, 0
        assert name is not None
        self.flush()
        with typed_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for status in statuses:
                    count += self._retry_all(name, spec, status)
                self._db.execute("COMMIT")
            except BaseException:
                self._rollback()
                raise
        return count

    def _retry_all(self, name: str, spec: str, status: str) -> int:
        count = 0
        query = "SELECT seq, id, input, attempts FROM cases WHERE status = ? AND seq > ? ORDER BY seq LIMIT ?"
        last = 0
        while rows := self._db.execute(query, (status, last, _CHUNK)).fetchall():
            last = rows[-1][0]
            count += len(rows)
            keys = [(case_key(name, row[1], spec, row[2], row[3] + 1), row[0]) for row in rows]
            self._db.executemany(_RETRY, keys)
        return count

    # -- outcomes

    def note(self, result: CaseResult) -> None:
        """Remember what has become of a case; written with others, at the next `flush` at the latest."""
        error = None if result.error is None else json.dumps(result.error, ensure_ascii=False)
        row = (result.status, result.run_id, result.output, error, result.seconds, result.tokens)
        self._notes.append((*row, result.id, result.key))
        if len(self._notes) >= _FULL:
            self.flush()

    def note_queue_full(self) -> None:
        """Remember an attempt that met a full queue."""
        self._queue_full += 1

    def flush(self) -> None:
        """Write what was noted, in one transaction."""
        if not self._notes and not self._queue_full:
            return
        notes, full = self._notes, self._queue_full
        with typed_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(_NOTE, notes)
                self._db.execute("UPDATE batch SET queue_full = queue_full + ?", (full,))
                self._db.execute("COMMIT")
            except BaseException:
                self._notes, self._queue_full = [], 0  # `resume` looks at those runs again
                self._rollback()
                raise
        self._notes, self._queue_full = [], 0

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    # -- reading

    def open_cases(self) -> Iterator[CaseResult]:
        """Cases without an outcome: those whose run is known first."""
        for status in ("running", "blocked", "pending"):
            yield from self._cases("status = ?", (status,))

    def results(self) -> Iterator[CaseResult]:
        """All cases in the order in which they were submitted, as they are now."""
        self.flush()
        yield from self._cases("true", ())

    def failures(self) -> Iterator[tuple[str, str | None, int]]:
        """Status, error and number of the cases that have no good outcome."""
        yield from self._all(_FAILURES, OPEN)

    def seconds(self) -> list[float]:
        """How long the completed cases took, in ascending order."""
        query = "SELECT seconds FROM cases WHERE status = 'completed' AND seconds IS NOT NULL ORDER BY seconds"
        return [row[0] for row in self._all(query, ())]

    def status(self) -> BatchStatus:
        """How far the batch is."""
        self.flush()
        counts = dict(self._all("SELECT status, count(*) FROM cases GROUP BY status", ()))
        tokens = self._one("SELECT coalesce(sum(tokens), 0) FROM cases WHERE tokens IS NOT NULL") if counts else (0,)
        full = self._one("SELECT queue_full FROM batch")
        assert tokens is not None
        return BatchStatus(self.name or "", counts, tokens[0], full[0] if full else 0)

    def _cases(self, condition: str, arguments: Sequence[Any]) -> Iterator[CaseResult]:
        last = 0
        query = f"SELECT seq, {_COLUMNS} FROM cases WHERE {condition} AND seq > ? ORDER BY seq LIMIT ?"  # noqa: S608
        while rows := self._all(query, (*arguments, last, _CHUNK)):
            last = rows[-1][0]
            for row in rows:
                yield _result(*row[1:])

    def _one(self, query: str) -> Any:
        rows = self._all(query, ())
        return rows[0] if rows else None

    def _all(self, query: str, arguments: Sequence[Any]) -> list[Any]:
        with typed_errors(self.path):
            return self._db.execute(query, arguments).fetchall()


def _result(
    case_id: CaseId, text: str, status: str, run_id: str | None, output: str | None, error: str | None, *rest: Any
) -> CaseResult:
    return CaseResult(case_id, text, status, run_id, output, None if error is None else json.loads(error), *rest)


class Manifest:
    """Cases on their way into the store, in one transaction: a with block that ends well has stored them all."""

    def __init__(self, store: SqliteStore, name: str, spec: str) -> None:
        self._store = store
        self._db = store._db
        self._name, self._spec = name, spec
        self._chunk: list[Case] = []
        self._number = 0

    def __enter__(self) -> Manifest:
        with typed_errors(self._store.path):
            self._db.execute("BEGIN IMMEDIATE")
            if self._store.name is None:
                self._db.execute("INSERT INTO batch (name, spec) VALUES (?, ?)", (self._name, self._spec))
            self._db.execute("UPDATE batch SET submissions = submissions + 1")
            (self._number,) = self._db.execute("SELECT submissions FROM batch").fetchone()
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *exc_info: object) -> None:
        if exc_type is None:
            try:
                self._write()
                with typed_errors(self._store.path):
                    self._db.execute("COMMIT")
            finally:
                self._store._rollback()
        else:
            self._store._rollback()

    def add(self, case: Case) -> bool:
        """Take one more case; whether many have come together since it last said so.

        Raises:
            BatchInputError: the case was there before.
            BatchMismatchError: an earlier submission has it with another input.
        """
        self._chunk.append(case)
        if len(self._chunk) < _CHUNK:
            return False
        self._write()
        return True

    def _write(self) -> None:
        chunk, self._chunk = self._chunk, []
        rows = [
            (case.id, case.input, case_key(self._name, case.id, self._spec, case.input), self._number) for case in chunk
        ]
        with typed_errors(self._store.path):
            self._db.execute("SAVEPOINT chunk")
            if self._added(rows) != len(rows):
                self._db.execute("ROLLBACK TO chunk")
                raise self._problem(next(row for row in rows if not self._added([row])))
            self._db.execute("RELEASE chunk")

    def _added(self, rows: list[tuple[Any, ...]]) -> int:
        before = self._db.total_changes
        self._db.executemany(_ADD, rows)
        return self._db.total_changes - before

    def _problem(self, row: tuple[Any, ...]) -> BatchError:
        case_id, text, _, number = row
        query = "SELECT input, submission FROM cases WHERE id = ?"
        stored, submission = self._db.execute(query, (case_id,)).fetchone()
        if submission == number:
            return BatchInputError(f"the id {case_id!r} is there twice: every case needs an id of its own")
        assert stored != text
        return BatchMismatchError(
            f"the case {case_id!r} was submitted with another input: give changed cases new ids, or the batch a new"
            " name and store"
        )
