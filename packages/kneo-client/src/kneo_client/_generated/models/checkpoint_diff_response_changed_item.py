from __future__ import annotations

from kneo_client.core.models import OpenObject


class CheckpointDiffResponseChangedItem(OpenObject):
    """`CheckpointDiffResponseChangedItem`: fields left open by the platform."""

    __slots__ = ()
