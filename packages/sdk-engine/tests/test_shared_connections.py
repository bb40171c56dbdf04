"""Clients beside each other: what they share, how long idle connections stay, and what is loaded for them."""

from __future__ import annotations

import functools
import gc
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, WireFailure
from sdk_engine.wires import DefaultAsyncWire, DefaultSyncWire, WireSettings, async_wire, environment, sync_wire

from .loopback import PATIENCE, KeepAlive, Loopback
from .sending import run_script

ENOUGH = 5.0
SYNC = [
    pytest.param(functools.partial(sync_wire, "httpx"), id="httpx"),
    pytest.param(sync_wire, id="default"),
]
ASYNC = [
    pytest.param(functools.partial(async_wire, client), backend, id=f"{backend}-{client or 'default'}")
    for client in ("httpx", None)
    for backend in ("asyncio", "trio")
]


def get(server: Loopback | KeepAlive) -> Request:
    return Request("GET", server.base, "/x", {}, None)


def assert_closed(failure: WireFailure) -> None:
    assert str(failure) == "the client is closed; create a new one"
    assert (failure.outcome, failure.transient) == (Outcome.NOT_SENT, False)


# --- clients beside each other


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority is one that this machine trusts."""
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_clients_of_an_event_loop_share_connections_and_certificates(
    backend: str, secure: bool, certificate: ssl.SSLContext
) -> None:
    async def live(server: KeepAlive) -> None:
        first = async_wire()
        await first.send(get(server), ENOUGH)
        contexts = environment._trusting.cache_info().misses
        for _ in range(3):
            later = async_wire(settings=WireSettings(max_connections=7))
            await later.send(get(server), ENOUGH)
            await later.aclose()
        assert environment._trusting.cache_info().misses == contexts
        assert (await first.send(get(server), ENOUGH)).status_code == 200
        await first.aclose()
        assert await anyio.to_thread.run_sync(functools.partial(server.closed.acquire, timeout=ENOUGH))

    with KeepAlive(certificate if secure else None) as server:
        anyio.run(live, server, backend=backend)
    assert (server.connections, server.left_open, len(server.heads)) == (1, 0, 5)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_blocking_clients_share_connections_and_certificates(secure: bool, certificate: ssl.SSLContext) -> None:
    with KeepAlive(certificate if secure else None) as server:
        first = sync_wire()
        first.send(get(server), ENOUGH)
        for _ in range(3):
            later = sync_wire()
            later.send(get(server), ENOUGH)
            later.close()
        first.send(get(server), ENOUGH)
        first.close()
        assert server.closed.acquire(timeout=ENOUGH)
    assert (server.connections, server.left_open, len(server.heads)) == (1, 0, 5)


@pytest.mark.parametrize("backend", ["threads", "asyncio", "trio"])
def test_a_client_that_was_dropped_without_being_closed_keeps_no_connections_open(backend: str) -> None:
    async def live(server: KeepAlive) -> None:
        dropped = async_wire()
        await dropped.send(get(server), ENOUGH)
        del dropped
        gc.collect()
        wire = async_wire()
        await wire.send(get(server), ENOUGH)
        await wire.aclose()
        assert await anyio.to_thread.run_sync(functools.partial(server.closed.acquire, timeout=ENOUGH))

    with KeepAlive() as server:
        if backend != "threads":
            anyio.run(live, server, backend=backend)
        else:
            dropped = sync_wire()
            dropped.send(get(server), ENOUGH)
            del dropped
            gc.collect()
            wire = sync_wire()
            wire.send(get(server), ENOUGH)
            wire.close()
            assert server.closed.acquire(timeout=ENOUGH)
    assert (server.connections, server.left_open) == (1, 0)


def test_clients_of_other_settings_have_connections_of_their_own() -> None:
    with KeepAlive() as server:
        wires = [sync_wire(settings=WireSettings(keepalive=seconds)) for seconds in (10, 20)]
        for wire in wires:
            wire.send(get(server), ENOUGH)
        for wire in wires:
            wire.close()
    assert (server.connections, server.left_open) == (2, 0)


# --- idle connections


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_idle_connection_is_closed_when_its_time_has_come(backend: str) -> None:
    async def live(server: KeepAlive) -> None:
        wire = async_wire(settings=WireSettings(keepalive=0.2))
        for _ in range(2):
            await wire.send(get(server), ENOUGH)
        assert await anyio.to_thread.run_sync(functools.partial(server.closed.acquire, timeout=PATIENCE))
        await wire.send(get(server), ENOUGH)
        await wire.aclose()

    with KeepAlive() as server:
        anyio.run(live, server, backend=backend)
    assert (server.connections, server.left_open) == (2, 0)


def test_an_idle_connection_of_a_blocking_client_is_closed_when_its_time_has_come() -> None:
    with KeepAlive() as server:
        wire = sync_wire(settings=WireSettings(keepalive=0.2))
        for _ in range(2):
            wire.send(get(server), ENOUGH)
        assert server.closed.acquire(timeout=PATIENCE)
        wire.send(get(server), ENOUGH)
        wire.close()
    assert (server.connections, server.left_open) == (2, 0)


@pytest.mark.parametrize("backend", ["threads", "asyncio", "trio"])
def test_no_more_connections_are_idle_than_may_be(backend: str) -> None:
    settings, together = WireSettings(max_idle=1), 4

    async def live(server: KeepAlive) -> None:
        wire = async_wire(settings=settings)
        async with anyio.create_task_group() as tasks:
            for _ in range(together):
                tasks.start_soon(wire.send, get(server), ENOUGH)
            for _ in range(together):
                await anyio.to_thread.run_sync(functools.partial(server.arrived.acquire, timeout=ENOUGH))
            server.hold.set()
        for _ in range(together - 1):
            assert await anyio.to_thread.run_sync(functools.partial(server.closed.acquire, timeout=ENOUGH))
        await wire.send(get(server), ENOUGH)
        await wire.aclose()

    with KeepAlive() as server:
        server.hold.clear()
        if backend != "threads":
            anyio.run(live, server, backend=backend)
        else:
            wire = sync_wire(settings=settings)
            with ThreadPoolExecutor(together) as pool:
                calls = [pool.submit(wire.send, get(server), ENOUGH) for _ in range(together)]
                for _ in range(together):
                    assert server.arrived.acquire(timeout=ENOUGH)
                server.hold.set()
                assert [call.result().status_code for call in calls] == [200] * together
            for _ in range(together - 1):
                assert server.closed.acquire(timeout=ENOUGH)
            wire.send(get(server), ENOUGH)
            wire.close()
    assert (server.connections, server.left_open) == (together, 0)


# --- loading


LOADING = """
    import sys

    import anyio
    from sdk_engine.wires import async_wire, sync_wire

    if sys.argv[1] == "sync":
        sync_wire().load()
    else:
        async def load():
            async_wire().load()

        anyio.run(load, backend=sys.argv[1])
    print(*(name for name in ("aiohttp", "httpcore2", "httpx") if name in sys.modules))
