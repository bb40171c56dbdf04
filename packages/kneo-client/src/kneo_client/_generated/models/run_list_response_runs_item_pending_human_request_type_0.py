from __future__ import annotations

from sdk_engine.models import OpenObject


class RunListResponseRunsItemPendingHumanRequestType0(OpenObject):
    """`RunListResponseRunsItemPendingHumanRequestType0`: fields left open by the platform."""

    __slots__ = ()
