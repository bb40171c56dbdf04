"""Starting a run and waiting for it, as one act: there is one run, and whoever asked gets to see its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.call import call
from sdk_engine.deadline import FOREVER, Deadline
from sdk_engine.errors import Outcome
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import RequestOptions
from sdk_engine.steps import Invoke, Sleep

from kneo_client.core.connection import checked
from kneo_client.core.errors import KneoError, KneoInvalidRequestError, KneoProtocolError, KneoWaitTimeoutError
from kneo_client.core.idempotency import new_idempotency_key
from kneo_client.platform.wait_arguments import check_times, checked_statuses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sdk_engine.operation import Operation

    from kneo_client.core.connection import Connection
    from kneo_client.platform.watching import Watching
    from kneo_client.types import RunCreateResponse, RunStatusResponse

_LONGEST_PAUSE = 5.0
_BETWEEN_TRIES = RetryPolicy(base_delay=0.5, max_delay=_LONGEST_PAUSE)
_PATIENCE = 600.0  # seconds without any answer after which a start without a deadline gives up
_UNREADABLE = 3  # answers that cannot be read, after which there will be no other
_PASSING_STATUSES = frozenset({429, 502, 503, 504})
_IN_PROGRESS = "idempotency_key_in_progress"


class Start:
    """One run that is started and waited for: its checked arguments."""

    def __init__(
        self,
        connection: Connection[Any],
        create: Operation[RunCreateResponse],
        watching: Watching,
        timeout: float | None,
        poll_interval: float,
        terminal_statuses: Iterable[str] | None,
    ) -> None:
        check_times(timeout, poll_interval)
        self._terminal = checked_statuses(terminal_statuses)
        self._connection = connection
        self._create = create
        self._watching = watching
        self._interval = poll_interval
        self._deadline = Deadline(FOREVER if timeout is None else min(timeout, FOREVER), connection.settings.clock)
        self._endless = timeout is None or timeout >= FOREVER

    async def plan(
        self, body: Any, idempotency_key: str | None, on_status: Callable[[RunStatusResponse], object] | None
    ) -> RunStatusResponse:
        """Create, then look until the end; every other status is told."""
        body = checked(body)
        if not isinstance(body, dict):
            raise KneoInvalidRequestError(f"body must be a mapping or a RunCreateRequest, got {type(body).__name__}")
        created = await self._created({"async_mode": True, **body}, idempotency_key or new_idempotency_key())
        if on_status is None:
            return await self._wait(created.run_id, self._terminal)
        seen: str | None = None
        while True:
            run = await self._wait(created.run_id, _Other(seen))
            seen = run.status
            await Invoke(lambda run=run: on_status(run))  # type: ignore[misc]
            if seen in self._terminal:
                return run

    async def _wait(self, run_id: str, statuses: frozenset[str]) -> RunStatusResponse:
        timeout = None if self._endless else self._deadline.remaining
        watch = self._watching.watch([run_id], timeout, self._interval)
        watch.terminal = statuses
        return (await self._watching.until(watch))[run_id]

    async def _created(self, body: dict[str, Any], key: str) -> RunCreateResponse:
        """The run's first answer, asked for under one key until there is one that says what became of it."""
        settings, doubtful, tries, unreadable = self._connection.settings, False, 0, 0
        failing_since = settings.clock()
        while True:
            self._connection.check_open()
            left = max(self._deadline.remaining, 1.0)
            options = RequestOptions(idempotency_key=key, deadline=min(left, settings.longest_total))
            try:
                return await call(settings, self._create, json=body, options=options)
            except KneoError as error:
                doubtful = doubtful or error.outcome is Outcome.UNKNOWN
                unreadable += isinstance(error, KneoProtocolError)
                settled = error.outcome is Outcome.ANSWERED and not _passing(error)
                given_up = self._endless and settings.clock() - failing_since > _PATIENCE
                if not doubtful or settled or given_up or unreadable >= _UNREADABLE:
                    raise
                if not self._deadline.remaining:
                    raise _never_told(error, key) from error
                retry_after = error.retry_after
            tries += 1
            await Sleep(min(_BETWEEN_TRIES.delay_for(tries + 1, retry_after), _LONGEST_PAUSE, self._deadline.remaining))


class _Other(frozenset[str]):
    """Every status but one."""

    def __new__(cls, but: str | None) -> _Other:
        return super().__new__(cls, () if but is None else (but,))

    def __contains__(self, status: object) -> bool:
        return not super().__contains__(status)


def _passing(error: KneoError) -> bool:
    """Whether the platform only said: not now."""
    return error.status in _PASSING_STATUSES or error.code == _IN_PROGRESS


def _never_told(error: KneoError, key: str) -> KneoWaitTimeoutError:
    message = f"it was never told which run it is; send the same body under the key {key} to find out: {error}"
    facts: dict[str, Any] = {"attempts": error.attempts, "idempotency_key": key, "request_id": error.request_id}
    places: dict[str, Any] = {"method": error.method, "path": error.path, "host": error.host}
    return KneoWaitTimeoutError(message, outcome=Outcome.UNKNOWN, **facts, **places)
