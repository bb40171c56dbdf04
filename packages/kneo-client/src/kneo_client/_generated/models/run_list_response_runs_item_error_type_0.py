from __future__ import annotations

from sdk_engine.models import OpenObject


class RunListResponseRunsItemErrorType0(OpenObject):
    """`RunListResponseRunsItemErrorType0`: fields left open by the platform."""

    __slots__ = ()
