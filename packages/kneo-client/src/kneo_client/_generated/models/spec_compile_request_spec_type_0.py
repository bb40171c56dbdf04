from __future__ import annotations

from kneo_client.core.models import OpenObject


class SpecCompileRequestSpecType0(OpenObject):
    """`SpecCompileRequestSpecType0`: fields left open by the platform."""

    __slots__ = ()
