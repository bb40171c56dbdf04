"""Human tasks: runs that wait for a person's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.operation import Operation

from kneo_client import types

if TYPE_CHECKING:
    from kneo_client.core.transport import Transport
    from kneo_client.types import HumanResumeRequest, HumanResumeResponse, HumanTaskListResponse, HumanTaskResponse

LIST_TASKS = Operation("GET", "/v1/human-tasks", lambda: types.HumanTaskListResponse)
GET_TASK = Operation("GET", "/v1/human-tasks/{continuation_id}", lambda: types.HumanTaskResponse)
RESUME_TASK = Operation("POST", "/v1/human-tasks/{continuation_id}/resume", lambda: types.HumanResumeResponse)


class HumanTasksClient:
    """Finds the decisions that are waited for, and gives them. A task's id is the run's `continuation_id`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

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

    async def get(self, continuation_id: str) -> HumanTaskResponse:
        """`GET /v1/human-tasks/{continuation_id}`: what is asked, in `request`.

        Raises:
            KneoNotFoundError: no such task, or it was already resumed or cancelled.
        """
        return await self._transport.call(GET_TASK, {"continuation_id": continuation_id})

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
