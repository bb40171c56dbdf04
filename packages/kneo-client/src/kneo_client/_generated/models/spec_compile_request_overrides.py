from __future__ import annotations

from sdk_engine.models import OpenObject


class SpecCompileRequestOverrides(OpenObject):
    """`SpecCompileRequestOverrides`: fields left open by the platform."""

    __slots__ = ()
