"""The only code that sends, sleeps or waits for a lock: it performs the steps that plans await."""

from __future__ import annotations

import inspect
import sys
import time
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.errors import Outcome
from sdk_engine.messages import WireFailure
from sdk_engine.places import on_asyncio
from sdk_engine.steps import Acquire, Blocking, Invoke, Send, Shielded, Sleep

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import anyio

    from sdk_engine.steps import Gate
    from sdk_engine.wires import AsyncWire, SyncWire

T = TypeVar("T")
_NOT_A_STEP = "a plan may only await steps and other plans, not {!r}"


class SyncDriver:
    """Runs plans on the calling thread. One driver may serve many threads, and a child process after a fork."""

    def __init__(self, wire: SyncWire) -> None:
        self.wire = wire
        self.load: Callable[[], None] | None = getattr(wire, "load", None)

    def run(self, plan: Coroutine[Any, Any, T]) -> T:
        """Perform the plan's steps until it returns or raises."""
        failure: Exception | None = None
        unloaded = _loading(self)
        result: Any = None
        try:
            while True:
                try:
                    step = plan.send(result) if failure is None else plan.throw(failure)
                except StopIteration as done:
                    value: T = done.value
                    return value
                result = failure = None
                if type(step) is Send:
                    try:
                        if unloaded and (unloaded := _loading(self)):
                            raise unloaded
                        result = self.wire.send(step.request, step.timeout, step.patience)
                    except WireFailure as exc:
                        failure = exc.with_traceback(None)
                elif type(step) is Sleep:
                    time.sleep(step.seconds)
                elif type(step) is Acquire:
                    lock = step.gate.after_fork().thread_lock
                    lock.acquire()
                    result = lock.release
                elif type(step) is Blocking or type(step) is Invoke:
                    try:
                        result = step.function()
                    except Exception as exc:  # noqa: BLE001 - the plan's to handle
                        failure = exc
                elif type(step) is Shielded:
                    try:
                        result = self.run(step.plan)
                    except Exception as exc:  # noqa: BLE001
                        failure = exc
                else:
                    raise RuntimeError(_NOT_A_STEP.format(step))
        finally:
            plan.close()

    def close(self) -> None:
        """Release the wire's connections. May be called twice."""
        self.wire.close()


class AsyncDriver:
    """Runs plans on the running event loop, asyncio or trio. Cancelling the caller cancels the step under way."""

    def __init__(self, wire: AsyncWire) -> None:
        self.wire = wire
        self.load: Callable[[], None] | None = getattr(wire, "load", None)

    async def run(self, plan: Coroutine[Any, Any, T]) -> T:
        """Perform the plan's steps until it returns or raises."""
        failure: Exception | None = None
        unloaded = _loading(self)
        result: Any = None
        try:
            while True:
                try:
                    step = plan.send(result) if failure is None else plan.throw(failure)
                except StopIteration as done:
                    value: T = done.value
                    return value
                result = failure = None
                if type(step) is Send:
                    try:
                        if unloaded and (unloaded := _loading(self)):
                            raise unloaded
                        result = await self.wire.send(step.request, step.timeout, step.patience)
                    except WireFailure as exc:
                        failure = exc.with_traceback(None)
                elif type(step) is Sleep:
                    await _sleep(step.seconds)
                elif type(step) is Acquire:
                    result = await _acquire(step.gate.after_fork())
                elif type(step) is Blocking:
                    try:
                        result = await _in_thread(step.function)
                    except Exception as exc:  # noqa: BLE001 - the plan's to handle
                        failure = exc
                elif type(step) is Invoke:
                    try:
                        result = step.function()
                        if inspect.isawaitable(result):
                            result = await result
                    except Exception as exc:  # noqa: BLE001
                        failure = exc
                elif type(step) is Shielded:
                    try:
                        result = await _to_its_end(self.run(step.plan))
                    except Exception as exc:  # noqa: BLE001
                        failure = exc
                else:
                    raise RuntimeError(_NOT_A_STEP.format(step))
        finally:
            plan.close()

    async def aclose(self) -> None:
        """Release the wire's connections. May be called twice."""
        await self.wire.aclose()


def _loading(driver: SyncDriver | AsyncDriver) -> WireFailure | None:
    """Load the wire before the clocks of a plan begin; why that failed, if it did. The next try loads it again."""
    if driver.load is None:
        return None
    try:
        driver.load()
    except (OSError, ImportError) as exc:  # no file can be opened any more, say
        failure = WireFailure(f"the HTTP library cannot be loaded: {exc}", outcome=Outcome.NOT_SENT)
        failure.__cause__ = exc
        return failure
    driver.load = None
    return None


async def _sleep(seconds: float) -> None:
    if on_asyncio():
        await sys.modules["asyncio"].sleep(seconds)  # imported long ago: a retry must not need to open a file
    else:
        import anyio

        await anyio.sleep(seconds)


async def _in_thread(function: Callable[[], Any]) -> Any:
    import anyio.to_thread

    own = anyio.CapacityLimiter(1)  # the loop's forty places could all be taken by those who wait for the forty-first
    return await anyio.to_thread.run_sync(function, abandon_on_cancel=True, limiter=own)


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    import anyio

    results: list[T] = []
    with anyio.CancelScope(shield=True):
        results.append(await (_in_task(work) if on_asyncio() else work))
    return results[0]


async def _in_task(work: Coroutine[Any, Any, T]) -> T:
    """The result of a task of its own: asyncio's own cancellation, which goes through every shield, waits for it."""
    import asyncio

    task = asyncio.ensure_future(work)
    cancelled: BaseException | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as exc:  # noqa: PERF203
            cancelled = exc
    if cancelled is None:
        return task.result()
    task.exception()  # looked at, so that nobody complains about it
    raise cancelled


async def _acquire(gate: Gate) -> Any:
    import anyio
    from anyio.lowlevel import current_token

    loop = current_token()
    lock: anyio.Lock = gate.task_locks.setdefault(loop, anyio.Lock())

    def drop() -> None:
        if not lock.locked():  # else somebody was waiting and has it now
            gate.task_locks.pop(loop, None)

    def release() -> None:
        lock.release()
        drop()

    try:
        await lock.acquire()
    except BaseException:
        drop()
        raise
    return release
