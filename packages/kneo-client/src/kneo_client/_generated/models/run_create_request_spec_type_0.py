from __future__ import annotations

from kneo_client.core.models import OpenObject


class RunCreateRequestSpecType0(OpenObject):
    """`RunCreateRequestSpecType0`: fields left open by the platform."""

    __slots__ = ()
