"""Human tasks: runs that wait for a person's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.connection import checked
from kneo_client.core.errors import KneoProtocolError
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.bodies import HumanResumeBody
    from kneo_client.core.values import SortOrder, TaskStatus
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
        status: TaskStatus | None = None,
        limit: int = 100,
        offset: int = 0,
        sort_by: str = "created_at",
        sort_order: SortOrder = "desc",
        run_id: str | None = None,
        workflow_kind: str | None = None,
    ) -> HumanTaskListResponse:
        """`GET /v1/human-tasks`: one page of open tasks.

        Args:
            status: pending or escalated; platform 0.4.0 ignores it.
            limit: page size, 1 to 1000.
            offset: rows to skip, at most 10000.
            sort_by: field of a task, such as `expires_at`. Tasks have no `created_at`: by default they come in the
                platform's own order.
            sort_order: asc or desc.
            run_id, workflow_kind: only tasks of this run, or of such workflows.
        """
        query: dict[str, object] = {"status": status, "run_id": run_id, "workflow_kind": workflow_kind}
        query |= {"limit": limit, "offset": offset}
        if sort_by != "created_at":
            query |= {"sort_by": sort_by, "sort_order": sort_order}
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
        body: HumanResumeRequest | HumanResumeBody | dict[str, Any],
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
            KneoHumanTaskExpiredError: the decision came too late.
        """
        segments = {"continuation_id": continuation_id}
        return await self._transport.call(RESUME_TASK, segments, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def resume_by_id(
        self,
        continuation_id: str,
        body: HumanResumeRequest | HumanResumeBody | dict[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> HumanResumeResponse:
        """`resume`, for who knows the task's id alone: a `request_id` that `body` leaves out is looked up first.

        Raises:
            KneoProtocolError: the task does not say what is asked.
            KneoError: as for `resume`.
        """
        segments = {"continuation_id": continuation_id}
        body = checked(body)
        if isinstance(body, dict) and "request_id" not in body:
            task = await self._transport.call(GET_TASK, segments)
            body = {"request_id": _asked(continuation_id, task.request), **body}
        return await self._transport.call(RESUME_TASK, segments, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def resume_first_pending(
        self,
        body: HumanResumeRequest | HumanResumeBody | dict[str, Any],
        *,
        run_id: str | None = None,
        workflow_kind: str | None = None,
        idempotency_key: str | None = None,
    ) -> HumanResumeResponse | None:
        """Decide the first task that waits, of all or of this run or kind of workflow; None if none does.

        A `request_id` that `body` leaves out is taken from the task.

        Raises:
            KneoError: as for `resume`.
        """
        query = {"run_id": run_id, "workflow_kind": workflow_kind, "limit": 1, "offset": 0}
        page = await self._transport.call(LIST_TASKS, query=query)
        if not page.tasks:
            return None
        task = page.tasks[0]
        body = checked(body)
        if isinstance(body, dict) and "request_id" not in body:
            body = {"request_id": _asked(task.id, task.get("pending_human_request")), **body}
        segments = {"continuation_id": task.id}
        return await self._transport.call(RESUME_TASK, segments, json=body, idempotency_key=idempotency_key)


def _asked(continuation_id: str, request: Any) -> str:
    """The id of what a task asks."""
    asked = request.get("id") if request else None
    if isinstance(asked, str):
        return asked
    facts: dict[str, Any] = {"method": GET_TASK.method, "path": GET_TASK.path, "status": 200, "attempts": 1}
    raise KneoProtocolError(f"human task {continuation_id} does not say what is asked", **facts)