"""


@pytest.mark.parametrize(("place", "library"), [("sync", "httpcore2"), ("asyncio", "aiohttp"), ("trio", "httpcore2")])
def test_loading_imports_what_will_serve_and_nothing_else(place: str, library: str) -> None:
    assert run_script(LOADING, place) == [library]


def test_where_no_loop_runs_nothing_is_loaded_yet() -> None:
    wire = DefaultAsyncWire()
    wire.load()
    assert wire._asyncio is wire._trio is None


def test_threads_that_load_together_get_one_wire() -> None:
    wire, wires = DefaultSyncWire(), list[Any]()
    threads = [threading.Thread(target=lambda: (wire.load(), wires.append(wire._wire))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, wires))) == 1


async def test_where_no_event_loop_runs_there_is_a_typed_error() -> None:
    """As in a child that was forked inside of one."""

    async def send(wire: Any) -> None:
        await wire.send(Request("GET", "http://127.0.0.1:9", "/x", {}, None), ENOUGH)

    def drive(wire: Any) -> None:
        with pytest.raises(WireFailure, match="no event loop runs here") as caught:
            send(wire).send(None)
        assert (caught.value.outcome, caught.value.transient) == (Outcome.NOT_SENT, False)

    for wire in (DefaultAsyncWire(), async_wire("httpx")):
        await anyio.to_thread.run_sync(drive, wire)
