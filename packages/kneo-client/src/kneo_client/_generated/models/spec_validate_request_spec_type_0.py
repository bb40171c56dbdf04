from __future__ import annotations

from kneo_client.core.models import OpenObject


class SpecValidateRequestSpecType0(OpenObject):
    """`SpecValidateRequestSpecType0`: fields left open by the platform."""

    __slots__ = ()
