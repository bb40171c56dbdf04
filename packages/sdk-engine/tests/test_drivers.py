"""The drivers: one plan runs on a thread, on asyncio and on trio, and leaves nothing behind when it is cut short."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from sdk_engine.drivers import AsyncDriver, SyncDriver
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.places import Process
from sdk_engine.steps import Acquire, Blocking, Gate, Invoke, Send, Sleep
from sdk_engine.testing import FakeAsyncWire, FakeSyncWire

X = Request("GET", "http://h", "/x", {}, None)
MANY = 50


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


def sync_driver(*answers: Any) -> SyncDriver:
    return SyncDriver(FakeSyncWire(answers))


def async_driver(*answers: Any) -> AsyncDriver:
    return AsyncDriver(FakeAsyncWire(answers))


# --- steps


async def busy(cleanup: list[str]) -> list[object]:
    """One of everything that a plan may await."""
    try:
        answer = await Send(X, 5.0)
        try:
            await Send(X, 2.5)
        except WireFailure as failure:
            lost = failure
        await Sleep(0)
        release = await Acquire(Gate())
        release()
        told = await Invoke(lambda: "told")
        here = await Blocking(lambda: "done")
        return [answer.status_code, str(lost), lost.outcome, told, here]
    finally:
        cleanup.append("closed")


DONE = [201, "lost", Outcome.UNKNOWN, "told", "done"]
SCRIPT = (Response(201), WireFailure("lost"))


def test_a_thread_performs_every_step() -> None:
    wire, cleanup = FakeSyncWire(SCRIPT), list[str]()
    assert SyncDriver(wire).run(busy(cleanup)) == DONE
    assert (wire.requests, wire.timeouts, cleanup) == ([X, X], [5.0, 2.5], ["closed"])


async def test_an_event_loop_performs_every_step() -> None:
    wire, cleanup = FakeAsyncWire(SCRIPT), list[str]()
    assert await AsyncDriver(wire).run(busy(cleanup)) == DONE
    assert (wire.requests, wire.timeouts, cleanup) == ([X, X], [5.0, 2.5], ["closed"])


async def test_a_wire_loads_before_the_first_plan_begins() -> None:
    happened: list[str] = []

    class Sync(FakeSyncWire):
        def load(self) -> None:
            happened.append("loaded")

    class Async(FakeAsyncWire):
        def load(self) -> None:
            happened.append("loaded")

    async def plan() -> None:
        happened.append("began")

    sync_driver, async_driver = SyncDriver(Sync([])), AsyncDriver(Async([]))
    for _ in range(2):
        sync_driver.run(plan())
    for _ in range(2):
        await async_driver.run(plan())
    assert happened == ["loaded", "began", "began"] * 2


async def nested() -> int:
    async def inner() -> int:
        return (await Send(X, 1.0)).status_code

    return await inner() + await inner()


async def test_a_plan_may_await_plans() -> None:
    assert sync_driver(200, 201).run(nested()) == 401
    assert await async_driver(200, 201).run(nested()) == 401


async def test_a_thread_waits_for_the_blocking_part_and_a_loop_leaves_it_to_a_worker() -> None:
    async def plan() -> object:
        return await Blocking(threading.current_thread)

    assert sync_driver().run(plan()) is threading.current_thread()
    assert await async_driver().run(plan()) is not threading.current_thread()


async def test_a_hook_of_the_caller_may_be_async_where_there_is_a_loop() -> None:
    async def hook() -> str:
        await anyio.lowlevel.checkpoint()
        return "told"

    async def plan() -> object:
        return await Invoke(hook)

    assert await async_driver().run(plan()) == "told"


@pytest.mark.parametrize("step", [Blocking, Invoke])
async def test_what_a_function_raises_reaches_the_plan(step: Any) -> None:
    def fail() -> None:
        raise LookupError("no file")

    async def plan() -> str:
        try:
            await step(fail)
        except LookupError as exc:
            return str(exc)
        raise AssertionError

    assert sync_driver().run(plan()) == "no file"
    assert await async_driver().run(plan()) == "no file"


# --- plans that go wrong


class Foreign:
    """Something to await that is no step."""

    def __await__(self) -> Any:
        yield "foreign"


@pytest.mark.parametrize("foreign", [Foreign, lambda: asyncio.sleep(0)])
async def test_a_plan_that_waits_for_anything_else_fails_loudly(foreign: Callable[[], Any]) -> None:
    cleanup: list[str] = []

    async def plan() -> None:
        try:
            await foreign()
        finally:
            cleanup.append("closed")

    with pytest.raises(RuntimeError, match=r"^a plan may only await steps and other plans, not ('foreign'|None)$"):
        sync_driver().run(plan())
    with pytest.raises(RuntimeError, match=r"^a plan may only await steps and other plans, not ('foreign'|None)$"):
        await async_driver().run(plan())
    assert cleanup == ["closed", "closed"]


async def test_the_fake_wire_waits_for_the_loop_as_a_real_one_does() -> None:
    wire = FakeAsyncWire([200])
    with anyio.CancelScope() as scope:
        scope.cancel()
        await wire.send(X, 1.0, 1.0)
    assert scope.cancelled_caught
    assert wire.requests == []


async def test_a_script_that_runs_out_fails_the_test() -> None:
    async def plan() -> Response:
        return await Send(X, 1.0)

    message = "^the script has no answer for request 1: <Request GET /x>$"
    with pytest.raises(AssertionError, match=message):
        sync_driver().run(plan())
    with pytest.raises(AssertionError, match=message):
        await async_driver().run(plan())


def test_a_wire_that_runs_out_of_answers_does_not_end_the_plan_with_none() -> None:
    class Exhausted(FakeSyncWire):
        def send(self, request: Request, timeout: float, patience: float) -> Response:
            raise StopIteration

    async def plan() -> Response:
        return await Send(X, 1.0)

    with pytest.raises(StopIteration):
        SyncDriver(Exhausted([])).run(plan())


async def test_a_failure_carries_no_frames_of_the_wire() -> None:
    async def plan() -> bool:
        try:
            await Send(X, 1.0)
        except WireFailure as failure:
            frame = failure.__traceback__
            while frame is not None:
                if frame.tb_frame.f_code.co_name == "send":
                    return False
                frame = frame.tb_next
        return True

    assert sync_driver(WireFailure("lost")).run(plan())
    assert await async_driver(WireFailure("lost")).run(plan())


async def test_a_driver_closes_its_wire() -> None:
    sync_wire, async_wire = FakeSyncWire([]), FakeAsyncWire([])
    SyncDriver(sync_wire).close()
    await AsyncDriver(async_wire).aclose()
    assert (sync_wire.closed, async_wire.closed) == (1, 1)


# --- gates


def test_a_gate_lets_one_thread_in_at_a_time() -> None:
    gate, inside, most = Gate(), 0, 0

    async def plan() -> None:
        nonlocal inside, most
        release = await Acquire(gate)
        try:
            inside += 1
            most = max(most, inside)
            await Sleep(0)
            inside -= 1
        finally:
            release()

    threads = [threading.Thread(target=lambda: sync_driver().run(plan())) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, inside) == (1, 0)


async def test_a_gate_lets_one_task_in_at_a_time() -> None:
    gate, inside, most, passed = Gate(), 0, 0, 0

    async def plan() -> None:
        nonlocal inside, most, passed
        release = await Acquire(gate)
        try:
            inside += 1
            most = max(most, inside)
            await Sleep(0)
            inside -= 1
            passed += 1
        finally:
            release()

    async with anyio.create_task_group() as tasks:
        for _ in range(MANY):
            tasks.start_soon(async_driver().run, plan())
    assert (most, inside, passed) == (1, 0, MANY)


def test_a_gate_serves_one_event_loop_after_another(anyio_backend: str) -> None:
    gate = Gate()

    async def plan() -> str:
        release = await Acquire(gate)
        release()
        return "passed"

    for _ in range(2):
        assert anyio.run(async_driver().run, plan(), backend=anyio_backend) == "passed"


def test_in_a_forked_child_nobody_holds_the_gate() -> None:
    gate = Gate()

    async def plan() -> str:
        release = await Acquire(gate)
        release()
        return "passed"

    gate.thread_lock.acquire()
    gate.process = Process()  # as after a fork
    assert sync_driver().run(plan()) == "passed"
    assert gate.after_fork() is gate


class Unloadable:
    """A wire whose library cannot be imported at first, as where no file can be opened any more."""

    def __init__(self, wire: Any, times: int) -> None:
        self.send = wire.send
        self.left = times

    def load(self) -> None:
        if self.left:
            self.left -= 1
            raise OSError(24, "Too many open files")


@pytest.mark.parametrize("times", [0, 1, 2, 3])
@pytest.mark.parametrize("make", [FakeSyncWire, FakeAsyncWire])
async def test_a_library_that_cannot_be_loaded_is_a_connection_that_did_not_come_about(make: Any, times: int) -> None:
    async def plan() -> list[Any]:
        seen: list[Any] = []
        for _ in range(2):
            try:
                seen.append((await Send(X, 1.0)).status_code)
            except WireFailure as failure:  # noqa: PERF203
                seen.append((failure.outcome, "Too many open files" in str(failure)))
        return seen

    wire: Any = Unloadable(make([200, 200]), times)
    seen = SyncDriver(wire).run(plan()) if make is FakeSyncWire else await AsyncDriver(wire).run(plan())
    failed = max(0, times - 1)  # it is tried once before the plan begins
    assert seen == [(Outcome.NOT_SENT, True)] * failed + [200] * (2 - failed)
