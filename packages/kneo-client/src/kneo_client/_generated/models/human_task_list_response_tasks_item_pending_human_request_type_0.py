from __future__ import annotations

from sdk_engine.models import OpenObject


class HumanTaskListResponseTasksItemPendingHumanRequestType0(OpenObject):
    """`HumanTaskListResponseTasksItemPendingHumanRequestType0`: fields left open by the platform."""

    __slots__ = ()
