from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, Maybe, Page

from ..models.audit_event_list_response_events_item import AuditEventListResponseEventsItem


class AuditEventListResponse(Page[AuditEventListResponseEventsItem], kw_only=True):
    """`AuditEventListResponse` of the platform's OpenAPI document."""

    rows__: ClassVar[str] = "events"

    count: int
    events: list[AuditEventListResponseEventsItem]
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
    window: Maybe[int | None] = UNSET
