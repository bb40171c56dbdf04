"""Turns at the credentials file: among ours, and with the programs of other languages."""

import os
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Make, done
from contract_server import ContractServer
from faults.refreshes import store_login

from knoxcall import errors
from knoxcall.auth import stored
from knoxcall.auth.stored import RefreshLock
from knoxcall.locks import FileLock


@pytest.fixture
def login(tmp_path: Path, server: ContractServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A login whose access token has expired."""
    path = tmp_path / "knoxcall" / "credentials.json"
    store_login(path, server.url)
    monkeypatch.setenv("KNOXCALL_CREDENTIALS_FILE", str(path))
    return path


def client_of(make: Make) -> Any:
    return make(detect=True, base_url=None)


def test_locks_exclude(tmp_path: Path) -> None:
    first, second = (FileLock(tmp_path / "lock") for _ in range(2))
    assert first.acquire()
    assert not second.acquire()
    second.release()
    assert not second.acquire()
    first.release()
    first.release()
    assert second.acquire()
    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600


def test_a_forked_child_neither_holds_nor_frees_the_lock_of_its_parent(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.acquire()
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        lock.release()
        os.read(ready, 1)  # lives on
        os._exit(0)
    os.close(ready)
    assert not FileLock(tmp_path / "lock").acquire()
    lock.release()
    after = FileLock(tmp_path / "lock")
    assert after.acquire()
    os.close(go)
    os.waitpid(child, 0)


OTHERS = {
    "of a living process": lambda: f"{os.getpid()} {time.time()} other",
    "of a process that cannot be seen from here": lambda: f"{2**22 - 1} {time.time()} other",
    "of one that has just begun": lambda: "",
    "in other words": lambda: "host-7/worker",
}


@pytest.mark.promise("knox.auth.other-sdks", "knox.auth.single-use")
@pytest.mark.parametrize("whose", OTHERS)
async def test_the_marker_of_another_program_counts_for_a_minute(
    whose: str, make: Make, server: ContractServer, login: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = login.with_name("credentials.json.lock")
    marker.write_text(OTHERS[whose]())
    os.utime(marker, (time.time() - 55, time.time() - 55))
    monkeypatch.setattr("knoxcall.auth.stored._MARKER_WAIT", 0.05)
    monkeypatch.setattr("knoxcall.auth.stored._MARKER_POLL", 0.01)
    with pytest.raises(errors.KnoxCallError, match="lock"):
        await done(client_of(make).account.get())
    assert server.refreshes == 0
    assert marker.exists()
    os.utime(marker, (time.time() - 61, time.time() - 61))
    await done(client_of(make).account.get())
    assert server.refreshes == 1
    assert sorted(file.name for file in login.parent.iterdir()) == ["credentials.json", "credentials.json.flock"]


async def test_the_marker_is_waited_for(make: Make, server: ContractServer, login: Path) -> None:
    marker = login.with_name("credentials.json.lock")
    marker.write_text("1 2 other")
    gone = threading.Timer(0.15, marker.unlink)
    gone.start()
    await done(client_of(make).account.get())
    gone.join()
    assert server.refreshes == 1


@pytest.mark.parametrize("meanwhile", ["removed", "made anew", "made anew twice"])
def test_a_marker_that_changes_hands_while_it_is_passed_over(
    meanwhile: str, login: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking at the stale marker and putting it aside, its owner or another program comes along."""
    marker, lock = login.with_name("credentials.json.lock"), RefreshLock(login)
    marker.write_text("1 2 old")
    os.utime(marker, (0, 0))
    put_aside, rename = RefreshLock._put_aside, Path.rename

    def renamed(file: Path, target: Path) -> Path:
        result = rename(file, target)
        marker.write_text("1 2 third")
        return result

    def after_them(self: RefreshLock) -> None:
        marker.unlink()
        if meanwhile != "removed":
            marker.write_text("1 2 new")
        if meanwhile == "made anew twice":
            monkeypatch.setattr(Path, "rename", renamed)
        put_aside(self)

    monkeypatch.setattr(RefreshLock, "_put_aside", after_them)
    assert lock.mark() == (meanwhile == "removed")
    if meanwhile != "removed":
        assert marker.read_text() == {"made anew": "1 2 new", "made anew twice": "1 2 third"}[meanwhile]
        lock.release()
        assert marker.exists()
    assert not list(login.parent.glob("*.lock.*"))


def test_a_stale_marker_that_comes_back_at_once_is_somebodys(login: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = login.with_name("credentials.json.lock")
    marker.write_text("1 2 old")
    os.utime(marker, (0, 0))
    monkeypatch.setattr(RefreshLock, "_put_aside", lambda lock: None)
    assert not RefreshLock(login).mark()
    marker.unlink()
    assert not stored._is_stale(marker)
