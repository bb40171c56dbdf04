"""One table of behaviours, over every wire and real sockets: what a server does, and what comes of it."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, WireFailure

from .loopback import answer
from .sending import CAP, WIRES, Sender

OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"
ENOUGH = 5.0
SOON = 0.2

over_every_wire = pytest.mark.parametrize("send", WIRES)


def get(base: str, **headers: str) -> Request:
    return Request("GET", base, "/x?a=1", headers, None)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


# --- answers


@dataclass
class Right:
    """A server that does this gives the caller that."""

    name: str
    pieces: tuple[bytes, ...]
    status: int = 200
    content: bytes = b'{"a": 1}'
    headers: dict[str, str] = field(default_factory=dict[str, str])
    method: str = "GET"


BODY = b'{"a": 1}'
RIGHT = [
    Right("plain", (answer(200, BODY, "X-A: b"),), headers={"x-A": "b", "X-None": "None"}),
    Right("in pieces", (OK + b"Content-Length: 8\r\n\r\n", b'{"a"', b": 1}")),
    Right("chunked", (CHUNKED + b"\r\n" + chunk(b'{"a"'), chunk(b": 1}") + b"0\r\n\r\n")),
    Right("until the end", (OK + b"\r\n" + BODY,)),
    Right("http 1.0", (b"HTTP/1.0 200 OK\r\n\r\n" + BODY,)),
    Right("an informational answer first", (b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer(200, BODY),)),
    Right("gzip", (answer(200, gzip.compress(BODY, mtime=0), "Content-Encoding: gzip"),)),
    Right(
        "deflate in chunks",
        (CHUNKED + b"Content-Encoding: deflate\r\n\r\n" + chunk(zlib.compress(BODY)) + b"0\r\n\r\n",),
    ),
    Right(
        "gzip twice, said twice",
        (answer(200, gzip.compress(gzip.compress(BODY, mtime=0)), *["Content-Encoding: gzip"] * 2),),
    ),
    Right("the largest body", (answer(200, b"x" * CAP),), content=b"x" * CAP),
    Right("no content", (b"HTTP/1.1 204 X\r\nConnection: close\r\n\r\n",), status=204, content=b""),
    Right("head", (OK + b"Content-Length: 8\r\nContent-Encoding: gzip\r\n\r\n",), content=b"", method="HEAD"),
    Right("an error", (answer(503, b"<html>", "Retry-After: 7"),), 503, b"<html>", {"retry-after": "7"}),
    Right(
        "a header that is not ASCII",
        (OK + b"X-A: caf\xe9\r\nX-B: c\r\nContent-Length: 8\r\n\r\n" + BODY,),
        headers={"X-B": "c"},
    ),
    Right(
        "a redirect",
        (answer(302, b"", "Location: http://127.0.0.1:9/"),),
        302,
        b"",
        {"Location": "http://127.0.0.1:9/"},
    ),
]


@over_every_wire
@pytest.mark.parametrize("right", RIGHT, ids=lambda right: right.name)
@pytest.mark.promise("kneo.transport.httpx2-client-accepted")
def test_an_answer_arrives_whole(send: Sender, right: Right, serve: Any) -> None:
    server = serve(*right.pieces)
    response = send(Request(right.method, server.base, "/x?a=1", {"X-Mine": "m"}, None), ENOUGH)
    assert (response.status_code, response.content) == (right.status, right.content)
    assert {name: str(response.headers.get(name)) for name in right.headers} == right.headers
    assert len(server.requests) == 1
    assert server.requests[0].startswith(f"{right.method} /x?a=1 HTTP/1.1\r\n")
    assert "\r\nx-mine: m\r\n" in server.requests[0].lower()


@over_every_wire
@pytest.mark.parametrize(
    "lengths", [b"Content-Length: 8\r\nContent-Length: 8\r\n\r\n", b"Content-Length: 8, 8\r\n\r\n"]
)
def test_a_length_said_twice_is_that_length_or_no_http(send: Sender, lengths: bytes, serve: Any) -> None:
    """The standard leaves the choice (RFC 9112, 6.3); aiohttp refuses."""
    try:
        assert send(get(serve(OK + lengths + BODY).base), ENOUGH).content == BODY
    except WireFailure as failure:
        assert failure.outcome is Outcome.UNKNOWN  # noqa: PT017


@over_every_wire
def test_a_body_is_sent(send: Sender, serve: Any) -> None:
    server = serve(answer())
    send(Request("POST", server.base, "/x", {"Content-Type": "application/json"}, b'{"text":"\xc3\xa4"}'), ENOUGH)
    head, _, body = server.requests[0].partition("\r\n\r\n")
    assert body == '{"text":"ä"}'
    assert "\r\ncontent-length: 13" in head.lower()


# --- failures


@dataclass
class Wrong:
    """A server that does this leaves the caller without an answer."""

    name: str
    pieces: tuple[bytes, ...]
    message: str = "^the connection failed before the answer was complete: "
    transient: bool = True


TOO_LARGE = f"^the answer is larger than {CAP} bytes$"
WRONG = [
    Wrong("closed without a word", (b"",)),
    Wrong("cut in the head", (b"HTTP/1.1 200 O",)),
    Wrong("cut in the body", (OK + b"Content-Length: 10\r\n\r\nabc",)),
    Wrong("cut in a chunk", (CHUNKED + b"\r\n40\r\nabc",)),
    Wrong("cut before the last chunk", (CHUNKED + b"\r\n" + chunk(b"abc"),)),
    Wrong("not http", (b"SSH-2.0-OpenSSH_9.6\r\n",)),
    Wrong("a negative length", (OK + b"Content-Length: -1\r\n\r\n",)),
    Wrong(
        "gzip cut",
        (answer(200, gzip.compress(BODY, mtime=0)[:-4], "Content-Encoding: gzip"),),
        "^the compressed answer ends too early$",
    ),
    Wrong("gzip garbage", (answer(200, BODY, "Content-Encoding: gzip"),), "^the answer's compression is broken$"),
    Wrong("too large", (answer(200, b"x" * (CAP + 1)),), TOO_LARGE, transient=False),
    Wrong(
        "too large in chunks", (CHUNKED + b"\r\n" + chunk(b"x" * 2 * CAP) + b"0\r\n\r\n",), TOO_LARGE, transient=False
    ),
    Wrong(
        "a bomb", (answer(200, gzip.compress(bytes(1_000_000)), "Content-Encoding: gzip"),), TOO_LARGE, transient=False
    ),
    Wrong("an error that is too large", (answer(500, b"x" * (CAP + 1)),), TOO_LARGE, transient=False),
    Wrong(
        "framed twice",
        (CHUNKED + b"Content-Length: 4\r\n\r\n" + chunk(BODY) + b"0\r\n\r\n",),
        "^the answer has both Content-Length and Transfer-Encoding$",
        transient=False,
    ),
    Wrong(
        "a coding nobody offered",
        (answer(200, BODY, "Content-Encoding: br"),),
        "^the answer uses a content coding that was not offered$",
        transient=False,
    ),
    Wrong(
        "a coding that is not ASCII",
        (OK + b"Content-Encoding: caf\xe9\r\nContent-Length: 8\r\n\r\n" + BODY,),
        "^the answer('s framing is not ASCII| uses a content coding that was not offered)$",
        transient=False,
    ),
]


@over_every_wire
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_a_broken_answer_is_no_answer(send: Sender, wrong: Wrong, serve: Any) -> None:
    server = serve(*wrong.pieces)
    with pytest.raises(WireFailure, match=wrong.message) as caught:
        send(get(server.base), ENOUGH)
    failure = caught.value
    assert (failure.outcome, failure.transient, failure.timed_out) == (Outcome.UNKNOWN, wrong.transient, False)
    assert len(server.requests) == 1


@over_every_wire
def test_a_connection_refused(send: Sender) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(WireFailure, match=r"^no connection: ") as caught:
            send(get(f"http://127.0.0.1:{nobody.getsockname()[1]}"), ENOUGH)
    failure = caught.value
    assert (failure.outcome, failure.transient, failure.timed_out) == (Outcome.NOT_SENT, True, False)
    assert type(failure.__cause__).__name__ == "ConnectError"


@over_every_wire
def test_a_certificate_that_nobody_vouches_for(send: Sender, serve: Any, certificate: ssl.SSLContext) -> None:
    server = serve(answer(), tls=certificate)
    for base in (server.base, server.base.replace("https", "HTTPS")):
        with pytest.raises(WireFailure, match=r"^no connection: .*certificate") as caught:
            send(get(base, Authorization="s3cret"), ENOUGH)
        assert (caught.value.outcome, caught.value.transient) == (Outcome.NOT_SENT, False)
    assert server.requests == []


# --- time


@over_every_wire
@pytest.mark.parametrize(
    "pieces", [(b"",), (OK + b"Content-Length: 99\r\n\r\n", *[b"x"] * 99)], ids=["silence", "a body byte by byte"]
)
def test_time_runs_out(send: Sender, pieces: tuple[bytes, ...], serve: Any) -> None:
    server = serve(*pieces, pause=SOON / 2 if len(pieces) > 1 else ENOUGH)
    began = time.monotonic()
    with pytest.raises(WireFailure, match=f"^no complete answer within {SOON} s$") as caught:
        send(get(server.base), SOON)
    failure = caught.value
    assert (failure.outcome, failure.transient, failure.timed_out) == (Outcome.UNKNOWN, True, True)
    assert type(failure.__cause__).__name__ == "ReadTimeout"
    assert time.monotonic() - began < ENOUGH / 2


# --- requests that are wrong


@over_every_wire
@pytest.mark.parametrize(
    ("name", "value"),
    [("X-Key", "s3cret\nX-Evil: 1"), ("X-Key", "s3cr\x00et"), ("X Key", "s3cret"), ("X-Key", "s3cr\udc80")],
)
def test_a_header_that_cannot_be_sent_is_refused_without_being_quoted(
    send: Sender, name: str, value: str, serve: Any
) -> None:
    server = serve(answer())
    failure = refusal(send, Request("GET", server.base, "/x", {name: value}, None))
    assert "s3cr" not in f"{failure!r} {failure.__cause__!r}"
    assert server.requests == []


@over_every_wire
@pytest.mark.parametrize("base", ["ftp://127.0.0.1", "http://xn--\udc80"])
def test_an_address_that_the_library_cannot_use_is_refused(send: Sender, base: str) -> None:
    refusal(send, get(base))


NO_ADDRESS = [
    "",
    "127.0.0.1",
    "http://",
    "http://:80",
    "http://[::1",
    "http://127.0.0.1:port",
    "http://127.0.0.1:80:90",
    "http://127.0.0.1:-1",
]


@over_every_wire
@pytest.mark.parametrize("base", NO_ADDRESS)
def test_an_address_that_makes_no_sense_is_refused(send: Sender, base: str) -> None:
    failure = refusal(send, get(base), "^the base URL is not usable: ")
    assert failure.__cause__ is None


@over_every_wire
def test_a_port_that_does_not_exist_is_not_another_one(send: Sender, serve: Any) -> None:
    """Some libraries take it modulo 65536."""
    server = serve(answer())
    port = int(server.base.rpartition(":")[2])
    refusal(send, get(f"http://127.0.0.1:{port + 65536}", Authorization="s3cret"), "^the base URL is not usable: ")
    assert server.requests == []


def refusal(send: Sender, request: Request, message: str = "^the HTTP library refused the request") -> WireFailure:
    with pytest.raises(WireFailure, match=message) as caught:
        send(request, ENOUGH)
    assert (caught.value.outcome, caught.value.transient) == (Outcome.NOT_SENT, False)
    return caught.value
