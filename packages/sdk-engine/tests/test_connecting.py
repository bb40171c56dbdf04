"""Waiting for a connection: one of the client's own, and one that never comes about."""

from __future__ import annotations

import asyncio
import functools
import math
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, WireFailure
from sdk_engine.wires import WireSettings, async_wire, sync_wire
from sdk_engine.wires.slots import Slots

from .loopback import KeepAlive, full_backlog

ENOUGH = 5.0
SOON = 0.2
CLIENTS = pytest.mark.parametrize("client", [None, "httpx"])
BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])
ONE = WireSettings(max_connections=1)


def get(server: KeepAlive, target: str = "/x") -> Request:
    return Request("GET", server.base, target, {}, None)


# --- a connection that never comes about


def assert_nothing_sent(failure: WireFailure) -> None:
    assert (failure.outcome, failure.transient, failure.timed_out) == (Outcome.NOT_SENT, True, True)
    assert str(failure).startswith("no connection within ")
    assert type(failure.__cause__).__name__ == "ConnectTimeout"


HASTY = pytest.mark.parametrize(
    ("settings", "timeout"), [(WireSettings(), SOON), (WireSettings(connect_timeout=SOON), ENOUGH)]
)


@CLIENTS
@HASTY
def test_a_connection_that_never_comes_about_has_sent_nothing(
    client: Any, settings: WireSettings, timeout: float
) -> None:
    wire = sync_wire(client, settings)
    with full_backlog() as base, pytest.raises(WireFailure) as caught:
        wire.send(Request("POST", base, "/x", {}, b"[]"), timeout)
    wire.close()
    assert_nothing_sent(caught.value)


@CLIENTS
@BACKENDS
@HASTY
def test_a_connection_that_a_task_never_gets_has_sent_nothing(
    client: Any, backend: str, settings: WireSettings, timeout: float
) -> None:
    async def send(base: str) -> WireFailure:
        wire = async_wire(client, settings)
        with pytest.raises(WireFailure) as caught:
            await wire.send(Request("POST", base, "/x", {}, b"[]"), timeout)
        await wire.aclose()
        return caught.value

    with full_backlog() as base:
        assert_nothing_sent(anyio.run(send, base, backend=backend))


# --- one of the client's own


def assert_crowded(failure: WireFailure) -> None:
    assert (failure.outcome, failure.transient, failure.timed_out) == (Outcome.NOT_SENT, True, True)
    assert str(failure).startswith("the client's own pool of 1 connections was full for 0.2 s: ")
    assert str(failure).endswith("raise max_connections")


IMPATIENT = pytest.mark.parametrize(
    ("settings", "patience"),
    [(ONE, SOON), (ONE._replace(slot_timeout=SOON), ENOUGH), (ONE._replace(slot_timeout=SOON), math.inf)],
)


@CLIENTS
@IMPATIENT
def test_a_thread_waits_for_a_connection_of_the_clients_own_as_long_as_its_patience_lasts(
    client: Any, settings: WireSettings, patience: float
) -> None:
    with KeepAlive() as server, ThreadPoolExecutor(1) as pool:
        wire = sync_wire(client, settings)
        server.hold.clear()
        first = pool.submit(wire.send, get(server), ENOUGH)
        assert server.arrived.acquire(timeout=ENOUGH)
        with pytest.raises(WireFailure) as caught:
            wire.send(get(server), ENOUGH, patience)
        assert_crowded(caught.value)
        server.hold.set()
        assert first.result().status_code == 200
        wire.close()
    assert len(server.heads) == 1


@CLIENTS
@BACKENDS
@IMPATIENT
def test_a_task_waits_for_a_connection_of_the_clients_own_as_long_as_its_patience_lasts(
    client: Any, backend: str, settings: WireSettings, patience: float
) -> None:
    async def live(server: KeepAlive) -> None:
        wire = async_wire(client, settings)
        server.hold.clear()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wire.send, get(server), ENOUGH)
            await anyio.to_thread.run_sync(functools.partial(server.arrived.acquire, timeout=ENOUGH))
            with pytest.raises(WireFailure) as caught:
                await wire.send(get(server), ENOUGH, patience)
            assert_crowded(caught.value)
            server.hold.set()
        assert (await wire.send(get(server), ENOUGH)).status_code == 200
        await wire.aclose()

    with KeepAlive() as server:
        anyio.run(live, server, backend=backend)
    assert (len(server.heads), server.connections) == (2, 1)


@CLIENTS
@BACKENDS
def test_waiting_in_line_is_not_charged_to_the_attempt(client: Any, backend: str) -> None:
    """The second call waits longer than its own timeout, and succeeds all the same."""

    async def live(server: KeepAlive) -> None:
        wire = async_wire(client, ONE)
        server.hold.clear()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wire.send, get(server), ENOUGH)
            await anyio.to_thread.run_sync(functools.partial(server.arrived.acquire, timeout=ENOUGH))
            tasks.start_soon(wire.send, get(server), SOON * 2, ENOUGH)
            await anyio.sleep(SOON * 3)
            server.hold.set()
        await wire.aclose()

    with KeepAlive() as server:
        anyio.run(live, server, backend=backend)
    assert len(server.heads) == 2


