"""Human tasks: runs that wait for a person's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.types import HumanResumeRequest, HumanResumeResponse, HumanTaskListResponse, HumanTaskResponse

LIST_TASKS = Operation("GET", "/v1/human-tasks", typed(lambda: types.HumanTaskListResponse))
GET_TASK = Operation("GET", "/v1/human-tasks/{continuation_id}", typed(lambda: types.HumanTaskResponse))
RESUME_TASK = Operation("POST", "/v1/human-tasks/{continuation_id}/resume", typed(lambda: types.HumanResumeResponse))


class HumanTasksClient(Group[D]):
    """Finds the decisions that are waited for, and gives them. A task's id is the run's `continuation_id`."""

    @blocking_or_awaited
    async def list(
        self,
        *,
        status: str | None = None,
        limit: int = 100,
        offset: int = 0,
        sort_by: str = "created_at",
        sort_order: str = "desc",
    ) -> HumanTaskListResponse:
        """`GET /v1/human-tasks`: one page of open tasks. Platform 0.4.0 ignores `status`."""
        query = {"status": status, "limit": limit, "offset": offset, "sort_by": sort_by, "sort_order": sort_order}
        return await self._transport.call(LIST_TASKS, query=query)

    @blocking_or_awaited
    async def get(self, continuation_id: str) -> HumanTaskResponse:
        """`GET /v1/human-tasks/{continuation_id}`: what is asked, in `request`.

        Raises:
            KneoNotFoundError: no such task, or it was already resumed or cancelled.
        """
        return await self._transport.call(GET_TASK, {"continuation_id": continuation_id})

    @blocking_or_awaited
    async def resume(
        self,
        continuation_id: str,
        body: HumanResumeRequest | dict[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> HumanResumeResponse:
        """`POST /v1/human-tasks/{continuation_id}/resume`: decide, and let the run go on.

        Args:
            continuation_id: the task.
            body: `request_id` (the id inside the task's `request`) and `decision`, one of approved, rejected,
                edited, selected, provided; `content` or `selected_option` where the decision needs it.
            idempotency_key: key for repeating this decision safely; fresh when left out.

        Raises:
            KneoNotFoundError: no such task, or it is already decided.
            KneoConflictError: somebody else is deciding right now, or the run no longer waits; see `code`.
        """
        segments = {"continuation_id": continuation_id}
        return await self._transport.call(RESUME_TASK, segments, json=body, idempotency_key=idempotency_key)
