from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, ListModel, Maybe

from ..models.audit_event_list_response_events_item import AuditEventListResponseEventsItem


class AuditEventListResponse(ListModel[AuditEventListResponseEventsItem], kw_only=True):
    """`AuditEventListResponse` of the platform's OpenAPI document.

    Attributes:
        count (int)
        events (list[AuditEventListResponseEventsItem])
        limit (int, or UNSET)
        offset (int, or UNSET)
        sort_by (None | str, or UNSET)
        sort_order (str, or UNSET)
        total (int, or UNSET)
        window (int | None, or UNSET)
    """

    rows__: ClassVar[str] = "events"

    count: int
    events: list[AuditEventListResponseEventsItem]
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
    window: Maybe[int | None] = UNSET
