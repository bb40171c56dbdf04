from __future__ import annotations

from sdk_engine.models import OpenObject


class AuditEventListResponseEventsItemMetadata(OpenObject):
    """`AuditEventListResponseEventsItemMetadata`: fields left open by the platform."""

    __slots__ = ()
