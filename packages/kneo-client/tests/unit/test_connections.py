"""What becomes of a call when the connection misbehaves; over real sockets, on both HTTP stacks (trio takes httpx)."""

import gzip
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
import trustme
from sdk_engine.errors import Outcome

from kneo_client import KneoClient
from kneo_client.core.errors import KneoError, KneoNetworkError, KneoProtocolError
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import Transport

AT_ONCE = RetryPolicy(base_delay=0, jitter=0)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: Any) -> str:
    return str(request.param)


def client_of(url: str, *, timeout: float = 5.0, retry_policy: RetryPolicy = AT_ONCE) -> KneoClient:
    return KneoClient(Profile("x", url, "secret-key", timeout=timeout), retry_policy=retry_policy)


def sends(raw: bytes) -> Callable[[socket.socket], object]:
    """Send these bytes, then hang up."""
    return lambda connection: connection.sendall(raw)


def hangs_up(connection: socket.socket) -> None:
    """Hang up with nothing said."""


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def says_nothing(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.recv(1)


@pytest.fixture
def unused_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.promise("kneo.errors.unreachable-is-network-error", "kneo.errors.network-cause", "kneo.errors.outcome")
async def test_nobody_listens(unused_url: str) -> None:
    async with client_of(unused_url) as client:
        with pytest.raises(KneoNetworkError, match="no connection") as caught:
            await client.platform.runs.create({"input": "x"})
    error = caught.value
    assert (error.status, error.body, error.attempts, error.outcome) == (None, None, 3, Outcome.NOT_SENT)
    assert isinstance(error.__cause__, httpx.ConnectError)


@pytest.mark.promise("kneo.retries.transport-errors", "kneo.errors.network-cause", "kneo.errors.outcome")
@pytest.mark.parametrize(
    "misbehave",
    [
        hangs_up,
        resets,
        sends(b"HTTP/1.1 200 OK\r\nContent-Le"),
        sends(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"run_id": "1"'),
        sends(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"run\r\n'),
    ],
    ids=["hang-up", "reset", "cut-in-headers", "cut-in-body", "cut-in-chunk"],
)
async def test_answer_that_breaks_off(serve: Any, misbehave: Any) -> None:
    platform = serve(misbehave)
    async with client_of(platform.url) as client:
        with pytest.raises(KneoNetworkError, match="before the answer was complete") as caught:
            await client.platform.runs.create({"input": "x"}, idempotency_key="k-1")
    error = caught.value
    assert (error.outcome, error.attempts, error.idempotency_key) == (Outcome.UNKNOWN, 3, "k-1")
    assert isinstance(error.__cause__, httpx.HTTPError)
    assert [b"k-1" in request for request in platform.requests] == [True] * 3


async def test_next_attempt_may_succeed(serve: Any) -> None:
    platform = serve(hangs_up, resets, {"ok": True})
    async with client_of(platform.url) as client:
        assert (await client.platform.health.healthz()).ok
    assert len(platform.requests) == 3


@pytest.mark.promise("kneo.retries.transport-errors", "kneo.errors.network-cause")
@pytest.mark.parametrize("misbehave", [says_nothing, sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")])
async def test_no_answer_in_time(serve: Any, misbehave: Any) -> None:
    platform = serve(lambda connection: (misbehave(connection), says_nothing(connection)))
    async with client_of(platform.url, timeout=0.2) as client:
        with pytest.raises(KneoNetworkError, match=r"no complete answer within 0\.\d+ s") as caught:
            await client.platform.health.healthz()
    assert (caught.value.attempts, caught.value.outcome) == (3, Outcome.UNKNOWN)
    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)


@pytest.mark.filterwarnings("ignore:Async generator 'httpx")  # trio sees httpx abandon its own generators
@pytest.mark.promise("kneo.transport.decoded-size-capped")
async def test_compressed_answer_without_end_is_not_unpacked(serve: Any) -> None:
    bomb = gzip.compress(bytes(33 * 2**20))
    platform = serve((200, bomb, {"Content-Encoding": "gzip"}))
    async with client_of(platform.url) as client:
        with pytest.raises(KneoNetworkError, match="larger than 33554432 bytes") as caught:
            await client.platform.health.healthz()
    assert (caught.value.attempts, len(platform.requests)) == (1, 1)


async def test_compressed_answer_is_unpacked(serve: Any) -> None:
    platform = serve((200, gzip.compress(b'{"ok": true}'), {"Content-Encoding": "gzip"}))
    async with client_of(platform.url) as client:
        assert (await client.platform.health.healthz()).ok
        raw = await client._transport.request("GET", "/v1/healthz")
    assert raw.json() == {"ok": True}
    assert "content-encoding" not in raw.headers


async def test_interim_answers_are_passed_over(serve: Any) -> None:
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + b'{"ok": true}'
    platform = serve(sends(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + final))
    async with client_of(platform.url) as client:
        assert (await client.platform.health.healthz()).ok


@pytest.mark.parametrize(
    "raw", [b"220 smtp.example ESMTP\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"\x00\x01\x02\r\n\r\n"]
)
async def test_other_protocol_is_a_kneo_error(serve: Any, raw: bytes) -> None:
    platform = serve(sends(raw))
    async with client_of(platform.url) as client:
        with pytest.raises((KneoNetworkError, KneoProtocolError)):
            await client.platform.health.healthz()


class Tls:
    """A loopback server that speaks TLS with a certificate of its own authority."""

    def __init__(self, serve: Any, hostname: str = "127.0.0.1") -> None:
        self.authority = trustme.CA()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(hostname).configure_cert(self._context)
        self.handshakes = 0
        self._server = serve({"ok": True})
        self._server.wrap = self._wrap
        self.url = self._server.url.replace("http:", "https:")

    def _wrap(self, connection: socket.socket) -> socket.socket:
        self.handshakes += 1
        return self._context.wrap_socket(connection, server_side=True)


@pytest.mark.promise("kneo.retries.certificate-verification")
@pytest.mark.parametrize("hostname", ["127.0.0.1", "elsewhere.example"])
async def test_refused_certificate_is_not_retried(serve: Any, hostname: str) -> None:
    platform = Tls(serve, hostname)
    async with client_of(platform.url) as client:
        with pytest.raises(KneoNetworkError, match=r"certificate|Certificate") as caught:
            await client.platform.health.healthz()
    assert (caught.value.attempts, caught.value.outcome, platform.handshakes) == (1, Outcome.NOT_SENT, 1)


@pytest.mark.promise("kneo.retries.transport-errors")
async def test_broken_handshake_is_retried(serve: Any) -> None:
    def slams_the_door(connection: socket.socket) -> socket.socket:
        connections.append(connection)
        connection.close()
        return connection

    connections: list[socket.socket] = []
    platform = serve({"ok": True})
    platform.wrap = slams_the_door
    async with client_of(platform.url.replace("http:", "https:")) as client:
        with pytest.raises(KneoNetworkError) as caught:
            await client.platform.health.healthz()
    assert (caught.value.attempts, caught.value.outcome) == (3, Outcome.NOT_SENT)
    assert len(connections) == 3


async def test_trusted_certificate(serve: Any) -> None:
    platform = Tls(serve)
    context = ssl.create_default_context()
    platform.authority.configure_trust(context)
    profile = Profile("x", platform.url, "k")
    async with httpx.AsyncClient(verify=context) as theirs, Transport(profile, http_client=theirs) as transport:
        assert (await transport.request("GET", "/v1/healthz")).json() == {"ok": True}


async def test_deadline_ends_a_call_whatever_the_platform_does(serve: Any) -> None:
    platform = serve(says_nothing)
    policy = RetryPolicy(max_attempts=2, base_delay=0, jitter=0)
    started = time.monotonic()
    async with client_of(platform.url, timeout=0.1, retry_policy=policy) as client:
        with pytest.raises(KneoError):
            await client.platform.health.healthz()
    assert time.monotonic() - started < 60  # of the eternity that the platform takes
