from __future__ import annotations

from kneo_client.core.models import OpenObject


class RunStatusResponsePendingHumanRequestType0(OpenObject):
    """`RunStatusResponsePendingHumanRequestType0`: fields left open by the platform."""

    __slots__ = ()
