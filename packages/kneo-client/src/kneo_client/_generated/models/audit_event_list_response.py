from __future__ import annotations

from sdk_engine.models import Model

from ..models.audit_event_list_response_events_item import AuditEventListResponseEventsItem


class AuditEventListResponse(Model, kw_only=True):
    """`AuditEventListResponse` of the platform's OpenAPI document."""

    count: int
    events: list[AuditEventListResponseEventsItem]
