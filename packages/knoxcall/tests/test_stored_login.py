"""The credentials file: private, whole, and each refresh token used once, whoever else is at it."""

import json
import os
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import Make, done
from contract_messages import Answer
from contract_server import ContractServer
from faults.refreshes import profile_of, store_login

from knoxcall import BootstrapError, KnoxCall, KnoxCallSecurityWarning, errors
from knoxcall.auth.stored import RefreshLock
from knoxcall.private_files import LARGEST, write_private


def moment(seconds: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def login(tmp_path: Path, server: ContractServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A login whose access token has expired."""
    path = tmp_path / "knoxcall" / "credentials.json"
    store_login(path, server.url)
    monkeypatch.setenv("KNOXCALL_CREDENTIALS_FILE", str(path))
    return path


def client_of(make: Make) -> Any:
    return make(detect=True, base_url=None)


@pytest.mark.promise("knox.auth.stored-login")
async def test_a_valid_token_is_used_as_it_is(make: Make, server: ContractServer, login: Path) -> None:
    server.tokens["kc_live_file"] = None
    store_login(login, server.url, access_token="kc_live_file", access_token_expires_at=moment(600))
    client = client_of(make)
    assert client.credential.kind == "stored login"
    assert (client.base_url, client.tenant) == (server.url, "acme")
    await done(client.account.get())
    assert server.token_requests == []


@pytest.mark.promise("knox.auth.stored-login", "knox.auth.file-private")
async def test_an_expired_one_is_renewed(make: Make, server: ContractServer, login: Path) -> None:
    await done(client_of(make).account.get())
    (request,) = server.token_requests
    assert request.body == b"grant_type=refresh_token&refresh_token=rt_1&client_id=cli_real"
    after = profile_of(login)
    assert (after["access_token"], after["refresh_token"]) == ("kc_live_tok_1", "rt_2")
    assert moment(3500) < after["access_token_expires_at"] < moment(3700)
    assert stat.S_IMODE(login.stat().st_mode) == 0o600
    assert not login.with_name("credentials.json.lock").exists()
    assert json.loads(login.read_bytes())["profiles"]["other"] == {"client_id": "x"}


@pytest.mark.promise("knox.auth.stored-login")
async def test_a_login_that_has_ended(make: Make, server: ContractServer, login: Path) -> None:
    server.refresh_tokens.clear()
    with pytest.raises(errors.AuthenticationError, match="log in again"):
        await done(client_of(make).account.get())
    assert len(server.token_requests) == 1


@pytest.mark.promise("knox.auth.single-use")
async def test_a_refresh_that_may_have_worked_is_not_repeated(make: Make, server: ContractServer, login: Path) -> None:
    from contract_messages import DROP

    server.token_script.append(DROP)
    with pytest.raises(errors.APIConnectionError):
        await done(client_of(make).account.get())
    assert len(server.token_requests) == 1
    server.token_script.append(Answer(500, {"error": "server_error"}))
    with pytest.raises(errors.ServerError):
        await done(client_of(make).account.get())
    assert len(server.token_requests) == 2


@pytest.mark.promise("knox.auth.single-use")
async def test_what_another_process_got_meanwhile_is_used(
    make: Make, server: ContractServer, login: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.tokens["kc_live_theirs"] = None
    mark = RefreshLock.mark

    def theirs_first(lock: RefreshLock) -> bool:
        store_login(login, server.url, access_token="kc_live_theirs", access_token_expires_at=moment(600))
        return mark(lock)

    monkeypatch.setattr(RefreshLock, "mark", theirs_first)
    await done(client_of(make).account.get())
    assert server.refreshes == 0


async def test_a_refresh_token_that_stays(make: Make, server: ContractServer, login: Path) -> None:
    server.token_extra = {"refresh_token": None, "scope": "b c"}
    await done(client_of(make).account.get())
    assert (profile_of(login)["refresh_token"], profile_of(login)["scope"]) == ("rt_1", "b c")


async def test_a_login_that_is_gone_meanwhile(make: Make, server: ContractServer, login: Path) -> None:
    client = client_of(make)
    login.unlink()
    with pytest.raises(BootstrapError, match="log in again"):
        await done(client.account.get())


@pytest.mark.promise("knox.auth.pinned-origin")
def test_a_login_is_sent_nowhere_else(login: Path) -> None:
    with pytest.raises(BootstrapError, match="belongs to"):
        KnoxCall(base_url="https://elsewhere.example")
    with pytest.raises(BootstrapError, match="bound"):
        KnoxCall(dpop="always")


@pytest.mark.parametrize("content", ["{", "[]", '{"profiles": []}', '{"profiles": {"default": 5}}', '{"profiles": {}}'])
def test_files_without_a_login(content: str, login: Path) -> None:
    login.write_text(content)
    if content == "{":
        with pytest.raises(BootstrapError, match="credentials file"):
            KnoxCall()
    else:
        assert KnoxCall().credential.kind == "workload identity"


def test_another_profile(login: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOXCALL_PROFILE", "other")
    assert "'other'" in KnoxCall().credential.source


@pytest.mark.parametrize("expiry", ["yesterday", "", 5, "2026-01-01"])
async def test_expiries_that_are_none(make: Make, server: ContractServer, login: Path, expiry: Any) -> None:
    store_login(login, server.url, access_token_expires_at=expiry)
    await done(client_of(make).account.get())
    assert len(server.token_requests) == 1


@pytest.mark.promise("knox.auth.file-private")
def test_a_file_that_others_can_read_warns(login: Path) -> None:
    login.chmod(0o644)
    with pytest.warns(KnoxCallSecurityWarning, match="chmod 600"):
        KnoxCall()


@pytest.mark.promise("knox.auth.file-private")
def test_there_is_no_moment_in_which_others_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    real = os.open

    def watch(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if flags & os.O_CREAT:
            opened.append(mode)
        return real(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", watch)
    before = os.umask(0)
    try:
        write_private(tmp_path / "new" / "file", b"x")
    finally:
        os.umask(before)
    assert opened == [0o600]
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_private(path, b"old")

    def full(handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["pipe", "folder", "huge", "of another user"])
def test_what_is_no_credentials_file_is_not_waited_for(kind: str, login: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    login.unlink()
    if kind == "pipe":
        os.mkfifo(login)
    elif kind == "folder":
        login.mkdir()
    elif kind == "huge":
        login.write_bytes(b" " * (LARGEST + 1))
    else:
        store_login(login, "http://127.0.0.1:1")
        monkeypatch.setattr("knoxcall.auth.stored.os.geteuid", lambda: 4_000_000)
        if os.getuid() == 0:
            os.chown(login, 4_000_001, -1)
    with pytest.raises(BootstrapError, match=r"not a readable"):
        KnoxCall()


async def test_a_login_behind_a_link_stays_behind_it(make: Make, server: ContractServer, login: Path) -> None:
    real = login.with_name("elsewhere.json")
    login.rename(real)
    login.symlink_to(real)
    await done(client_of(make).account.get())
    assert login.is_symlink()
    assert profile_of(real)["refresh_token"] == "rt_2"


async def test_a_folder_that_cannot_be_written_to_costs_no_refresh_token(
    make: Make, server: ContractServer, login: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(path: Any, *arguments: Any, **more: Any) -> int:
        raise PermissionError(13, "Permission denied")

    client = client_of(make)
    monkeypatch.setattr("filelock.FileLock.acquire", read_only)
    with pytest.raises(errors.KnoxCallError, match="Permission denied"):
        await done(client.account.get())
    assert server.refreshes == 0


async def test_a_token_that_cannot_be_written_back_still_serves(
    make: Make, server: ContractServer, login: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("knoxcall.auth.stored.write_private", full)
    client = client_of(make)
    await done(client.account.get())
    await done(client.account.get())
    assert server.refreshes == 1
    assert "No space left" in caplog.text
    assert "kc_live" not in caplog.text


def test_drafts_of_the_dead_are_removed(tmp_path: Path) -> None:
    old, young = tmp_path / ".file.1.1.tmp", tmp_path / ".file.2.2.tmp"
    for draft in (old, young):
        draft.write_bytes(b"a secret")
    os.utime(old, (0, 0))
    write_private(tmp_path / "file", b"x")
    assert sorted(tmp_path.iterdir()) == [young, tmp_path / "file"]
