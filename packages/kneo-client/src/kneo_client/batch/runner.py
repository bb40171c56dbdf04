"""Runs what is open in a store: sends cases as fast as the platform takes them, waits for all with shared looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import anyio
from sdk_engine.retries import RetryPolicy

from kneo_client.batch.errors import BatchRefusedError
from kneo_client.batch.pace import Pace
from kneo_client.batch.results import LOST, REFUSED, BatchStatus, CaseResult
from kneo_client.batch.sending import NOT_NOW, in_doubt, not_now, send
from kneo_client.core.errors import (
    KneoAuthError,
    KneoError,
    KneoNotFoundError,
    KneoPermissionError,
)
from kneo_client.core.logging import get_logger
from kneo_client.platform import DEFAULT_TERMINAL_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kneo_client.batch.limits import Limits
    from kneo_client.batch.progress import Progress
    from kneo_client.batch.store import SqliteStore
    from kneo_client.client import KneoClient
    from kneo_client.types import RunStatusResponse

_ENDS = DEFAULT_TERMINAL_STATUSES | {"blocked"}
_INTERVAL = 0.5  # seconds between looks at the platform; longer where that costs it more than a third of its time
_MOMENT = 0.05  # seconds between writes
_PATIENCE = 600.0  # seconds in which the platform takes nothing before the batch gives up
_FIRST_PATIENCE = 30.0  # before it has taken anything
_BETWEEN_TRIES = RetryPolicy(max_delay=5.0, jitter=0.5)
_MOST_DOUBTS = 5  # times that a case is sent again whose answers make no sense
_ALL_REFUSED = 25
"""So many cases, refused one after the other from the start, are the batch's fault and not theirs."""


