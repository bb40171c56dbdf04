"""Walking all runs: each page begins where the last one ended, in the order in which the runs were created."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kneo_client.core.errors import KneoInvalidRequestError, KneoPlatformVersionError
from kneo_client.core.mode import D
from kneo_client.core.pagination import MAX_PAGE_SIZE, Page
from kneo_client.core.stream import Stream
from kneo_client.core.versions import ignored

if TYPE_CHECKING:
    from sdk_engine.operation import Operation

    from kneo_client.core.connection import Connection
    from kneo_client.types import RunListResponse, RunListResponseRunsItem

_LAST_OFFSET = 10_000
_INSTANT = timedelta(microseconds=1)


class PageBatches:
    """Pages by creation time. What is before a page never changes its place, whatever comes, goes or changes state.

    A page is asked for by the creation time of the last run, which needs no offset and so has no last row. Platform
    0.4.0 ignores that filter, which shows in the next page; there, rows are counted off as far as that goes.
    """

    def __init__(
        self,
        connection: Connection[Any],
        operation: Operation[RunListResponse],
        filters: dict[str, object],
        page_size: int,
    ) -> None:
        if isinstance(page_size, bool) or not isinstance(page_size, int) or page_size < 1:
            raise KneoInvalidRequestError(f"page_size must be a whole number >= 1, got {page_size!r}")
        self._connection = connection
        self._operation = operation
        self._filters = filters
        self._size = min(page_size, MAX_PAGE_SIZE)
        self._after: datetime | None = None  # the moment at which the page begins
        self._offset = 0
        self._counted = 0  # rows since the beginning, or since a moment that fills a page
        self._by_time = True
        self._seen: set[object] = set()
        self._ended = False

    async def next_batch(self) -> list[Page[RunListResponseRunsItem]] | None:
        """The next page, without the rows that were given before."""
        if self._ended:
            return None
        self._connection.check_open()
        answer = await self._connection.call(self._operation, query=self._query())
        check_filters(self._operation, answer, self._filters)
        runs = answer.runs
        first = _moment(runs[0]) if runs else None
        if self._by_time and self._after and first and first < self._after:
            self._by_time, self._offset = False, self._counted
            return []
        fresh = [run for run in runs if not run.id or run.id not in self._seen]
        self._counted += len(fresh)
        self._ended = len(runs) < self._size
        if not self._ended:
            self._go_on(runs)
        return [Page(fresh, answer.total, self._size, None, "created_at", "asc", answer.window)] if fresh else []

    def _query(self) -> dict[str, object]:
        order = {"sort_by": "created_at", "sort_order": "asc", "limit": self._size, "offset": self._offset}
        # a moment earlier: whether the filter includes its own moment is then all the same
        after = {"created_after": (self._after - _INSTANT).isoformat()} if self._after and self._by_time else {}
        return {**self._filters, **order, **after}

    def _go_on(self, runs: list[RunListResponseRunsItem]) -> None:
        """Where the next page begins: at the last run's moment, or further down if this page began there too."""
        last = _moment(runs[-1])
        if self._by_time and last and (self._after is None or last > self._after):
            self._seen = {run.id for run in runs if _moment(run) == last}
            self._after, self._offset = last, 0
            return
        self._seen.update(run.id for run in runs)
        self._offset += len(runs)
        if self._offset > _LAST_OFFSET:
            raise KneoPlatformVersionError(
                f"the platform lists no run after the first {_LAST_OFFSET}; version 1.2.0 does, by creation time",
                needs="1.2.0",
                status=200,
                method=self._operation.method,
                path=self._operation.path,
            )


class RunPages(Stream["Page[RunListResponseRunsItem]", D]):
    """All runs, page by page: `async for`, or `for` on a blocking client."""


def check_filters(operation: Operation[Any], page: RunListResponse, filters: dict[str, object]) -> None:
    """Refuse an answer to filters that the platform did not look at: 1.2.0 names its window, older ones cannot."""
    if not page.sort_by or page.window:
        return
    place = (operation.method, operation.path)
    older = ignored(place, (name for name, value in filters.items() if value is not None))
    if older is not None:
        message = f"{older[0]} needs platform {older[1]}; this one is older and ignored it"
        raise KneoPlatformVersionError(message, needs=older[1], status=200, method=place[0], path=place[1])


def _moment(run: RunListResponseRunsItem) -> datetime | None:
    """When it was created, if the platform says so."""
    try:
        moment = datetime.fromisoformat(run.created_at or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
