from __future__ import annotations

from kneo_client.core.models import OpenObject


class SpecGraphRequestSpecType0(OpenObject):
    """`SpecGraphRequestSpecType0`: fields left open by the platform."""

    __slots__ = ()