@CLIENTS
def test_waiting_in_line_is_not_charged_to_the_attempt_of_a_thread(client: Any) -> None:
    with KeepAlive() as server, ThreadPoolExecutor(2) as pool:
        wire = sync_wire(client, ONE)
        server.hold.clear()
        first = pool.submit(wire.send, get(server), ENOUGH)
        assert server.arrived.acquire(timeout=ENOUGH)
        second = pool.submit(wire.send, get(server), SOON * 2, ENOUGH)
        time.sleep(SOON * 3)
        server.hold.set()
        assert [first.result().status_code, second.result().status_code] == [200, 200]
        wire.close()
    assert len(server.heads) == 2


@BACKENDS
def test_first_come_first_served(backend: str) -> None:
    async def live(server: KeepAlive) -> None:
        wire = async_wire(settings=ONE)
        server.hold.clear()
        async with anyio.create_task_group() as tasks:
            for number in range(5):
                tasks.start_soon(wire.send, get(server, f"/{number}"), ENOUGH)
                await anyio.wait_all_tasks_blocked()
            server.hold.set()
        await wire.aclose()

    with KeepAlive() as server:
        anyio.run(live, server, backend=backend)
    assert [head.split(b" ")[1] for head in server.heads] == [b"/0", b"/1", b"/2", b"/3", b"/4"]


@CLIENTS
@BACKENDS
def test_a_cancelled_call_is_hung_up_and_its_slot_is_free(client: Any, backend: str) -> None:
    async def live(server: KeepAlive) -> None:
        wire = async_wire(client, ONE)
        server.hold.clear()
        async with anyio.create_task_group() as tasks:
            for _ in range(3):  # one under way, two in line
                tasks.start_soon(wire.send, get(server, "/cancelled"), ENOUGH)
            await anyio.to_thread.run_sync(functools.partial(server.arrived.acquire, timeout=ENOUGH))
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
        server.hold.set()
        assert (await wire.send(get(server), ENOUGH)).status_code == 200
        await wire.aclose()

    with KeepAlive() as server:
        anyio.run(live, server, backend=backend)
    assert [head.split(b" ")[1] for head in server.heads] == [b"/cancelled", b"/x"]
    assert server.connections == 2


async def test_a_cancellation_while_the_loop_is_busy_is_not_lost() -> None:
    with KeepAlive() as server:
        wire = async_wire()
        await wire.send(get(server), ENOUGH)
        server.arrived.acquire()
        for _ in range(20):
            call = asyncio.create_task(wire.send(get(server), ENOUGH))
            while not server.arrived.acquire(blocking=False):
                await asyncio.sleep(0)
            server.hold.wait()
            time.sleep(0.01)  # the answer lies in the socket
            if call.cancel():
                with pytest.raises(asyncio.CancelledError):
                    await call
        await wire.aclose()


# --- the line itself


def test_a_slot_is_handed_on_by_one_who_is_cancelled_as_its_turn_comes() -> None:
    async def live() -> None:
        slots = Slots(1)
        assert slots.take()
        waiting = [asyncio.create_task(slots.wait_for(asyncio.Event())) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.sleep(0)
        slots.give_back()
        waiting[0].cancel()  # it has just been given the slot
        await asyncio.wait(waiting)
        assert [task.cancelled() for task in waiting] == [True, True, False]
        assert not slots.take()
        slots.give_back()
        assert slots.take()

    asyncio.run(live())


def test_a_thread_that_is_interrupted_as_its_turn_comes_hands_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    slots = Slots(1)
    assert slots.take()

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            slots.give_back()
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(threading, "Event", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            slots.wait(ENOUGH)
    assert slots.take()


def test_a_thread_whose_turn_comes_at_the_last_moment_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    slots = Slots(1)
    assert slots.take()

    class Late(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            slots.give_back()
            return False

    with monkeypatch.context() as patched:
        patched.setattr(threading, "Event", Late)
        assert slots.wait(ENOUGH)
    assert not slots.take()


def test_a_slot_that_became_free_meanwhile_is_taken_at_once() -> None:
    slots = Slots(1)
    assert slots.wait(0.0)
    assert not slots.wait(0.0)


# --- addresses


def test_a_name_with_several_addresses_is_tried_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up: Callable[..., Any] = socket.getaddrinfo

    def several(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        found = look_up("127.0.0.1", port, *args, **kwargs)
        if host != "several.example":
            return look_up(host, port, *args, **kwargs)
        return [(*found[0][:4], ("127.0.0.2", port)), *found]

    monkeypatch.setattr(socket, "getaddrinfo", several)
    with KeepAlive() as server:
        base = server.base.replace("127.0.0.1", "several.example")
        wire = sync_wire()
        assert wire.send(Request("GET", base, "/x", {}, None), ENOUGH).status_code == 200
        wire.close()


def test_a_name_that_does_not_exist() -> None:
    wire = sync_wire()
    with pytest.raises(WireFailure, match=r"^no connection: ") as caught:
        wire.send(Request("GET", "http://no-such-host.invalid", "/x", {}, None), ENOUGH)
    assert (caught.value.outcome, caught.value.transient) == (Outcome.NOT_SENT, True)
    wire.close()
