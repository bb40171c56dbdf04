from __future__ import annotations

from kneo_client.core.models import OpenObject


class SpecExplainRequestSpecType0(OpenObject):
    """`SpecExplainRequestSpecType0`: fields left open by the platform."""

    __slots__ = ()
