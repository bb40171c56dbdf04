from __future__ import annotations

from typing import Any, ClassVar

from kneo_client.core.models import ABSENT, UNSET, Maybe, Model, Observed


class AuditEventListResponseEventsItem(Model, kw_only=True):
    """`AuditEventListResponseEventsItem` of the platform's OpenAPI document.

    Attributes:
        id (str)
        event_type (str)
        actor (None | str, or UNSET)
        run_id (None | str, or UNSET)
        continuation_id (None | str, or UNSET)
        metadata (dict[str, Any], or UNSET)
        created_at (None | str, or UNSET)
    """

    open_ended: ClassVar[bool] = True

    id: Observed[str] = ABSENT
    event_type: Observed[str] = ABSENT
    actor: Observed[Maybe[None | str]] = UNSET
    run_id: Observed[Maybe[None | str]] = UNSET
    continuation_id: Observed[Maybe[None | str]] = UNSET
    metadata: Observed[Maybe[dict[str, Any]]] = UNSET
    created_at: Observed[Maybe[None | str]] = UNSET
