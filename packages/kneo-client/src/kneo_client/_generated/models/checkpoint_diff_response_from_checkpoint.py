from __future__ import annotations

from sdk_engine.models import OpenObject


class CheckpointDiffResponseFromCheckpoint(OpenObject):
    """`CheckpointDiffResponseFromCheckpoint`: fields left open by the platform."""

    __slots__ = ()
