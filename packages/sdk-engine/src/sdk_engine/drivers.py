"""The only code that sends, sleeps or waits for a lock: it performs the steps that plans await."""

from __future__ import annotations

import contextlib
import inspect
import time
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.steps import Acquire, Blocking, Invoke, Send, Sleep
from sdk_engine.wire import WireFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import anyio

    from sdk_engine.steps import Gate
    from sdk_engine.wire import AsyncWire, SyncWire

T = TypeVar("T")
_NOT_A_STEP = "a plan may only await steps and other plans, not {!r}"


class SyncDriver:
    """Runs plans on the calling thread. One driver may serve many threads, and a child process after a fork."""

    def __init__(self, wire: SyncWire) -> None:
        self.wire = wire
        self._load: Callable[[], None] | None = getattr(wire, "load", None)

    def run(self, plan: Coroutine[Any, Any, T]) -> T:
        """Perform the plan's steps until it returns or raises."""
        if self._load is not None:
            self._load()
            self._load = None
        result: Any = None
        failure: Exception | None = None
        try:
            while True:
                try:
                    step = plan.send(result) if failure is None else plan.throw(failure)
                except StopIteration as done:
                    value: T = done.value
                    return value
                result, failure = None, None
                if type(step) is Send:
                    try:
                        result = self.wire.send(step.request, step.timeout)
                    except WireFailure as exc:
                        failure = exc.with_traceback(None)
                elif type(step) is Sleep:
                    time.sleep(step.seconds)
                elif type(step) is Acquire:
                    lock = step.gate.after_fork().thread_lock
                    lock.acquire()
                    result = lock.release
                elif type(step) is Blocking:
                    try:
                        result = step.function()
                    except Exception as exc:  # noqa: BLE001 - the plan's to handle
                        failure = exc
                elif type(step) is Invoke:
                    try:
                        result = step.function()
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
        self._load: Callable[[], None] | None = getattr(wire, "load", None)

    async def run(self, plan: Coroutine[Any, Any, T]) -> T:
        """Perform the plan's steps until it returns or raises."""
        if self._load is not None:
            self._load()
            self._load = None
        result: Any = None
        failure: Exception | None = None
        try:
            while True:
                try:
                    step = plan.send(result) if failure is None else plan.throw(failure)
                except StopIteration as done:
                    value: T = done.value
                    return value
                result, failure = None, None
                if type(step) is Send:
                    try:
                        result = await self.wire.send(step.request, step.timeout)
                    except WireFailure as exc:
                        failure = exc.with_traceback(None)
                elif type(step) is Sleep:
                    await _sleep(step.seconds)
                elif type(step) is Acquire:
                    result = await _acquire(step.gate.after_fork())
                elif type(step) is Blocking:
                    work = _Work(step)
                    try:
                        await work.wait()
                    except BaseException:
                        work.hand_over(plan)
                        raise
                    result, failure = work.result, work.failure
                elif type(step) is Invoke:
                    try:
                        result = step.function()
                        if inspect.isawaitable(result):
                            result = await result
                    except Exception as exc:  # noqa: BLE001
                        failure = exc
                else:
                    raise RuntimeError(_NOT_A_STEP.format(step))
        finally:
            plan.close()

    async def aclose(self) -> None:
        """Release the wire's connections. May be called twice."""
        await self.wire.aclose()


async def _sleep(seconds: float) -> None:
    import anyio

    await anyio.sleep(seconds)


class _Work:
    """A blocking function on a worker thread. asyncio's own cancellation would forget the thread: a task waits for it.

    Attributes:
        result: what the function returned.
        failure: what it raised instead.
    """

    def __init__(self, step: Blocking[Any]) -> None:
        self._step = step
        self._ended = False
        self.result: Any = None
        self.failure: Exception | None = None

    async def wait(self) -> None:
        """Until it has ended, also when cancelled meanwhile; not begun when cancelled before."""
        import anyio
        from anyio.lowlevel import checkpoint

        await checkpoint()
        ended = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._perform, ended)
            try:
                await ended.wait()
            except anyio.get_cancelled_exc_class():
                self._step.stop()
                with anyio.CancelScope(shield=True):
                    await ended.wait()
                raise

    async def _perform(self, ended: anyio.Event) -> None:
        import anyio.to_thread

        with anyio.CancelScope(shield=True):
            try:
                self.result = await anyio.to_thread.run_sync(self._step.function)
            except Exception as exc:  # noqa: BLE001 - the plan's to handle
                self.failure = exc
        self._ended = True
        ended.set()

    def hand_over(self, plan: Coroutine[Any, Any, Any]) -> None:
        """Resume a cancelled plan with what was made for it, if anything was. Its next step is not performed."""
        if self._ended:
            with contextlib.suppress(StopIteration, Exception):
                _ = plan.send(self.result) if self.failure is None else plan.throw(self.failure)


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
