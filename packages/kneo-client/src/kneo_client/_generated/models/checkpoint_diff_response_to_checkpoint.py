from __future__ import annotations

from sdk_engine.models import OpenObject


class CheckpointDiffResponseToCheckpoint(OpenObject):
    """`CheckpointDiffResponseToCheckpoint`: fields left open by the platform."""

    __slots__ = ()
