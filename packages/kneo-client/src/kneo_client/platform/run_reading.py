"""Reading what runs did: state, graph, trace, checkpoints, reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kneo_client.core.values import SortOrder
    from kneo_client.platform.run_events import RunEvents
    from kneo_client.types import (
        CheckpointDiffResponse,
        CheckpointListResponse,
        RunGraphResponse,
        RunRecoveryResponse,
        RunReplayResponse,
        RunStatusResponse,
        SpecPolicyReportResponse,
        TraceResponse,
    )

GET = Operation("GET", "/v1/runs/{run_id}", typed(lambda: types.RunStatusResponse))
GRAPH = Operation("GET", "/v1/runs/{run_id}/graph", typed(lambda: types.RunGraphResponse))
REPLAY = Operation("GET", "/v1/runs/{run_id}/replay", typed(lambda: types.RunReplayResponse))
TRACE = Operation("GET", "/v1/runs/{run_id}/trace", typed(lambda: types.TraceResponse))
CHECKPOINTS = Operation("GET", "/v1/runs/{run_id}/checkpoints", typed(lambda: types.CheckpointListResponse))
CHECKPOINTS_DIFF = Operation("GET", "/v1/runs/{run_id}/checkpoints/diff", typed(lambda: types.CheckpointDiffResponse))
POLICY_REPORT = Operation("GET", "/v1/runs/{run_id}/policy-report", typed(lambda: types.SpecPolicyReportResponse))
RECOVERY = Operation("GET", "/v1/runs/{run_id}/recovery", typed(lambda: types.RunRecoveryResponse))


class RunReading(Group[D]):
    """The methods of `RunsClient` that look into one run and change nothing."""

    @blocking_or_awaited
    async def get(self, run_id: str) -> RunStatusResponse:
        """`GET /v1/runs/{run_id}`: the run's current state.

        Raises:
            KneoNotFoundError: there is no such run.
        """
        return await self._transport.call(GET, {"run_id": run_id})

    @blocking_or_awaited
    async def graph(self, run_id: str) -> RunGraphResponse:
        """`GET /v1/runs/{run_id}/graph`: the workflow's `nodes` and `edges`, and which of them the run `visited`.

        Raises:
            KneoPlatformVersionError: the platform is older than 1.2.0.
        """
        return await self._transport.call(GRAPH, {"run_id": run_id})

    @blocking_or_awaited
    async def replay(self, run_id: str) -> RunReplayResponse:
        """`GET /v1/runs/{run_id}/replay`: what happened, as a `timeline` made from checkpoints and trace."""
        return await self._transport.call(REPLAY, {"run_id": run_id})

    @blocking_or_awaited
    async def trace(
        self,
        run_id: str,
        *,
        event_type: str | None = None,
        limit: int = 100,
        offset: int = 0,
        sort_by: str = "timestamp",
        sort_order: SortOrder = "asc",
    ) -> TraceResponse:
        """`GET /v1/runs/{run_id}/trace`: one page of `events`: model calls, tool calls, policy checks and so on."""
        query = {
            "event_type": event_type,
            "limit": limit,
            "offset": offset,
            "sort_by": sort_by,
            "sort_order": sort_order,
        }
        return await self._transport.call(TRACE, {"run_id": run_id}, query=query)

    def watch(
        self,
        run_id: str,
        *,
        start_offset: int = 0,
        page_size: int = 100,
        poll_interval: float = 1.0,
        timeout: float | None = None,
        terminal_statuses: Iterable[str] | None = None,
        event_type: str | None = None,
    ) -> RunEvents[D]:
        """The run's trace events as they come, until it has ended: `async for`, or `for` on a blocking client.

        Polls that fail for a passing reason are repeated, as those of a wait are. A loop that was left or cancelled
        goes on where it stopped; so does another process, with `start_offset=events.offset`. `events.run` is the
        run's state when last seen.

        Args:
            run_id: the run.
            start_offset: events to skip.
            page_size: events a request, 1 to 1000.
            poll_interval: seconds between requests while nothing happens; at least 0.05 are kept.
            timeout: seconds from the first event asked for; None watches as long as it takes.
            terminal_statuses: statuses to end at; None means `DEFAULT_TERMINAL_STATUSES`. A run that waits for a
                person (`blocked`) is not at its end.
            event_type: only events of this type; `start_offset` then counts those.

        Raises:
            TimeoutError: the time is up; a `KneoWaitTimeoutError` with the `last_status` seen. The run goes on.
            KneoNotFoundError: there is no such run.
            KneoInvalidRequestError: an argument is unusable; nothing was sent.
        """
        from kneo_client.platform.run_events import EventBatches, RunEvents

        batches = EventBatches(
            self._transport,
            (TRACE, GET),
            run_id,
            start_offset=start_offset,
            page_size=page_size,
            poll_interval=poll_interval,
            timeout=timeout,
            terminal_statuses=terminal_statuses,
            event_type=event_type,
        )
        return RunEvents(self.driver, batches)

    tail_trace = watch

    @blocking_or_awaited
    async def checkpoints(
        self,
        run_id: str,
        *,
        limit: int = 100,
        offset: int = 0,
        sort_by: str = "sequence",
        sort_order: SortOrder = "asc",
        type: str | None = None,  # noqa: A002 - the platform's word
    ) -> CheckpointListResponse:
        """`GET /v1/runs/{run_id}/checkpoints`: one page of saved states, in `checkpoints`; of one `type` if given."""
        query = {"type": type, "limit": limit, "offset": offset, "sort_by": sort_by, "sort_order": sort_order}
        return await self._transport.call(CHECKPOINTS, {"run_id": run_id}, query=query)

    @blocking_or_awaited
    async def checkpoints_diff(
        self, run_id: str, *, from_sequence: int | None = None, to_sequence: int | None = None
    ) -> CheckpointDiffResponse:
        """`GET /v1/runs/{run_id}/checkpoints/diff`: what changed between two checkpoints (sequences count from 1)."""
        query = {"from_sequence": from_sequence, "to_sequence": to_sequence}
        return await self._transport.call(CHECKPOINTS_DIFF, {"run_id": run_id}, query=query)

    @blocking_or_awaited
    async def policy_report(self, run_id: str) -> SpecPolicyReportResponse:
        """`GET /v1/runs/{run_id}/policy-report`: policy outcomes, by attribute or as a mapping: `report["valid"]`."""
        return await self._transport.call(POLICY_REPORT, {"run_id": run_id})

    @blocking_or_awaited
    async def recovery(self, run_id: str) -> RunRecoveryResponse:
        """`GET /v1/runs/{run_id}/recovery`: how far a failed run got and what can be continued."""
        return await self._transport.call(RECOVERY, {"run_id": run_id})
