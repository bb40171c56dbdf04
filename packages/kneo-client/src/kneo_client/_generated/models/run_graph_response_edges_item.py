from __future__ import annotations

from kneo_client.core.models import OpenObject


class RunGraphResponseEdgesItem(OpenObject):
    """`RunGraphResponseEdgesItem`: fields left open by the platform."""

    __slots__ = ()
