from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, ListModel, Maybe

from ..models.trace_response_events_item import TraceResponseEventsItem


class TraceResponse(ListModel[TraceResponseEventsItem], kw_only=True):
    """`TraceResponse` of the platform's OpenAPI document.

    Attributes:
        events (list[TraceResponseEventsItem])
        run_id (str)
        complete (bool, or UNSET)
        count (int, or UNSET)
        dropped (int, or UNSET)
        limit (int, or UNSET)
        offset (int, or UNSET)
        sort_by (None | str, or UNSET)
        sort_order (str, or UNSET)
        total (int, or UNSET)
        window (int | None, or UNSET)
    """

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
