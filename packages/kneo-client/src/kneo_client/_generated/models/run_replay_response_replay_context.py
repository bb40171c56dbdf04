from __future__ import annotations

from sdk_engine.models import OpenObject


class RunReplayResponseReplayContext(OpenObject):
    """`RunReplayResponseReplayContext`: fields left open by the platform."""

    __slots__ = ()
