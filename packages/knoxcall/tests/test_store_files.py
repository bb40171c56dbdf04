"""The folder of a FileTokenStore: closed to others, and what they put there is neither used nor written to."""

import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Make, done
from contract_messages import CLIENT_ID, CLIENT_SECRET
from contract_server import ContractServer
from sdk_engine.redaction import Secret

from knoxcall import FileTokenStore
from knoxcall.private_files import private_folder, read_private, read_regular, write_private
from knoxcall.stores.serial import dump
from knoxcall.token import Token

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
PLANTED = Token(Secret("kc_planted"), "Bearer", time.time() + 9999, 3600.0, tenant="attacker")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def file_of(folder: Path, server: ContractServer) -> Path:
    """Where the store keeps the token of our client."""
    return FileTokenStore(folder)._file(f"client:{CLIENT_ID}|{server.url}||bearer")


def test_folder_and_files_are_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        FileTokenStore(tmp_path / "a" / "tokens").set("k", PLANTED)
    finally:
        os.umask(before)
    (file,) = (tmp_path / "a" / "tokens").iterdir()
    assert (mode(file.parent), mode(file)) == (0o700, 0o600)
    assert "kc_" not in file.name


@pytest.mark.parametrize("before", [0o777, 0o770, 0o755, 0o1777])
async def test_a_folder_that_others_may_enter_is_closed(
    before: int, make: Make, server: ContractServer, tmp_path: Path
) -> None:
    folder = tmp_path / "tokens"
    folder.mkdir()
    folder.chmod(before)
    for _ in range(2):
        await done(make(**CREDENTIALS, token_store=FileTokenStore(folder)).account.get())
    assert mode(folder) & 0o777 == 0o700
    assert len(server.token_requests) == 1


def plant(kind: str, file: Path, target: Path) -> None:
    """Put something into the place of a token's file."""
    if kind == "link":
        file.symlink_to(target)
    elif kind == "dangling link":
        file.symlink_to(target.with_name("nothing"))
    elif kind == "pipe":
        os.mkfifo(file, 0o600)
    elif kind == "folder":
        file.mkdir()
    else:
        file.write_bytes(dump(PLANTED))
        file.chmod(0o600)
        if kind == "open to others":
            file.chmod(0o606)
        elif kind == "of another user":
            os.chown(file, 4_000_001, -1)


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder", "open to others", "of another user"])
async def test_what_others_put_there_is_not_used(
    kind: str, make: Make, server: ContractServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if kind == "of another user" and os.getuid() != 0:
        pytest.skip("only root can give files away")
    folder, target = tmp_path / "tokens", tmp_path / "target"
    target.write_bytes(dump(PLANTED))
    target.chmod(0o600)
    folder.mkdir(mode=0o777)
    plant(kind, file_of(folder, server), target)
    client = make(**CREDENTIALS, token_store=FileTokenStore(folder), timeout=2)
    began = time.monotonic()
    for _ in range(2):
        assert (await done(client.account.get()))["id"] == "text"
    assert time.monotonic() - began < 15
    assert target.read_bytes() == dump(PLANTED)
    assert not target.with_name("nothing").exists()
    assert "kc_planted" not in str([seen.headers for seen in server.seen])
    assert len([record for record in caplog.records if "token store" in record.message]) <= 1


async def test_a_folder_of_somebody_else_is_not_used(
    make: Make,
    server: ContractServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = tmp_path / "tokens"
    folder.mkdir()
    monkeypatch.setattr("knoxcall.private_files.os.geteuid", lambda: 4_000_001)
    await done(make(**CREDENTIALS, token_store=FileTokenStore(folder)).account.get())
    assert list(folder.iterdir()) == []
    assert "belongs to another user" in caplog.text


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_bytes(b"")
    for create in (True, False):
        with pytest.raises(OSError, match=r"exists|no folder"):
            private_folder(tmp_path / "tokens", create=create)


def test_files_too_large_are_not_read(tmp_path: Path) -> None:
    write_private(tmp_path / "file", b"x" * 11)
    assert read_regular(tmp_path / "file", largest=11)[0] == read_private(tmp_path / "file")
    with pytest.raises(OSError, match="larger than 10 bytes"):
        read_regular(tmp_path / "file", largest=10)


def test_where_files_have_no_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, whose folders cannot be opened either."""
    monkeypatch.setattr("knoxcall.private_files._POSIX", False)
    store = FileTokenStore(tmp_path / "tokens")
    store.set("k", PLANTED)
    (tmp_path / "tokens").chmod(0o755)
    assert store.get("k") == PLANTED
    assert mode(tmp_path / "tokens") == 0o755
