"""Gates, which threads and tasks wait for."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from sdk_engine.drivers import AsyncDriver
from sdk_engine.places import Process
from sdk_engine.steps import Acquire, Gate, Sleep
from sdk_engine.testing import FakeAsyncWire


def test_a_forked_child_holds_nothing() -> None:
    gate = Gate()
    gate.thread_lock.acquire()
    assert gate.after_fork().thread_lock.locked()
    gate.process = Process()  # made in another one
    assert not gate.after_fork().thread_lock.locked()


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


async def hold(gate: Gate, seconds: float) -> None:
    release = await Acquire(gate)
    try:
        await Sleep(seconds)
    finally:
        release()


def run(plan: Any) -> Any:
    return AsyncDriver(FakeAsyncWire([])).run(plan)


def test_a_gate_does_not_keep_event_loops_that_have_ended(anyio_backend: str) -> None:
    gate = Gate()

    async def live() -> None:
        await run(hold(gate, 0))
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(run, hold(gate, 0))

    for _ in range(3):
        anyio.run(live, backend=anyio_backend)
    assert gate.task_locks == {}


async def test_who_gives_up_waiting_leaves_nothing_behind() -> None:
    gate = Gate()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, hold(gate, 60))
        await anyio.wait_all_tasks_blocked()
        with anyio.move_on_after(0.01) as scope:
            await run(hold(gate, 0))
        assert scope.cancelled_caught
        assert len(gate.task_locks) == 1
        tasks.cancel_scope.cancel()
    with anyio.CancelScope() as scope:
        scope.cancel()
        await run(hold(gate, 0))
    assert scope.cancelled_caught
    assert gate.task_locks == {}
