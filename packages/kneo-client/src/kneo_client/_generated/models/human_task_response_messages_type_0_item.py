from __future__ import annotations

from kneo_client.core.models import OpenObject


class HumanTaskResponseMessagesType0Item(OpenObject):
    """`HumanTaskResponseMessagesType0Item`: fields left open by the platform."""

    __slots__ = ()
