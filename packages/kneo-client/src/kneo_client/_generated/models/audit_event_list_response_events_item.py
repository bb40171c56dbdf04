from __future__ import annotations

from typing import Any, ClassVar

from sdk_engine.models import UNSET, Maybe, Model


class AuditEventListResponseEventsItem(Model, kw_only=True):
    """`AuditEventListResponseEventsItem` of the platform's OpenAPI document."""

    open_ended: ClassVar[bool] = True

    id: str
    event_type: str
    actor: Maybe[None | str] = UNSET
    run_id: Maybe[None | str] = UNSET
    continuation_id: Maybe[None | str] = UNSET
    metadata: Maybe[dict[str, Any]] = UNSET
    created_at: Maybe[None | str] = UNSET
