"""What the libraries would do by themselves, or may do one day: heads, logs, large bodies, names that have changed."""

from __future__ import annotations

import logging
import socket
import threading
from typing import Any

import aiohttp
import anyio
import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, WireFailure
from sdk_engine.wires import WireSettings, async_wire, httpcore, sync_wire
from sdk_engine.wires import aiohttp as on_aiohttp

from .loopback import PATIENCE, KeepAlive, answer
from .sending import WIRES, Sender, twice

ENOUGH = 5.0
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n"
over_every_wire = pytest.mark.parametrize("send", WIRES)
PLACES = pytest.mark.parametrize("place", ["threads", "asyncio", "trio"])


def get(base: str, target: str = "/x", **headers: str) -> Request:
    return Request("GET", base, target, headers, None)


# --- heads


@over_every_wire
def test_many_header_fields_are_read(send: Sender, serve: Any) -> None:
    server = serve(OK + b"".join(b"X-%d: v\r\n" % number for number in range(500)) + b"\r\n{}")
    assert send(get(server.base), ENOUGH).headers.get("x-499") == "v"


@over_every_wire
@pytest.mark.parametrize(
    "fields",
    [
        b"X-A: " + b"a" * 70_000 + b"\r\n",
        b"X-A: %s\r\n" % (b"a" * 1000) * 70,
        b"X-A: b\r\n" * 20_000,
    ],
    ids=["one that is long", "many", "very many"],
)
def test_a_head_that_is_too_large_is_refused_for_good(send: Sender, fields: bytes, serve: Any) -> None:
    server = serve(OK + fields + b"\r\n{}")
    with pytest.raises(WireFailure, match=r"^the head of the answer is larger than 64 KiB$") as caught:
        send(get(server.base), ENOUGH)
    assert (caught.value.outcome, caught.value.transient) == (Outcome.UNKNOWN, False)


@over_every_wire
@pytest.mark.parametrize(("sent", "read"), [(b"caf\xe9", "café"), ("café".encode(), "café"), (b"\xb2", "²")])
def test_a_value_that_is_not_ascii_is_text_all_the_same(send: Sender, sent: bytes, read: str, serve: Any) -> None:
    server = serve(OK + b"X-A: " + sent + b"\r\n\r\n{}")
    assert send(get(server.base), ENOUGH).headers.get("x-a") == read


# --- bodies and addresses


@over_every_wire
@pytest.mark.parametrize("size", [(1 << 20) - 1, (1 << 20) + 1, 3 << 20])
def test_large_bodies_leave_without_a_word(send: Sender, size: int, serve: Any) -> None:
    server = serve(answer())
    send(Request("POST", server.base, "/x", {}, b"x" * size), ENOUGH)
    assert len(server.requests[0].partition("\r\n\r\n")[2]) == size


