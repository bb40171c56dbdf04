from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, Maybe, Page

from ..models.trace_response_events_item import TraceResponseEventsItem


class TraceResponse(Page[TraceResponseEventsItem], kw_only=True):
    """`TraceResponse` of the platform's OpenAPI document."""

    rows__: ClassVar[str] = "events"

    events: list[TraceResponseEventsItem]
    run_id: str
    complete: Maybe[bool] = UNSET
    count: Maybe[int] = UNSET
    dropped: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
    window: Maybe[int | None] = UNSET
