"""The file of a batch: whose it is, where it may lie, and what happens when it cannot be written."""

import contextlib
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kneo_client.batch import Batch, BatchLockedError, BatchStoreError, Case
from kneo_client.batch.results import CaseResult
from kneo_client.batch.store import SqliteStore
from kneo_client.batch.store_file import SCHEMA_VERSION, StoreLock, file_system, store_error


def filled(path: Path, count: int = 5) -> SqliteStore:
    store = SqliteStore(path, create=True)
    with store.begin("eval", "{}") as manifest:
        for number in range(count):
            manifest.add(Case(number, f"case {number}"))
    return store


def add_many(store: SqliteStore) -> None:
    with store.begin("eval", "{}") as manifest:
        for number in range(5000):
            manifest.add(Case(f"n{number}", "x" * 100))


def note_all(store: SqliteStore) -> None:
    for result in [*store.results()]:
        store.note(CaseResult(result.id, "", "completed", "r", "x" * 1000, key=result.key))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "eval.sqlite"


def test_a_newer_version_s_store_is_refused_and_left_as_it_is(path: Path) -> None:
    filled(path).close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(BatchStoreError, match=r"newer version .* update kneo-client"):
        Batch(path).status()
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"id,input\n1,x\n", b"\x00" * 5000, b"SQLite format 3\x00" + b"x" * 4096])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(BatchStoreError, match=r"eval\.sqlite"):
        SqliteStore(path, create=True)
    assert path.read_bytes() == content


def test_another_program_s_database_is_refused_and_left_as_it_is(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(BatchStoreError, match="another program's database"):
        SqliteStore(path, create=True)
    assert path.read_bytes() == before


def test_a_store_without_a_batch(path: Path) -> None:
    path.touch()
    with pytest.raises(BatchStoreError, match="holds no batch"):
        SqliteStore(path)
    store = SqliteStore(path, create=True)
    with pytest.raises(BatchStoreError, match="holds no batch: submit its cases first"):
        _ = store.spec
    store.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BatchStoreError, match="its folder is not there"):
        SqliteStore(tmp_path / "nowhere" / "eval.sqlite", create=True)


@pytest.mark.parametrize(
    ("kind", "place"), [("nfs4", "/mnt/share"), ("cifs", "/mnt/with\\040blank"), ("fuse.sshfs", "/mnt/share")]
)
def test_a_network_file_system_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, place: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"proc /proc proc rw 0 0\n/dev/x / ext4 rw 0 0\nserver:/x {place} {kind} rw 0 0\nodd\n")
    inside = Path(place.replace("\\040", " "), "eval.sqlite")
    assert file_system(inside, mounts) == kind
    assert file_system(Path("/mnt/eval.sqlite"), mounts) == "ext4"
    assert file_system(inside, tmp_path / "none") is None
    from kneo_client.batch import store_file

    monkeypatch.setattr(store_file, "file_system", lambda path: kind)
    with pytest.raises(BatchStoreError, match=f"network file system \\({kind}\\).* local disk"):
        SqliteStore(tmp_path / "eval.sqlite", create=True)
    assert not (tmp_path / "eval.sqlite").exists()


def test_the_lock_ends_with_its_process(path: Path) -> None:
    filled(path).close()
    program = (
        "import sys\nfrom kneo_client.batch.store import SqliteStore\n"
        "store = SqliteStore(sys.argv[1])\nstore.lock()\nprint('locked', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        store = SqliteStore(path)
        with pytest.raises(BatchLockedError, match=f"process {process.pid} works on this batch"):
            store.lock()
        assert store.status().total == 5
        process.kill()
    store.lock()
    store.close()
    store.close()


def test_a_lock_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "x-lock").mkdir()
    with pytest.raises(BatchStoreError, match="cannot be written"):
        StoreLock(tmp_path / "x").acquire()


def test_a_disk_that_fills_up_is_told_and_what_was_stored_stays(path: Path) -> None:
    """The limit on the size of files stands for the disk's end."""
    store = filled(path, 2000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 50_000, hard))
    try:
        with pytest.raises(BatchStoreError, match=r"disk .* then resume: nothing that was stored is lost"):
            note_all(store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    store.close()
    status = Batch(path).status()
    assert status.total == 2000
    assert status.counts["pending"] > 0


def test_a_store_with_a_limit_of_its_own_says_that_it_is_full(path: Path) -> None:
    store = filled(path)
    store._db.execute("PRAGMA max_page_count = 12")
    with pytest.raises(BatchStoreError, match="the disk is full; make room, then resume"):
        add_many(store)
    assert store.status().total == 5
    store.close()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CORRUPT, 12345])
def test_every_failure_of_sqlite_is_typed(code: int) -> None:
    failure: Any = sqlite3.OperationalError("because")
    failure.sqlite_errorcode = code
    assert "x.sqlite: " in str(store_error("x.sqlite", failure))
    assert "(because)" in str(store_error("x.sqlite", failure))


def test_notes_are_written_together_and_later_ones_win(path: Path) -> None:
    store = filled(path, 3)
    keys = {result.id: result.key for result in store.results()}
    store.note(CaseResult(1, "", "running", "r1", key=keys[1]))
    store.note(CaseResult(1, "", "completed", "r1", "done", key=keys[1], seconds=1.5, tokens=3))
    store.note(CaseResult(2, "", "completed", "r2", "of an earlier attempt", key="another"))
    other = SqliteStore(path)
    assert other.status().counts == {"pending": 3}, "not written yet"
    store.flush()
    assert other.status().counts == {"pending": 2, "completed": 1}
    assert [result.output for result in other.results()] == [None, "done", None]
    store.close()
    other.close()


def test_a_million_cases_keep_the_memory_flat_and_are_gone_on_with_at_once(path: Path) -> None:
    """Scaled to 50,000 here; the full form is `make faults ARGS=batch`."""
    program = """
import resource, sys, time
from kneo_client.batch import Case
from kneo_client.batch.store import SqliteStore
store = SqliteStore(sys.argv[1], create=True)
def add(count):
    with store.begin("eval", "{}") as manifest:
        for number in range(count):
            manifest.add(Case(number, f"case {number}"))
add(5000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
add(50_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
store.close()
"""
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 10_000, "kilobytes"
    assert Batch(path).status().total == 50_000
