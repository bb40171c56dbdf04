from __future__ import annotations

from sdk_engine.models import OpenObject


class RunStatusResponsePendingHumanRequestType0(OpenObject):
    """`RunStatusResponsePendingHumanRequestType0`: fields left open by the platform."""

    __slots__ = ()
