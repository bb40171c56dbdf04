"""Waiting for a run to end: the decisions, as a plan (see `sdk_engine.steps`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.call import call
from sdk_engine.deadline import FOREVER, Deadline
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import RequestOptions
from sdk_engine.steps import Sleep

from kneo_client.core.errors import (
    KneoError,
    KneoInvalidRequestError,
    KneoNetworkError,
    KneoRateLimited,
    KneoServerError,
    KneoWaitTimeoutError,
)
from kneo_client.core.logging import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sdk_engine.operation import Operation

    from kneo_client.core.connection import Connection
    from kneo_client.types import RunStatusResponse

DEFAULT_TERMINAL_STATUSES = frozenset({"completed", "failed", "cancelled", "timed_out", "expired"})
"""Statuses in which the platform leaves a run for good."""

_SHORTEST_INTERVAL = 0.05
_PASSING = (KneoNetworkError, KneoServerError, KneoRateLimited)
_BETWEEN_FAILED_POLLS = RetryPolicy(max_attempts=10, base_delay=0.5)


class Waiting:
    """One wait: its checked arguments, and what was last seen."""

    def __init__(
        self,
        transport: Connection[Any],
        operation: Operation[RunStatusResponse],
        run_id: str,
        timeout: float | None,
        poll_interval: float,
        terminal_statuses: Iterable[str] | None,
    ) -> None:
        if timeout is not None and not (isinstance(timeout, (int, float)) and timeout >= 0):
            raise KneoInvalidRequestError(f"timeout must be a number of seconds >= 0 or None, got {timeout!r}")
        if not (isinstance(poll_interval, (int, float)) and 0 <= poll_interval < FOREVER):
            raise KneoInvalidRequestError(f"poll_interval must be a number of seconds >= 0, got {poll_interval!r}")
        self._terminal = _checked_statuses(terminal_statuses)
        self._shared = transport.settings
        self._operation = operation
        self._run_id = run_id
        self._timeout = FOREVER if timeout is None else min(timeout, FOREVER)
        interval = max(poll_interval, _SHORTEST_INTERVAL)
        self._between_polls = RetryPolicy(base_delay=interval, max_delay=interval)  # give or take a tenth
        self._last: RunStatusResponse | None = None
        self._failures = 0

    async def plan(self) -> RunStatusResponse:
        """Poll, pause, poll again; the last look falls on the deadline."""
        deadline = Deadline(self._timeout, self._shared.clock)
        while True:
            pause = await self._poll(deadline)
            if pause is None:
                assert self._last is not None
                return self._last
            if not deadline.remaining:
                raise self._out_of_time()
            await Sleep(min(pause, deadline.remaining))

    async def _poll(self, deadline: Deadline) -> float | None:
        """Look once; seconds until the next look, or None when the run has ended."""
        left = max(deadline.remaining, _SHORTEST_INTERVAL)
        options = RequestOptions(deadline=min(left, self._shared.longest_total))
        try:
            seen = await call(self._shared, self._operation, {"run_id": self._run_id}, options=options)
        except _PASSING as error:
            return self._after_failure(error, deadline)
        if seen.status == "blocked" and (self._last is None or self._last.status != "blocked"):
            get_logger("runs").info("run %s waits for a person: human task %s", self._run_id, seen.continuation_id)
        self._last = seen
        self._failures = 0
        if seen.status in self._terminal:
            return None
        return self._between_polls.delay_for(2)

    def _after_failure(self, error: KneoError, deadline: Deadline) -> float:
        self._failures += 1
        if self._failures >= _BETWEEN_FAILED_POLLS.max_attempts and deadline.remaining > 0:
            raise error
        pause = _BETWEEN_FAILED_POLLS.delay_for(self._failures + 1, error.retry_after)
        return max(self._between_polls.base_delay, min(pause, _BETWEEN_FAILED_POLLS.max_delay))

    def _out_of_time(self) -> KneoWaitTimeoutError:
        seen = "it was never seen" if self._last is None else f"it was last seen {self._last.status!r}"
        message = f"run {self._run_id} did not end within {self._timeout:.6g} s; {seen}"
        return KneoWaitTimeoutError(message, run_id=self._run_id, last_status=self._last)


def _checked_statuses(given: Iterable[str] | None) -> frozenset[str]:
    if given is None:
        return DEFAULT_TERMINAL_STATUSES
    try:
        statuses = frozenset(given)
    except TypeError:
        statuses = None
    if statuses is None or isinstance(given, str) or not all(isinstance(status, str) for status in statuses):
        raise KneoInvalidRequestError("terminal_statuses must be a set of statuses, not one string")
    if not statuses:
        raise KneoInvalidRequestError("terminal_statuses is empty: such a wait could never end")
    return statuses
