from __future__ import annotations

from sdk_engine.models import OpenObject


class RunStatusResponseErrorType0(OpenObject):
    """`RunStatusResponseErrorType0`: fields left open by the platform."""

    __slots__ = ()
