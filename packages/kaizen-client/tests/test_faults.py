"""What a bad network and a bad server do to this client: one typed error, in time, nothing false, nothing shown."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sdk_engine.errors import Outcome

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    KaizenError,
    KaizenRequestError,
    KaizenResponseError,
    RetryPolicy,
    SyncKaizenClient,
)

from .conftest import KEY

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BOMB = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03broken"


def framed(body: bytes, extra: bytes = b"", status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, extra, len(body), body)


FAULTS: dict[str, tuple[bytes, type[KaizenError]]] = {
    "cut before the head": (b"", KaizenRequestError),
    "cut in the head": (HEAD, KaizenRequestError),
    "cut in the body": (HEAD + b"Content-Length: 99\r\n\r\n{", KaizenRequestError),
    "cut in a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{}", KaizenRequestError),
    "no HTTP at all": (b"SSH-2.0-OpenSSH\r\n\r\n", KaizenRequestError),
    "bad chunk size": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", KaizenRequestError),
    "two framings": (
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        KaizenRequestError,
    ),
    "broken gzip": (framed(BOMB, b"Content-Encoding: gzip\r\n"), KaizenRequestError),
    "unknown coding": (framed(b"{}", b"Content-Encoding: zstd\r\n"), KaizenRequestError),
    "an HTML page": (framed(b"<html>"), KaizenResponseError),
    "an HTML 502": (framed(b"<html>", status=b"502 Bad Gateway"), KaizenAPIError),
    "a redirect": (framed(b'{"status":"ok"}', b"Location: /x\r\n", b"307 Temporary"), KaizenAPIError),
    "an empty 204": (b"HTTP/1.1 204 No Content\r\n\r\n", KaizenResponseError),
    "a list": (framed(b"[]"), KaizenResponseError),
    "NaN": (framed(b'{"a": NaN}'), KaizenResponseError),
    "bad UTF-8": (framed(b'{"a": "\xff"}'), KaizenResponseError),
    "a strange status": (framed(b"{}", status=b"418 Teapot"), KaizenAPIError),
}


@contextmanager
def raw_server(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """Answers each connection with what `speak` sends, then closes it."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.02)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(2)
                try:
                    while b"\r\n\r\n" not in (received := connection.recv(65536)) and received:
                        pass
                    speak(connection)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        thread.join()
        listener.close()


@pytest.mark.promise("kaizen.faults.typed-errors")
@pytest.mark.parametrize("name", list(FAULTS))
@pytest.mark.parametrize("stack", ["default", "httpx", "sync"])
async def test_every_fault_is_one_typed_error(name: str, stack: str) -> None:
    said, kind = FAULTS[name]
    with raw_server(lambda connection: connection.sendall(said)) as url:
        settings: dict[str, Any] = {"max_connections": 2} if stack == "httpx" else {}
        config = KaizenClientConfig(url, KEY, 5, **settings)
        if stack == "sync":
            with SyncKaizenClient(config) as sync, pytest.raises(kind) as caught:
                sync.compress({"data": 1})
        else:
            async with KaizenClient(config) as client:
                with pytest.raises(kind) as caught:
                    await client.compress({"data": 1})
    error = caught.value
    assert isinstance(error, KaizenError)
    assert KEY not in f"{error!r} {vars(error)!r} {error.__cause__!r}"
    assert error.request_id
    assert error.attempts == 1
    if kind is KaizenRequestError:
        assert error.outcome is Outcome.UNKNOWN


@pytest.mark.promise("kaizen.faults.deadline")
async def test_a_dripping_answer_ends_with_the_deadline() -> None:
    stop = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        while not stop.wait(0.02):
            connection.sendall(b" ")

    with raw_server(drip) as url:
        async with KaizenClient(KaizenClientConfig(url, KEY, deadline=0.3, retry=RetryPolicy())) as client:
            started = time.monotonic()
            with pytest.raises(KaizenRequestError):
                await client.compress({"data": 1})
            elapsed = time.monotonic() - started
        stop.set()
    assert elapsed < 60  # of the half hour that the body takes


async def test_a_lost_answer_is_asked_for_again_when_that_is_switched_on() -> None:
    answers = iter([b"", framed(b'{"status":"ok"}')])
    with raw_server(lambda connection: connection.sendall(next(answers))) as url:
        config = KaizenClientConfig(url, KEY, retry=RetryPolicy(base_delay=0.001, max_delay=0.001))
        async with KaizenClient(config) as client:
            assert await client.compress({"data": 1}) == {"status": "ok"}
