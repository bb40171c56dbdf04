"""Calls that are cancelled: they end, clean up, and keep nothing from the next one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from sdk_engine.drivers import AsyncDriver
from sdk_engine.messages import Request, Response
from sdk_engine.steps import Acquire, Blocking, Gate, Invoke, Send, Sleep
from sdk_engine.testing import FakeAsyncWire

X = Request("GET", "http://h", "/x", {}, None)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


def async_driver() -> AsyncDriver:
    return AsyncDriver(FakeAsyncWire([]))


@pytest.mark.parametrize("step", [Sleep(60), Invoke(lambda: anyio.sleep(60))], ids=["sleeping", "in a hook"])
async def test_a_cancelled_call_ends_at_once_and_cleans_up(step: Any) -> None:
    cleanup: list[str] = []

    async def plan() -> None:
        try:
            await step
        finally:
            cleanup.append("closed")

    began = time.monotonic()
    with anyio.move_on_after(0.01) as scope:
        await async_driver().run(plan())
    assert scope.cancelled_caught
    assert cleanup == ["closed"]
    assert time.monotonic() - began < 30


async def test_a_cancelled_holder_lets_the_next_one_in() -> None:
    gate, seen = Gate(), list[str]()

    async def plan(name: str, seconds: float) -> None:
        release = await Acquire(gate)
        try:
            seen.append(name)
            await Sleep(seconds)
        finally:
            release()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(async_driver().run, plan("holder", 60))
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(async_driver().run, plan("waiting", 60))
        await anyio.wait_all_tasks_blocked()
        assert seen == ["holder"]
        tasks.cancel_scope.cancel()
    await async_driver().run(plan("next", 0))
    assert seen == ["holder", "next"]


async def test_a_call_that_is_cancelled_already_begins_no_blocking_work() -> None:
    begun: list[str] = []

    async def plan() -> None:
        await Blocking(lambda: begun.append("begun"))

    with anyio.CancelScope() as scope:
        scope.cancel()
        await async_driver().run(plan())
    assert scope.cancelled_caught
    assert begun == []


async def test_a_cancelled_send_frees_the_plan() -> None:
    class Silent(FakeAsyncWire):
        async def send(self, request: Request, timeout: float, patience: float) -> Response:
            await anyio.sleep_forever()
            raise AssertionError

    gate = Gate()

    async def plan() -> None:
        release = await Acquire(gate)
        try:
            await Send(X, 1.0)
        finally:
            release()

    with anyio.move_on_after(0.01) as scope:
        await AsyncDriver(Silent([])).run(plan())
    assert scope.cancelled_caught
    release = await async_driver().run(_enter(gate))
    release()


async def _enter(gate: Gate) -> Callable[[], None]:
    return await Acquire(gate)
