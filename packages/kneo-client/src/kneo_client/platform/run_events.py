"""Following a run: its trace events as they come, until it has ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.budget import RetryBudget
from sdk_engine.call import call
from sdk_engine.deadline import FOREVER, Deadline
from sdk_engine.settings import RequestOptions
from sdk_engine.steps import Sleep

from kneo_client.core.errors import (
    KneoInvalidRequestError,
    KneoNetworkError,
    KneoRateLimitedError,
    KneoServerError,
    KneoWaitTimeoutError,
)
from kneo_client.core.logging import get_logger
from kneo_client.core.mode import D
from kneo_client.core.pagination import MAX_PAGE_SIZE
from kneo_client.core.stream import Stream
from kneo_client.platform.wait_arguments import TRACE_OFFSET_MAX, check_times, checked_ids, checked_statuses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sdk_engine.operation import Operation

    from kneo_client.core.connection import Connection
    from kneo_client.types import RunStatusResponse, TraceResponse, TraceResponseEventsItem

T = TypeVar("T")

_SHORTEST_INTERVAL = 0.05
_SHORTEST_LOOK = 1.0  # seconds that a request gets, however little time is left
_LONGEST_PAUSE = 5.0
_PATIENCE = 600.0  # seconds without any answer after which a watch without a deadline gives up
_PASSING = (KneoNetworkError, KneoServerError, KneoRateLimitedError)


class EventBatches:
    """What comes next in a trace: pages while there are any, then looks at the run until it has ended."""

    def __init__(
        self,
        connection: Connection[Any],
        operations: tuple[Operation[TraceResponse], Operation[RunStatusResponse]],
        run_id: str,
        *,
        start_offset: int,
        page_size: int,
        poll_interval: float,
        timeout: float | None,
        terminal_statuses: Iterable[str] | None,
        event_type: str | None,
    ) -> None:
        check_times(timeout, poll_interval)
        if not (isinstance(start_offset, int) and start_offset >= 0):
            raise KneoInvalidRequestError(f"start_offset must be a whole number >= 0, got {start_offset!r}")
        if not (isinstance(page_size, int) and page_size >= 1):
            raise KneoInvalidRequestError(f"page_size must be a whole number >= 1, got {page_size!r}")
        self._connection = connection
        self._trace, self._get = operations
        (self._run_id,) = checked_ids([run_id], self._get)
        self._limit = min(page_size, MAX_PAGE_SIZE)
        self._page: dict[str, object] = {"event_type": event_type, "limit": self._limit}
        self._interval = max(poll_interval, _SHORTEST_INTERVAL)
        self._timeout = FOREVER if timeout is None else min(timeout, FOREVER)
        self._terminal = checked_statuses(terminal_statuses)
        self._budget = RetryBudget()
        self._deadline: Deadline | None = None
        self._failing_since: float | None = None
        self._pause = 0.0
        self._drained = False
        self._over = False
        self.offset = start_offset
        self.run: RunStatusResponse | None = None

    async def next_batch(self) -> list[TraceResponseEventsItem] | None:
        """One request, after the pause that is due."""
        if self._over:
            return None
        if self._deadline is None:
            self._deadline = Deadline(self._timeout, self._connection.settings.clock)
        if self._pause:
            await Sleep(min(self._pause, self._deadline.remaining))
            self._pause = 0.0
        try:
            events = await (self._look() if self._drained else self._read())
        except _PASSING as error:
            self._failed(error)
            events = []
        else:
            self._failing_since = None
        if not self._deadline.remaining and not events and not self._over:
            raise self._out_of_time()
        return events

    async def _read(self) -> list[TraceResponseEventsItem]:
        """The next page. A run that was at its end before it was read has no further events."""
        ended = self._has_ended()
        query = {**self._page, "offset": self.offset, "sort_by": "timestamp", "sort_order": "asc"}
        page = await self._call(self._trace, query)
        events = page.events
        self.offset += len(events)
        self._drained = len(events) < self._limit
        self._over = ended and self._drained
        if self.offset > TRACE_OFFSET_MAX:
            self._over = True
            get_logger("runs").warning("run %s: events after the first %d cannot be read", self._run_id, self.offset)
        return events

    async def _look(self) -> list[TraceResponseEventsItem]:
        """The run's state: read on at once when it has ended, later when it has not."""
        self.run = await self._call(self._get)
        self._drained = False
        if not self._has_ended():
            self._pause = self._interval
        return []

    async def _call(self, operation: Operation[T], query: dict[str, object] | None = None) -> T:
        """One call within the time that is left; its retries are not at the expense of the client's other calls."""
        connection, deadline = self._connection, self._deadline
        assert deadline is not None
        connection.check_open()
        settings = replace(connection.settings, budget=self._budget)
        options = RequestOptions(deadline=min(max(deadline.remaining, _SHORTEST_LOOK), settings.longest_total))
        return await call(settings, operation, {"run_id": self._run_id}, query=query, options=options)

    def _has_ended(self) -> bool:
        return self.run is not None and self.run.status in self._terminal

    def _failed(self, error: Exception) -> None:
        now = self._connection.settings.clock()
        if self._failing_since is None:
            self._failing_since = now
        if self._timeout == FOREVER and now - self._failing_since >= _PATIENCE:
            raise error
        self._pause = max(self._interval, min(max(now - self._failing_since, 0.5), _LONGEST_PAUSE))

    def _out_of_time(self) -> KneoWaitTimeoutError:
        seen = "it was never seen" if self.run is None else f"it was last seen {self.run.status!r}"
        message = f"run {self._run_id} did not end within {self._timeout:.6g} s; {seen}"
        return KneoWaitTimeoutError(message, run_id=self._run_id, last_status=self.run)


class RunEvents(Stream["TraceResponseEventsItem", D]):
    """The trace events of a run, as they come: `async for`, or `for` on a blocking client.

    Attributes:
        offset: how many of the trace's events were given out; `start_offset` of a watch that is to go on from here.
        run: the run's state when last seen; None before the first look.
    """

    _batches: EventBatches

    @property
    def offset(self) -> int:
        """Position of the next event."""
        return self._batches.offset - len(self._ready)

    @property
    def run(self) -> RunStatusResponse | None:
        """The run, when last seen."""
        return self._batches.run