class Stop:
    """Asks a batch to stop: nothing further is sent, and what was sent is found again by `resume`."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._cancel: Callable[[], object] = _nothing
        self._wake: Callable[[], object] = _nothing
        self._at_once = False

    def __call__(self, reason: str, *, at_once: bool = False) -> None:
        """Stop for this reason; `at_once` without waiting for the runs under way."""
        self.reason = self.reason or reason
        self._at_once = self._at_once or at_once
        if self._at_once:
            self._cancel()
        self._wake()

    def bind(self, scope: anyio.CancelScope, wake: Callable[[], object]) -> None:
        """What to do when it is to stop at once, and when nothing further is to be sent."""
        self._cancel, self._wake = scope.cancel, wake
        if self._at_once:
            scope.cancel()


def _nothing() -> None:
    pass


class Runner:
    """One `submit` or `resume` under way."""

    def __init__(
        self,
        client: KneoClient,
        store: SqliteStore,
        *,
        concurrency: int,
        limits: Limits,
        on_progress: Callable[[Progress], object] | None,
        stop: Stop,
    ) -> None:
        self._client = client
        self._store = store
        self._limits = limits
        self._stop = stop
        self._clock = anyio.current_time
        self._pace = Pace(concurrency, self._clock)
        self._on_progress = on_progress
        self._under_way = 0
        self._on_platform = 0
        self._room = anyio.Event()
        self._failure: KneoError | None = None
        self._taken = self._refused = 0

    async def run(self, name: str, spec: dict[str, Any]) -> BatchStatus:
        """Until every case has an outcome, or something asks to stop."""
        from kneo_client.batch.progress import Meter

        self._name, self._spec = name, spec
        self._meter = Meter(self._store.status(), self._clock)
        try:
            with anyio.move_on_after(self._limits.seconds) as scope:
                self._stop.bind(scope, self._wake)
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._write_now_and_then)
                    async with anyio.create_task_group() as cases:
                        await self._send_all(cases)
                    tasks.cancel_scope.cancel()
            if scope.cancelled_caught and self._stop.reason is None:
                self._stop.reason = f"the time is up ({self._limits.seconds:.6g} s)"
        finally:
            self._store.flush()
        self._tell()
        if self._failure is not None:
            raise self._failure
        return replace(self._store.status(), stopped=self._stop.reason)

    async def _send_all(self, tasks: anyio.abc.TaskGroup) -> None:
        for case in self._store.open_cases():
            if not await self._may_go_on(new=case.run_id is None):
                return
            self._under_way += 1
            tasks.start_soon(self._case, case)

    async def _may_go_on(self, *, new: bool) -> bool:
        """Wait for room; whether there is to be another case."""
        while self._stop.reason is None:
            if new and self._limits.tokens is not None and self._meter.tokens >= self._limits.tokens:
                self._stop(f"the tokens are used up ({self._meter.tokens:,})")
            elif new and self._pace.pause:
                await self._wait(self._pace.pause)
            elif self._under_way < (self._pace.limit if new else self._pace.most):
                return True
            else:
                await self._wait()
        return False

    async def _wait(self, seconds: float | None = None) -> None:
        self._room = anyio.Event()
        with anyio.move_on_after(seconds):
            await self._room.wait()

    def _wake(self) -> None:
        self._room.set()

    async def _case(self, case: CaseResult) -> None:
        try:
            if case.run_id is None:
                case = await self._create(case)
            if case.run_id is not None:
                case = await self._finish(case)
            if case.status != "pending":
                self._store.note(case)
                self._meter.done(case)
        except KneoError as error:
            self._give_up(error)
        finally:
            self._under_way -= 1
            self._room.set()

    async def _create(self, case: CaseResult) -> CaseResult:
        """Send the case until the platform takes or refuses it; it stays pending when the batch stops before."""
        body = {
            "input": case.input,
            "spec": self._spec,
            "async_mode": True,
            "metadata": {"batch": self._name, "case": case.id},
        }
        tries = doubts = 0
        while self._stop.reason is None:
            try:
                run_id = await send(self._client, body, case.key)
            except (KneoAuthError, KneoPermissionError):
                raise
            except KneoError as error:
                doubts += in_doubt(error)
                if not not_now(error) and not 0 < doubts <= _MOST_DOUBTS:
                    return self._refuse(case, error)
                self._slow_down(error)
            else:
                self._taken += 1
                self._pace.taken()
                self._room.set()
                case = replace(case, status="running", run_id=run_id)
                self._store.note(case)
                return case
            tries += 1
            await anyio.sleep(max(self._pace.pause, _BETWEEN_TRIES.delay_for(tries + 1)))
        return case

    def _slow_down(self, error: KneoError) -> None:
        if error.code == "queue_full":
            self._store.note_queue_full()
        self._pace.not_taken(
            said=error.status in NOT_NOW,
            full_at=self._on_platform if error.code == "queue_full" else None,
            retry_after=error.retry_after,
        )
        get_logger("batch").info("not taken: %s; up to %d runs at a time now", error, self._pace.limit)
        since = self._pace.refused_since
        if since is not None and self._clock() - since > (_PATIENCE if self._taken else _FIRST_PATIENCE):
            raise error

    def _refuse(self, case: CaseResult, error: KneoError) -> CaseResult:
        self._refused += 1
        if self._refused >= _ALL_REFUSED and not self._taken:
            raise BatchRefusedError(
                f"the platform refuses every case, the last with: {error}", status=error.status, code=error.code
            )
        return replace(case, status=REFUSED, error={"type": error.code or type(error).__name__, "message": str(error)})

    async def _finish(self, case: CaseResult) -> CaseResult:
        assert case.run_id is not None
        started = self._clock()
        self._on_platform += 1
        try:
            run = await self._client.platform.runs.wait_for_completion(
                case.run_id, poll_interval=_INTERVAL, terminal_statuses=_ENDS
            )
        except KneoNotFoundError as error:
            return replace(case, status=LOST, error={"type": LOST, "message": str(error)})
        finally:
            self._on_platform -= 1
        return _outcome(case, run, self._clock() - started)

    def _give_up(self, error: KneoError) -> None:
        self._failure = self._failure or error
        self._stop(str(error), at_once=True)

    async def _write_now_and_then(self) -> None:
        try:
            while True:
                await anyio.sleep(_MOMENT)
                self._store.flush()
                self._tell()
        except KneoError as error:
            self._give_up(error)

    def _tell(self) -> None:
        if self._on_progress is not None and (progress := self._meter.news(self._under_way)):
            self._on_progress(progress)


def _outcome(case: CaseResult, run: RunStatusResponse, seen: float) -> CaseResult:
    error = run.error
    usage = run.get("usage")
    tokens = usage.get("total_tokens") if isinstance(usage, dict) else None
    return replace(
        case,
        status=run.status,
        output=run.output_text or None,
        error=dict(error) if error else None,
        seconds=_seconds(run.get("created_at"), run.get("completed_at")) or round(seen, 3),
        tokens=tokens if isinstance(tokens, int) else None,
    )


def _seconds(begin: Any, end: Any) -> float | None:
    try:
        return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
    except (TypeError, ValueError):
        return None
