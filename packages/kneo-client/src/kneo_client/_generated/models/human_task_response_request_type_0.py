from __future__ import annotations

from kneo_client.core.models import OpenObject


class HumanTaskResponseRequestType0(OpenObject):
    """`HumanTaskResponseRequestType0`: fields left open by the platform."""

    __slots__ = ()
