"""Runs: the unit of work of the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.group import Group
from kneo_client.core.mode import D
from kneo_client.platform.waiting import DEFAULT_TERMINAL_STATUSES, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kneo_client.types import (
        CheckpointDiffResponse,
        CheckpointListResponse,
        RunCreateRequest,
        RunCreateResponse,
        RunListResponse,
        RunRecoveryResponse,
        RunReplayResponse,
        RunStatusResponse,
        TraceResponse,
    )

__all__ = ["DEFAULT_TERMINAL_STATUSES", "RunsClient"]

CREATE = Operation("POST", "/v1/runs", typed(lambda: types.RunCreateResponse))
LIST = Operation("GET", "/v1/runs", typed(lambda: types.RunListResponse))
GET = Operation("GET", "/v1/runs/{run_id}", typed(lambda: types.RunStatusResponse))
CANCEL = Operation("POST", "/v1/runs/{run_id}/cancel", typed(lambda: types.RunStatusResponse))
CONTINUE = Operation("POST", "/v1/runs/{run_id}/continue", typed(lambda: types.RunCreateResponse))
REPLAY = Operation("GET", "/v1/runs/{run_id}/replay", typed(lambda: types.RunReplayResponse))
TRACE = Operation("GET", "/v1/runs/{run_id}/trace", typed(lambda: types.TraceResponse))
CHECKPOINTS = Operation("GET", "/v1/runs/{run_id}/checkpoints", typed(lambda: types.CheckpointListResponse))
CHECKPOINTS_DIFF = Operation("GET", "/v1/runs/{run_id}/checkpoints/diff", typed(lambda: types.CheckpointDiffResponse))
POLICY_REPORT = Operation("GET", "/v1/runs/{run_id}/policy-report", typed(lambda: dict[str, Any]))
RECOVERY = Operation("GET", "/v1/runs/{run_id}/recovery", typed(lambda: types.RunRecoveryResponse))


class RunsClient(Group[D]):
    """Creates runs, watches them, and looks into what they did."""

    @blocking_or_awaited
    async def create(
        self, body: RunCreateRequest | dict[str, Any], *, idempotency_key: str | None = None
    ) -> RunCreateResponse:
        """`POST /v1/runs`: start a run.

        Args:
            body: `input` (text) and `spec` (a mapping) or `spec_path`; set `async_mode` to get an answer at once and
                wait with `wait_for_completion`: without it the platform works until the run ends and serves nobody
                else meanwhile.
            idempotency_key: same key and body give the same run, however often they are sent; fresh when left out.

        Raises:
            KneoIdempotencyMismatchError: the key was used with another body.
            KneoNetworkError: with outcome UNKNOWN the run may exist: repeat with the error's `idempotency_key`.
            KneoError: 422 for a body that the platform does not take; `body` says which field.
        """
        return await self._transport.call(CREATE, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def list(
        self,
        *,
        status: str | None = None,
        limit: int = 100,
        offset: int = 0,
        sort_by: str = "updated_at",
        sort_order: str = "desc",
    ) -> RunListResponse:
        """`GET /v1/runs`: one page of runs, in `runs`.

        Args:
            status: created, running, paused, blocked, completed, failed, cancelled, timed_out or expired.
            limit: page size, 1 to 1000. The platform reads all matching rows for every page: fewer, larger pages
                are cheaper.
            offset: rows to skip, at most 10000.
            sort_by: field of a run. `created_at` with `asc` is the order that neither repeats nor misses rows while
                new runs arrive.
            sort_order: asc or desc.
        """
        query = {"status": status, "limit": limit, "offset": offset, "sort_by": sort_by, "sort_order": sort_order}
        return await self._transport.call(LIST, query=query)

    @blocking_or_awaited
    async def get(self, run_id: str) -> RunStatusResponse:
        """`GET /v1/runs/{run_id}`: the run's current state.

        Raises:
            KneoNotFoundError: there is no such run.
        """
        return await self._transport.call(GET, {"run_id": run_id})

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
            KneoServerError: there is nothing to continue (platform 0.4.0 answers 500 for a run at its end).
        """
        return await self._transport.call(CONTINUE, {"run_id": run_id}, idempotency_key=idempotency_key)

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
        sort_order: str = "asc",
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

    @blocking_or_awaited
    async def checkpoints(
        self,
        run_id: str,
        *,
        limit: int = 100,
        offset: int = 0,
        sort_by: str = "sequence",
        sort_order: str = "asc",
    ) -> CheckpointListResponse:
        """`GET /v1/runs/{run_id}/checkpoints`: one page of saved states, in `checkpoints`."""
        query = {"limit": limit, "offset": offset, "sort_by": sort_by, "sort_order": sort_order}
        return await self._transport.call(CHECKPOINTS, {"run_id": run_id}, query=query)

    @blocking_or_awaited
    async def checkpoints_diff(
        self, run_id: str, *, from_sequence: int | None = None, to_sequence: int | None = None
    ) -> CheckpointDiffResponse:
        """`GET /v1/runs/{run_id}/checkpoints/diff`: what changed between two checkpoints (sequences count from 1)."""
        query = {"from_sequence": from_sequence, "to_sequence": to_sequence}
        return await self._transport.call(CHECKPOINTS_DIFF, {"run_id": run_id}, query=query)

    @blocking_or_awaited
    async def policy_report(self, run_id: str) -> dict[str, Any]:
        """`GET /v1/runs/{run_id}/policy-report`: policy outcomes, as the platform's own JSON object."""
        return await self._transport.call(POLICY_REPORT, {"run_id": run_id})

    @blocking_or_awaited
    async def recovery(self, run_id: str) -> RunRecoveryResponse:
        """`GET /v1/runs/{run_id}/recovery`: how far a failed run got and what can be continued."""
        return await self._transport.call(RECOVERY, {"run_id": run_id})

    @blocking_or_awaited
    async def wait_for_completion(
        self,
        run_id: str,
        *,
        timeout: float | None = None,
        poll_interval: float = 1.0,
        terminal_statuses: Iterable[str] | None = None,
    ) -> RunStatusResponse:
        """Poll `get(run_id)` until the run has ended, and return its last state. Read `status`: ended is not completed.

        Polls that fail for a passing reason are repeated with growing pauses; ten in a row end the wait. A run that
        waits for a person (`blocked`) is not at its end: pass it in `terminal_statuses` to return there.

        Args:
            run_id: the run.
            timeout: seconds to wait in all, the polls themselves included; None waits for ever.
            poll_interval: seconds between polls, give or take a tenth; at least 0.05 are kept.
            terminal_statuses: statuses to return at; None means `DEFAULT_TERMINAL_STATUSES`.

        Raises:
            TimeoutError: the time is up; it is a `KneoWaitTimeoutError` with the `last_status` seen. The run goes on.
            KneoNotFoundError: there is no such run.
            KneoInvalidRequestError: an argument is unusable; nothing was sent.
        """
        self._transport.check_open()
        return await Waiting(self._transport, GET, run_id, timeout, poll_interval, terminal_statuses).plan()
