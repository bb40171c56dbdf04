from __future__ import annotations

from sdk_engine.models import OpenObject


class RunRecoveryResponsePendingHumanRequestType0(OpenObject):
    """`RunRecoveryResponsePendingHumanRequestType0`: fields left open by the platform."""

    __slots__ = ()
