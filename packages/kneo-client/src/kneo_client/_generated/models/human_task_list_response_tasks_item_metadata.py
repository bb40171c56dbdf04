from __future__ import annotations

from sdk_engine.models import OpenObject


class HumanTaskListResponseTasksItemMetadata(OpenObject):
    """`HumanTaskListResponseTasksItemMetadata`: fields left open by the platform."""

    __slots__ = ()
