from __future__ import annotations

from sdk_engine.models import OpenObject


class CheckpointListResponseCheckpointsItemMetadata(OpenObject):
    """`CheckpointListResponseCheckpointsItemMetadata`: fields left open by the platform."""

    __slots__ = ()
