from __future__ import annotations

from sdk_engine.models import OpenObject


class RunStatusResponseMetadata(OpenObject):
    """`RunStatusResponseMetadata`: fields left open by the platform."""

    __slots__ = ()
