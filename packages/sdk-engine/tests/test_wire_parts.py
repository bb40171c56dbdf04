"""The small parts of the wires, each by itself: sockets, names, the time that connections may be idle."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from sdk_engine.wires import idle, names, sockets
from sdk_engine.wires.idle import IdleConnections, Sweeper

from .loopback import KeepAlive
from .sending import twice


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
        monkeypatch.setattr(threading.Thread, "start", _refused)
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
