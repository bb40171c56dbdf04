"""Runs: the unit of work of the platform."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.mode import D
from kneo_client.platform.run_reading import GET, RunReading
from kneo_client.platform.wait_arguments import DEFAULT_TERMINAL_STATUSES, TRACE_OFFSET_MAX

if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable, Iterable

    from kneo_client.bodies import RunCreateBody
    from kneo_client.core.values import RunStatus, SortOrder
    from kneo_client.platform.run_pages import RunPages
    from kneo_client.platform.watching import EndedRuns, Watching
    from kneo_client.types import RunCreateRequest, RunCreateResponse, RunListResponse, RunStatusResponse

__all__ = ["DEFAULT_TERMINAL_STATUSES", "TRACE_OFFSET_MAX", "RunsClient"]

CREATE = Operation("POST", "/v1/runs", typed(lambda: types.RunCreateResponse))
LIST = Operation("GET", "/v1/runs", typed(lambda: types.RunListResponse))
CANCEL = Operation("POST", "/v1/runs/{run_id}/cancel", typed(lambda: types.RunStatusResponse))
CONTINUE = Operation("POST", "/v1/runs/{run_id}/continue", typed(lambda: types.RunCreateResponse))


class RunsClient(RunReading[D]):
    """Creates runs, waits for them, and looks into what they did."""

    @blocking_or_awaited
    async def create(
        self, body: RunCreateRequest | RunCreateBody | dict[str, Any], *, idempotency_key: str | None = None
    ) -> RunCreateResponse:
        """`POST /v1/runs`: start a run.

        Args:
            body: `input` (text) and `spec` (a mapping) or `spec_path`; set `async_mode` to get an answer at once and
                wait with `wait_for_completion`: without it the platform works until the run ends and serves nobody
                else meanwhile. Of `metadata`, platform 1.2.0 shows as `metadata["caller_metadata"]`, and 0.4.0 drops
                it. `session_id` and `skills` need platform 1.2.0.
            idempotency_key: same key and body give the same run, however often they are sent; fresh when left out.

        Raises:
            KneoIdempotencyMismatchError: the key was used with another body.
            KneoNetworkError: with outcome UNKNOWN the run may exist: repeat with the error's `idempotency_key`.
            KneoValidationError: the platform does not take the body; the message names the field.
        """
        return await self._transport.call(CREATE, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def create_and_wait(
        self,
        body: RunCreateRequest | RunCreateBody | dict[str, Any],
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        poll_interval: float = 1.0,
        terminal_statuses: Iterable[str] | None = None,
        on_status: Callable[[RunStatusResponse], object] | None = None,
    ) -> RunStatusResponse:
        """Start a run, wait until it has ended, and return its last state. Read `status`: ended is not completed.

        Whatever becomes of the request that starts the run, there is one run: where the answer is lost, it is asked
        for again under the same key until the platform says which run that is or the time is up.

        Args:
            body: as for `create`; `async_mode` is set unless it is there.
            idempotency_key: as for `create`.
            timeout: seconds for all of it; None takes as long as it takes.
            poll_interval: seconds between looks.
            terminal_statuses: statuses to return at; None means `DEFAULT_TERMINAL_STATUSES`.
            on_status: called with the run whenever its status is another one than before, the last included;
                awaited if it is a coroutine function and the client is async.

        Raises:
            TimeoutError: the time is up; a `KneoWaitTimeoutError` with the `run_id`, or, if none was ever told, the
                `idempotency_key` under which the run can be found again.
            KneoError: the platform refused the run, and there is none.
            KneoInvalidRequestError: an argument is unusable; nothing was sent.
        """
        from kneo_client.platform.run_start import Start

        self._transport.check_open()
        start = Start(self._transport, CREATE, self._watching, timeout, poll_interval, terminal_statuses)
        return await start.plan(body, idempotency_key, on_status)

    @blocking_or_awaited
    async def list(
        self,
        *,
        status: RunStatus | None = None,
        limit: int = 100,
        offset: int = 0,
        sort_by: str = "updated_at",
        sort_order: SortOrder = "desc",
        workflow_kind: str | None = None,
        workflow_name: str | None = None,
        session_id: str | None = None,
        has_error: bool | None = None,
        created_after: str | None = None,
        created_before: str | None = None,
        q: str | None = None,
    ) -> RunListResponse:
        """`GET /v1/runs`: one page of runs, in `runs`. All filters but `status` need platform 1.2.0.

        Args:
            status: created, running, paused, blocked, completed, failed, cancelled, timed_out or expired.
            limit: page size, 1 to 1000. The platform reads all matching rows for every page: fewer, larger pages
                are cheaper.
            offset: rows to skip, at most 10000; `pages` goes on behind them.
            sort_by: field of a run. `created_at` with `asc` is the order that neither repeats nor misses rows while
                new runs arrive.
            sort_order: asc or desc.
            workflow_kind, workflow_name, session_id: only runs with this value.
            has_error: only runs with, or without, an error.
            created_after, created_before: ISO 8601 times, both included.
            q: text to look for.

        Raises:
            KneoPlatformVersionError: a filter was given that this platform ignores.
        """
        filters: dict[str, object] = {
            "workflow_kind": workflow_kind,
            "workflow_name": workflow_name,
            "session_id": session_id,
            "has_error": has_error,
            "created_after": created_after,
            "created_before": created_before,
            "q": q,
        }
        query = {"status": status, "limit": limit, "offset": offset, "sort_by": sort_by, "sort_order": sort_order}
        page = await self._transport.call(LIST, query={**query, **filters})
        if any(value is not None for value in filters.values()):
            from kneo_client.platform.run_pages import check_filters

            check_filters(LIST, page, filters)
        return page

    def pages(
        self,
        *,
        page_size: int = 500,
        status: RunStatus | None = None,
        workflow_kind: str | None = None,
        workflow_name: str | None = None,
        session_id: str | None = None,
        has_error: bool | None = None,
        created_after: str | None = None,
        created_before: str | None = None,
        q: str | None = None,
    ) -> RunPages[D]:
        """All runs, page by page, the oldest first: `async for page in ...`, or `for` on a blocking client.

        No run comes twice, and none that was there at the beginning is left out, whatever is created, cancelled or
        deleted meanwhile and however many there are; runs that arrive during the walk come at its end. A page is
        asked for when it is wanted, none ahead.

        Args:
            page_size: runs a page, 1 to 1000.
            status, workflow_kind, workflow_name, session_id, has_error, created_after, created_before, q: as for
                `list`.

        Raises:
            KneoPlatformVersionError: a filter, or runs behind the first 10000, where the platform is older than 1.2.0.
        """
        from kneo_client.platform.run_pages import PageBatches, RunPages

        filters: dict[str, object] = {
            "status": status,
            "workflow_kind": workflow_kind,
            "workflow_name": workflow_name,
            "session_id": session_id,
            "has_error": has_error,
            "created_after": created_after,
            "created_before": created_before,
            "q": q,
        }
        return RunPages(self.driver, PageBatches(self._transport, LIST, filters, page_size))

    @blocking_or_awaited
    async def cancel(self, run_id: str, *, idempotency_key: str | None = None) -> RunStatusResponse:
        """`POST /v1/runs/{run_id}/cancel`: ask the run to stop; a run at its end stays as it is.

        The work stops at its next step; the answer is the state after the request.
        """
        return await self._transport.call(CANCEL, {"run_id": run_id}, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def continue_(self, run_id: str, *, idempotency_key: str | None = None) -> RunCreateResponse:
        """`POST /v1/runs/{run_id}/continue`: go on from the last checkpoint of a failed or paused run.

        Raises:
            KneoConflictError: there is nothing to continue (platform 0.4.0: `KneoServerError`, a 500).
        """
        return await self._transport.call(CONTINUE, {"run_id": run_id}, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def wait_for_completion(
        self,
        run_id: str,
        *,
        timeout: float | None = None,
        poll_interval: float = 1.0,
        terminal_statuses: Iterable[str] | None = None,
    ) -> RunStatusResponse:
        """Wait until the run has ended, and return its last state. Read `status`: ended is not completed.

        Looks that fail for a passing reason are repeated, at most 5 s apart, until the time is up; without a
        `timeout`, ten minutes without any answer end the wait. Waits that run side by side share their looks. A run
        that waits for a person (`blocked`) is not at its end: pass it in `terminal_statuses` to return there.

        Args:
            run_id: the run.
            timeout: seconds to wait in all, the looks themselves included; None waits as long as it takes.
            poll_interval: seconds between looks, give or take a tenth; at least 0.05 are kept.
            terminal_statuses: statuses to return at; None means `DEFAULT_TERMINAL_STATUSES`.

        Raises:
            TimeoutError: the time is up; it is a `KneoWaitTimeoutError` with the `last_status` seen. The run goes on.
            KneoNotFoundError: there is no such run.
            KneoInvalidRequestError: an argument is unusable; nothing was sent.
        """
        self._transport.check_open()
        return await self._watching.wait(run_id, timeout, poll_interval, terminal_statuses)

    @blocking_or_awaited
    async def wait_many(
        self,
        run_ids: Iterable[str],
        *,
        timeout: float | None = None,
        poll_interval: float = 1.0,
        terminal_statuses: Iterable[str] | None = None,
    ) -> builtins.list[RunStatusResponse]:
        """Wait until all of these runs have ended; their last states, in the order of the ids.

        All waits of this client share one look at the list of runs per interval, whatever their number.

        Args:
            run_ids: ids of runs, in any number.
            timeout, poll_interval, terminal_statuses: as for `wait_for_completion`.

        Raises:
            TimeoutError: the time is up; a `KneoWaitTimeoutError` with the `open_run_ids` and what has `ended`.
            KneoNotFoundError: there is no such run.
            KneoInvalidRequestError: an argument is unusable; nothing was sent.
        """
        self._transport.check_open()
        return await self._watching.wait_many(run_ids, timeout, poll_interval, terminal_statuses)

    def as_completed(
        self,
        run_ids: Iterable[str],
        *,
        timeout: float | None = None,
        poll_interval: float = 1.0,
        terminal_statuses: Iterable[str] | None = None,
    ) -> EndedRuns[D]:
        """These runs' last states in the order in which they end: `async for`, or `for` on a blocking client.

        Arguments and failures are those of `wait_many`, except that ids without a run are reported when all others
        have ended.
        """
        from kneo_client.platform.watching import EndedRuns

        return EndedRuns(self.driver, self._watching, run_ids, timeout, poll_interval, terminal_statuses)

    @cached_property
    def _watching(self) -> Watching:
        from kneo_client.platform.watching import Watching

        return Watching(self._transport, GET)
