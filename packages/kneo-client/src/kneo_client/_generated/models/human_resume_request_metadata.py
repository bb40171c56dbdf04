from __future__ import annotations

from sdk_engine.models import OpenObject


class HumanResumeRequestMetadata(OpenObject):
    """`HumanResumeRequestMetadata`: fields left open by the platform."""

    __slots__ = ()
