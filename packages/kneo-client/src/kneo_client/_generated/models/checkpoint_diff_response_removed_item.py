from __future__ import annotations

from sdk_engine.models import OpenObject


class CheckpointDiffResponseRemovedItem(OpenObject):
    """`CheckpointDiffResponseRemovedItem`: fields left open by the platform."""

    __slots__ = ()
