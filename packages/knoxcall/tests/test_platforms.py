"""Platforms as they are: slow to start, busy, behind a proxy, at private addresses, with several identities."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Make, done
from contract_server import ContractServer
from metadata_server import Metadata
from sdk_engine.deadline import Deadline
from sdk_engine.drivers import SyncDriver
from sdk_engine.errors import Outcome
from sdk_engine.messages import Response, WireFailure
from sdk_engine.testing import FakeSyncWire

from knoxcall import NotAuthenticatedError
from knoxcall.auth import probe
from knoxcall.auth.probe import GUESS, KNOWN, LARGEST, Patience, fetch
from knoxcall.auth.workload import workload_identity

QUICKLY = Patience(2.0, 4, pause=0.01)


@pytest.fixture
def metadata() -> Iterator[Metadata]:
    with Metadata() as metadata:
        yield metadata


def ask(url: str, *answers: Any, patience: Patience = QUICKLY, seconds: float = 30.0, **more: Any) -> bytes:
    """What `fetch` gets; named servers give these answers."""
    headers = more.pop("headers", {"Authorization": "Bearer secret"})
    wire = FakeSyncWire(list(answers))
    try:
        return SyncDriver(wire).run(fetch(url, headers, patience, Deadline(seconds), **more))
    finally:
        assert len(wire.requests) <= len(answers)


# --- where requests may go


@pytest.mark.promise("knox.auth.probes-leak-nothing")
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x",
        "ftp://127.0.0.1/x",
        "/x",
        "http://metadata.google.internal.evil/x",
        "http://8.8.8.8/x",
        "http://172.32.0.1/x",
        "http://[2001:db8::1]/x",
        "http:///x",
        "http://localhost.example/x",
        "http://[::ffff:8.8.8.8]/x",
    ],
)
def test_requests_in_the_clear_go_nowhere_else(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        ask(url, trusted="metadata.google.internal")


@pytest.mark.parametrize(
    "host", ["172.16.5.3", "10.1.2.3", "192.168.1.1", "169.254.169.254", "127.1.2.3", "[fd00:ec2::23]", "[fe80::1]",
             "[::ffff:10.0.0.1]", "localhost"]
)  # fmt: skip
def test_metadata_endpoints_are_near(host: str, metadata: Metadata, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata.stand_in_for(monkeypatch, host.strip("[]"))
    assert ask(f"http://{host}:8081/msi/token").startswith(b"head.")
    assert metadata.requests[0][1]["host"] == f"{host}:8081"


@pytest.mark.parametrize("port", ["x", "99999"])
def test_addresses_that_are_none(port: str) -> None:
    with pytest.raises(ValueError, match="Port"):
        ask(f"http://127.0.0.1:{port}/x")


def test_a_platform_that_does_not_speak_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ValueError, match="HTTP"):
            ask(f"http://127.0.0.1:{port}/x")
        thread.join()


# --- patience


@pytest.mark.parametrize("status", [408, 410, 429, 500, 502, 503, 504])
def test_a_busy_platform_is_asked_again(status: int, metadata: Metadata) -> None:
    metadata.statuses = [status, status]
    assert ask(f"http://{metadata.host}/x").startswith(b"head.")
    assert len(metadata.requests) == 3
    busy, there = Response(status), Response(200, b"a.b.c")
    assert ask("https://named.example/x?y=1", busy, busy, there) == b"a.b.c"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 302, 204])
def test_a_refusal_is_final(status: int, metadata: Metadata) -> None:
    metadata.status = status
    with pytest.raises(ValueError, match=f"answered {status}"):
        ask(f"http://{metadata.host}/x")
    assert len(metadata.requests) == 1
    with pytest.raises(ValueError, match=f"answered {status}"):
        ask("https://named.example/x", Response(status))


def test_it_is_asked_a_few_times(metadata: Metadata) -> None:
    metadata.status = 503
    with pytest.raises(ValueError, match="answered 503"):
        ask(f"http://{metadata.host}/x")
    assert len(metadata.requests) == QUICKLY.tries


@pytest.mark.parametrize("retry_after", ["40", "5"])
def test_what_it_asks_for_is_waited_for_unless_it_is_too_long(retry_after: str, metadata: Metadata) -> None:
    metadata.statuses, metadata.headers = [429], {"Retry-After": retry_after}
    with pytest.raises(ValueError, match="answered 429"):
        ask(f"http://{metadata.host}/x", seconds=4.0)
    assert len(metadata.requests) == 1
    metadata.statuses, metadata.headers = [429], {"Retry-After": "0"}
    assert ask(f"http://{metadata.host}/x", seconds=4.0).startswith(b"head.")


def test_a_server_that_is_not_there_yet(monkeypatch: pytest.MonkeyPatch, metadata: Metadata) -> None:
    connect, refusals = socket.create_connection, [ConnectionRefusedError, socket.gaierror(socket.EAI_AGAIN, "later")]

    def connected(*arguments: Any, **more: Any) -> socket.socket:
        if refusals:
            raise refusals.pop()
        return connect(*arguments, **more)

    monkeypatch.setattr(socket, "create_connection", connected)
    assert ask(f"http://{metadata.host}/x").startswith(b"head.")
    refusals += [socket.gaierror(socket.EAI_NONAME, "no such host")] * 2
    with pytest.raises(OSError, match="no such host"):
        ask(f"http://{metadata.host}/x")
    assert len(refusals) == 1


def test_failures_of_a_named_server() -> None:
    refused = WireFailure("refused", outcome=Outcome.NOT_SENT)
    untrusted = WireFailure("certificate", outcome=Outcome.NOT_SENT, transient=False)
    assert ask("https://named.example/x", refused, Response(200, b"a.b.c")) == b"a.b.c"
    with pytest.raises(WireFailure, match="certificate"):
        ask("https://named.example/x", untrusted)
    with pytest.raises(WireFailure, match="refused"):
        ask("https://named.example/x", refused, seconds=0.005)
    with pytest.raises(ValueError, match="larger"):
        ask("https://user:secret@named.example/x", Response(200, b"x" * (LARGEST + 1)))


def test_who_is_known_is_given_time_and_who_is_guessed_is_not() -> None:
    assert KNOWN.seconds >= 5
    assert KNOWN.tries >= 3
    assert Patience(0.25, 1) == GUESS


# --- Azure


AZURE = {"IDENTITY_HEADER": "hdr"}


@pytest.mark.parametrize(
    ("endpoint", "client_id", "query"),
    [
        ("token", None, "api-version=2019-08-01&resource=knoxcall%3Aapi"),
        ("token?client_id=1111", None, "client_id=1111&api-version=2019-08-01&resource=knoxcall%3Aapi"),
        ("token?client_id=1111", "2222", "api-version=2019-08-01&resource=knoxcall%3Aapi&client_id=2222"),
        ("token?mi_res_id=%2Fa%2Fb&x=", None, "mi_res_id=%2Fa%2Fb&x=&api-version=2019-08-01&resource=knoxcall%3Aapi"),
        ("token?resource=other&api-version=1", "a b", "api-version=2019-08-01&resource=knoxcall%3Aapi&client_id=a+b"),
        ("token?", "", "api-version=2019-08-01&resource=knoxcall%3Aapi"),
    ],
)
async def test_azure_says_which_identity(
    endpoint: str,
    client_id: str | None,
    query: str,
    make: Make,
    metadata: Metadata,
    server: ContractServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    metadata.stand_in_for(monkeypatch, "172.16.5.3")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://172.16.5.3:8081/azure/{endpoint}")
    monkeypatch.setenv("IDENTITY_HEADER", "hdr")
    if client_id is not None:
        monkeypatch.setenv("AZURE_CLIENT_ID", client_id)
    await done(make(detect=True).account.get())
    ((target, headers),) = metadata.requests
    assert target == f"/azure/token?{query}"
    assert headers["x-identity-header"] == "hdr"


# --- Google


@pytest.mark.parametrize("sign", ["GCE_METADATA_HOST", "K_SERVICE", "CLOUD_RUN_JOB", "GAE_SERVICE", "the machine"])
async def test_google_is_waited_for_where_something_says_that_this_is_it(
    sign: str, make: Make, server: ContractServer, metadata: Metadata, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    metadata.stand_in_for(monkeypatch, "metadata.google.internal")
    if sign == "the machine":
        (tmp_path / "machine").write_text("Google Compute Engine\n")
        monkeypatch.setattr("knoxcall.auth.workload.MACHINE", tmp_path / "machine")
    else:
        monkeypatch.setenv(sign, metadata.host if sign == "GCE_METADATA_HOST" else "x")
    metadata.statuses, metadata.delay = [503], 0.3
    await done(make(detect=True).account.get())
    assert len(metadata.requests) == 2


# --- AWS


async def test_the_token_file_of_aws_rotates_and_may_be_a_link(
    make: Make, server: ContractServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As Kubernetes projects it: a link to a folder that is exchanged."""
    for name in ("a.b.one", "a.b.two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "token").write_text(name)
    (tmp_path / "..data").symlink_to("a.b.one")
    (tmp_path / "token").symlink_to("..data/token")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    client = make(detect=True)
    await done(client.authenticate())
    (tmp_path / "..new").symlink_to("a.b.two")
    os.replace(tmp_path / "..new", tmp_path / "..data")
    await done(client.authenticate())
    assert server.assertions == {"a.b.one", "a.b.two"}


@pytest.mark.parametrize("kind", ["pipe", "folder", "huge", "not text"])
async def test_what_is_no_token_file_is_not_waited_for(
    kind: str, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    else:
        file.write_bytes(b"\xff" if kind == "not text" else b"a" * (LARGEST + 1))
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(file))
    with pytest.raises(NotAuthenticatedError, match="AWS_WEB_IDENTITY_TOKEN_FILE"):
        await done(make(detect=True).account.get())


# --- the call's time


async def test_asking_ends_with_the_call(make: Make, metadata: Metadata, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCE_METADATA_HOST", metadata.host)
    monkeypatch.setattr(probe, "_LONGEST_PAUSE", 60.0)
    identity = workload_identity(dict(os.environ))
    metadata.stall.clear()
    began = time.monotonic()
    with pytest.raises(OSError, match="no answer"):
        SyncDriver(FakeSyncWire([])).run(identity.assertion(Deadline(0.3)))
    assert time.monotonic() - began < 8
