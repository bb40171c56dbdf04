from __future__ import annotations

from kneo_client.core.models import OpenObject


class RunRecoveryResponsePendingHumanRequestType0(OpenObject):
    """`RunRecoveryResponsePendingHumanRequestType0`: fields left open by the platform."""

    __slots__ = ()
