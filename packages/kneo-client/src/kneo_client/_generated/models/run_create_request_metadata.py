from __future__ import annotations

from sdk_engine.models import OpenObject


class RunCreateRequestMetadata(OpenObject):
    """`RunCreateRequestMetadata`: fields left open by the platform."""

    __slots__ = ()
