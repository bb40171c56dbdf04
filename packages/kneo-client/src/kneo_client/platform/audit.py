"""The audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.core.values import SortOrder
    from kneo_client.types import AuditEventListResponse

LIST_EVENTS = Operation("GET", "/v1/audit-events", typed(lambda: types.AuditEventListResponse))


class AuditClient(Group[D]):
    """What was done to runs, human tasks, credentials and policies, and by whom."""

    @blocking_or_awaited
    async def list(
        self,
        *,
        event_type: str | None = None,
        run_id: str | None = None,
        principal: str | None = None,
        limit: int = 100,
        offset: int = 0,
        sort_by: str = "timestamp",
        sort_order: SortOrder = "desc",
    ) -> AuditEventListResponse:
        """`GET /v1/audit-events`: one page of audit events, the newest first.

        Platform 0.4.0 filters by `event_type` and `run_id` and obeys `limit` (1 to 1000); it ignores the rest and
        reports no total.

        Args:
            event_type, run_id: only such events.
            principal: no platform filters by it: 0.4.0 ignores it, 1.2.0 refuses it. Compare the events' `actor`.
            limit: page size, 1 to 1000.
            offset: rows to skip, at most 10000.
            sort_by: field of an event; "timestamp" means the field `created_at`.
            sort_order: asc or desc.

        Raises:
            KneoValidationError: `principal` was given to platform 1.2.0.
        """
        query = {
            "event_type": event_type,
            "run_id": run_id,
            "principal": principal,
            "limit": limit,
            "offset": offset,
            "sort_by": "created_at" if sort_by == "timestamp" else sort_by,
            "sort_order": sort_order,
        }
        return await self._transport.call(LIST_EVENTS, query=query)
