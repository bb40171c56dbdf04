from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.trace_response_events_item import TraceResponseEventsItem


class TraceResponse(Model, kw_only=True):
    """`TraceResponse` of the platform's OpenAPI document."""

    events: list[TraceResponseEventsItem]
    run_id: str
    count: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
