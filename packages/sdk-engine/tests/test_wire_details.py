"""What the libraries would do by themselves, or may do one day: heads, logs, large bodies, names that have changed."""

from __future__ import annotations

import functools
import logging
import select
import socket
import threading
from collections.abc import Iterator
from typing import Any

import aiohttp
import anyio
import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, WireFailure
from sdk_engine.wires import WireSettings, async_wire, httpcore, idle, names, sockets, sync_wire
from sdk_engine.wires import aiohttp as on_aiohttp
from sdk_engine.wires.idle import IdleConnections, Sweeper

from .loopback import PATIENCE, KeepAlive, answer
from .sending import WIRES, Sender

ENOUGH = 5.0
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n"
over_every_wire = pytest.mark.parametrize("send", WIRES)
PLACES = pytest.mark.parametrize("place", ["threads", "asyncio", "trio"])


def get(base: str, target: str = "/x", **headers: str) -> Request:
    return Request("GET", base, target, headers, None)


def twice(place: str, base: str, between: Any = lambda: None) -> list[bytes]:
    """The bodies of two calls in the same place, with something between them."""

    async def live() -> list[bytes]:
        wire = async_wire()
        first = await wire.send(get(base), ENOUGH)
        await anyio.to_thread.run_sync(between)
        second = await wire.send(get(base), ENOUGH)
        await wire.aclose()
        return [first.content, second.content]

    if place != "threads":
        return anyio.run(live, backend=place)
    wire = sync_wire()
    first = wire.send(get(base), ENOUGH)
    between()
    second = wire.send(get(base), ENOUGH)
    wire.close()
    return [first.content, second.content]


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


# --- sockets, names, idle connections


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


@pytest.mark.parametrize("polling", [True, False], ids=["poll", "select"])
def test_whether_something_lies_in_a_socket(
    polling: bool, pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not polling:
        monkeypatch.delattr(select, "poll")
    here, there = pair
    assert not sockets.is_readable(here)
    there.send(b"x")
    assert sockets.is_readable(here)
    here.recv(1)
    assert not sockets.is_readable(here)
    there.close()
    assert sockets.is_readable(here)
    here.close()
    assert sockets.is_readable(here)
    sockets.hang_up(here)


def test_names_are_looked_up_without_the_loops_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    async def live() -> None:
        resolver = names.Resolver()
        [*found] = await resolver.resolve("localhost", 80)
        assert {each["host"] for each in found} <= {"127.0.0.1", "::1"}
        with pytest.raises(OSError, match=r"."):
            await resolver.resolve("no-such-host.invalid", 80)
        with anyio.move_on_after(0):
            await resolver.resolve("localhost", 80)
        monkeypatch.setattr(threading.Thread, "start", functools.partial(_refused))
        assert (await resolver.resolve("127.0.0.1", 80))[0]["host"] == "127.0.0.1"
        await resolver.close()

    anyio.run(live)


def _refused(*_: object) -> None:
    raise RuntimeError("can't create new thread at interpreter shutdown")


def test_the_scope_of_a_link_local_address_belongs_to_it() -> None:
    assert names._numeric(("fe80::1", 80, 0, 0)) == "fe80::1"
    assert names._numeric(("fe80::1", 80, 0, 1)).startswith("fe80::1%")


def test_trio_looks_names_up_itself_where_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    import trio

    connecting = trio.open_tcp_stream
    asked: list[str] = []

    async def refuse_names(host: str, port: int, **options: Any) -> Any:
        asked.append(host)
        if host == "localhost":
            _refused()
        return await connecting(host, port, **options)

    monkeypatch.setattr(trio, "open_tcp_stream", refuse_names)
    with KeepAlive() as server:
        port = int(server.base.rpartition(":")[2])
        found = socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
        assert twice("trio", server.base.replace("127.0.0.1", "localhost")) == [b"{}", b"{}"]
    assert asked == ["localhost", "127.0.0.1"]


def test_other_troubles_of_trio_come_through(monkeypatch: pytest.MonkeyPatch) -> None:
    import trio

    async def fail(host: str, port: int, **options: Any) -> Any:
        raise RuntimeError("theirs")

    monkeypatch.setattr(trio, "open_tcp_stream", fail)
    with pytest.raises(RuntimeError, match="theirs"):
        twice("trio", "http://127.0.0.1:9")


def test_connections_that_were_idle_for_too_long_are_closed_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    closed: list[str] = []
    monkeypatch.setattr(idle.time, "monotonic", lambda: now)
    connections = IdleConnections[str](10.0, 3, closed.append)
    assert [connections.is_idle(name) for name in "abc"] == [True, False, False]
    assert not connections.is_idle("one too many")
    now = 4.0
    assert connections.in_use("b")
    assert not connections.in_use("b")
    connections.is_idle("b")
    now = 10.0
    assert connections.sweep() == 4.0
    now = 14.0
    assert connections.sweep() is None
    assert closed == ["one too many", "a", "c", "b"]
    assert connections.is_idle("d")
    connections.not_swept()
    assert connections.is_idle("e")


def test_where_no_thread_can_be_started_nothing_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    sweeper, closed = Sweeper(), list[str]()
    connections = IdleConnections[str](0.0, None, closed.append)
    connections.is_idle("a")
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", _refused)
        sweeper.watch(connections)
    sweeper.rest()
    sweeper.end()
    sweeper.watch(connections)
    assert closed == []


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
