"""Steps and cancellation: what must come to its end does, what may be left is not waited for."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import Any

import anyio
import pytest
from sdk_engine.drivers import AsyncDriver, SyncDriver
from sdk_engine.messages import Request, Response
from sdk_engine.steps import Blocking, Send, Shielded
from sdk_engine.testing import FakeAsyncWire, FakeSyncWire

X = Request("GET", "http://h", "/x", {}, None)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


class Asked:
    """An async wire that says when it was asked, and answers when it is told to."""

    def __init__(self) -> None:
        self.asked, self.told = anyio.Event(), anyio.Event()

    async def send(self, request: Request, timeout: float, patience: float) -> Response:
        self.asked.set()
        await self.told.wait()
        return Response(200)

    async def aclose(self) -> None: ...


async def half(done: list[str], failure: Exception | None = None) -> str:
    await Send(X, 1.0)
    done.append("written")
    if failure:
        raise failure
    return "whole"


def shielding(done: list[str], failure: Exception | None = None) -> Any:
    async def plan() -> str:
        try:
            return await Shielded(half(done, failure))
        except LookupError as exc:
            return f"told {exc}"

    return plan()


async def test_a_shielded_plan_has_results_like_any_other() -> None:
    for failure, end in ((None, "whole"), (LookupError("so"), "told so")):
        assert SyncDriver(FakeSyncWire([200])).run(shielding([], failure)) == end
        assert await AsyncDriver(FakeAsyncWire([200])).run(shielding([], failure)) == end


@pytest.mark.parametrize("failure", [None, LookupError("late")])
async def test_a_shielded_plan_comes_to_its_end_before_its_caller_is_cancelled(failure: Exception | None) -> None:
    wire, done = Asked(), list[str]()
    async with anyio.create_task_group() as group:
        group.start_soon(AsyncDriver(wire).run, shielding(done, failure))
        await wire.asked.wait()
        group.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            await anyio.wait_all_tasks_blocked()
            assert done == []
            wire.told.set()
    assert done == ["written"]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("failure", [None, LookupError("late")])
async def test_nor_does_asyncio_cut_it_short(anyio_backend: str, failure: Exception | None) -> None:
    wire, done = Asked(), list[str]()
    task = asyncio.ensure_future(AsyncDriver(wire).run(shielding(done, failure)))
    await wire.asked.wait()
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    wire.told.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["written"]


async def test_those_who_wait_in_threads_leave_room_for_the_one_they_wait_for() -> None:
    free = threading.Event()

    async def wait() -> bool:
        return await Blocking(partial(free.wait, 30))

    async def let_go() -> bool:
        await Blocking(free.set)
        return True

    driver = AsyncDriver(FakeAsyncWire([]))
    async with anyio.create_task_group() as group:
        for _ in range(60):
            group.start_soon(driver.run, wait())
        await anyio.lowlevel.checkpoint()
        with anyio.fail_after(20):
            assert await driver.run(let_go())


async def test_a_cancelled_caller_does_not_wait_for_a_worker_thread() -> None:
    began, free = threading.Event(), threading.Event()

    def block() -> bool:
        began.set()
        return free.wait(30)

    async def plan() -> bool:
        return await Blocking(block)

    async with anyio.create_task_group() as group:
        group.start_soon(AsyncDriver(FakeAsyncWire([])).run, plan())
        await anyio.to_thread.run_sync(began.wait)
        group.cancel_scope.cancel()
    assert not free.is_set()
    free.set()
