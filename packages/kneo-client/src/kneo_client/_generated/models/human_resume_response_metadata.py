from __future__ import annotations

from sdk_engine.models import OpenObject


class HumanResumeResponseMetadata(OpenObject):
    """`HumanResumeResponseMetadata`: fields left open by the platform."""

    __slots__ = ()
