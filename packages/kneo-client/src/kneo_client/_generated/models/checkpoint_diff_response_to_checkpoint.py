from __future__ import annotations

from kneo_client.core.models import OpenObject


class CheckpointDiffResponseToCheckpoint(OpenObject):
    """`CheckpointDiffResponseToCheckpoint`: fields left open by the platform."""

    __slots__ = ()