@over_every_wire
def test_a_host_name_of_other_letters_is_spelt_as_names_are(
    send: Sender, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "given" in getattr(send, "__name__", ""):
        pytest.skip("the callers' clients have proxies of their own")
    proxy = serve(answer())
    monkeypatch.setenv("HTTP_PROXY", proxy.base)
    monkeypatch.setenv("http_proxy", proxy.base)
    send(get("http://bücher.example"), ENOUGH)
    assert proxy.requests[0].lower().startswith("get http://xn--bcher-kva.example/x http/1.1\r\nhost: xn--bcher-kva")


# --- connections that the server has touched


class Speaking:
    """Keeps a connection alive after its answer, and then says this on it, unasked. Later ones are only answered."""

    def __init__(self, unasked: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.unasked = unasked
        self.speak, self.spoken = threading.Event(), threading.Event()
        self.connections = 0
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Speaking:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._thread.join(PATIENCE)
        self._listener.close()

    def _serve(self) -> None:
        self._listener.settimeout(PATIENCE)
        with self._listener.accept()[0] as first:
            self.connections += 1
            first.recv(65536)
            first.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nfirst")
            self.speak.wait(PATIENCE)
            if self.unasked:
                first.sendall(self.unasked)
            else:
                first.close()
            self.spoken.set()
            with self._listener.accept()[0] as second:
                self.connections += 1
                second.recv(65536)
                second.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 6\r\n\r\nsecond")


@PLACES
@pytest.mark.parametrize(
    "unasked", [b"", b"HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nwrong", b"?"], ids=["closed", "answer", "garbage"]
)
def test_a_connection_that_the_server_has_touched_is_not_used_again(place: str, unasked: bytes) -> None:
    with Speaking(unasked) as server:

        def between() -> None:
            server.speak.set()
            assert server.spoken.wait(PATIENCE)

        assert twice(place, server.base, between) == [b"first", b"second"]
    assert server.connections == 2


# --- names of the libraries that may change


@pytest.mark.parametrize("place", ["threads", "trio"])
def test_where_leftover_bytes_cannot_be_seen_no_connection_is_used_twice(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way to them is not public."""

    class Renamed:
        def __init__(self, response: Any) -> None:
            self.response = response

        def __getattr__(self, name: str) -> Any:
            return object() if name == "stream" else getattr(self.response, name)

    may_stay = httpcore.may_stay
    for module in ("blocking", "trio"):
        monkeypatch.setattr(f"sdk_engine.wires.{module}.may_stay", lambda response: may_stay(Renamed(response)))
    with KeepAlive() as server:
        assert twice(place, server.base) == [b"{}", b"{}"]
    assert (server.connections, server.left_open) == (2, 0)


def test_where_aiohttp_does_not_ask_our_connector_nobody_knows_whether_something_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(on_aiohttp._Connector, "connect", aiohttp.TCPConnector.connect)

    async def live() -> WireFailure:
        wire = async_wire()
        with pytest.raises(WireFailure) as caught:
            await wire.send(get("http://127.0.0.1:9"), ENOUGH)
        await wire.aclose()
        return caught.value

    assert anyio.run(live).outcome is Outcome.UNKNOWN


def test_a_session_that_somebody_else_has_closed_is_a_closed_client() -> None:
    async def live(server: KeepAlive) -> None:
        wire: Any = async_wire()
        await wire.send(get(server.base), ENOUGH)
        [seat] = wire._asyncio._seats.values()
        await seat.lease.connections.session.close()
        with pytest.raises(WireFailure, match=r"^the client is closed; create a new one$"):
            await wire.send(get(server.base), ENOUGH)
        await wire.aclose()

    with KeepAlive() as server:
        anyio.run(live, server)


# --- logs


@PLACES
def test_the_library_does_not_write_our_answers_into_the_log(
    place: str, serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = serve(answer(200, b"{}", "Set-Cookie: session=s3cret"))
    twice(place, server.base)
    assert "s3cret" not in caplog.text


def test_the_library_writes_what_others_ask_it_for(caplog: pytest.LogCaptureFixture, serve: Any) -> None:
    import httpcore2

    caplog.set_level(logging.DEBUG)
    with httpcore2.ConnectionPool(ssl_context=None) as pool:
        pool.request("GET", serve(answer()).base)
    assert "receive_response_headers" in caplog.text


def test_a_connection_that_has_just_been_closed_is_replaced_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the library's look at it and the first byte."""
    asked = httpcore.Idler.get_extra_info
    swept: list[Any] = []

    def sweep_then(stream: Any, info: str) -> Any:
        found = asked(stream, info)
        if info == "is_readable" and not swept and stream.idle.in_use(stream):
            swept.append(stream)
            stream.inner.get_extra_info("socket").close()
            return False
        return found

    for place in ("threads", "trio"):
        swept.clear()
        with KeepAlive() as server, monkeypatch.context() as patched:
            patched.setattr(httpcore.Idler, "get_extra_info", sweep_then)
            if place == "threads":
                wire = sync_wire()
                bodies = [wire.send(Request("POST", server.base, "/x", {}, None), ENOUGH).content for _ in range(2)]
                wire.close()
            else:
                bodies = twice(place, server.base)
        assert (bodies, len(swept), len(server.heads), server.connections) == ([b"{}", b"{}"], 1, 2, 2)


@PLACES
def test_a_connection_is_used_again(place: str) -> None:
    with KeepAlive() as server:
        assert twice(place, server.base) == [b"{}", b"{}"]
    assert (server.connections, server.left_open) == (1, 0)


def test_a_read_limit_of_a_blocking_client_is_for_a_single_wait() -> None:
    with KeepAlive() as server:
        server.hold.clear()
        wire = sync_wire(settings=WireSettings(read_timeout=0.1, write_timeout=0.1))
        with pytest.raises(WireFailure, match=r"^no complete answer within 5 s$"):
            wire.send(get(server.base), ENOUGH)
        wire.close()
