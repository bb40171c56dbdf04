from __future__ import annotations

from sdk_engine.models import OpenObject


class CheckpointDiffResponseChangedItem(OpenObject):
    """`CheckpointDiffResponseChangedItem`: fields left open by the platform."""

    __slots__ = ()
