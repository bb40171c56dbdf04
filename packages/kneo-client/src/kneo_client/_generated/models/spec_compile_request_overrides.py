from __future__ import annotations

from kneo_client.core.models import OpenObject


class SpecCompileRequestOverrides(OpenObject):
    """`SpecCompileRequestOverrides`: fields left open by the platform."""

    __slots__ = ()
