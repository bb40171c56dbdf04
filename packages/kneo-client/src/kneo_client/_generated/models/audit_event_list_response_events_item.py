from __future__ import annotations

from typing import ClassVar

from sdk_engine.models import UNSET, Maybe, Model

from ..models.audit_event_list_response_events_item_metadata import AuditEventListResponseEventsItemMetadata


class AuditEventListResponseEventsItem(Model, kw_only=True):
    """`AuditEventListResponseEventsItem` of the platform's OpenAPI document."""

    open_ended: ClassVar[bool] = True

    id: str
    event_type: str
    actor: Maybe[None | str] = UNSET
    run_id: Maybe[None | str] = UNSET
    continuation_id: Maybe[None | str] = UNSET
    metadata: Maybe[AuditEventListResponseEventsItemMetadata] = UNSET
    created_at: Maybe[None | str] = UNSET
