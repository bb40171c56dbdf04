from __future__ import annotations

from sdk_engine.models import OpenObject


class RunCreateRequestSpecType0(OpenObject):
    """`RunCreateRequestSpecType0`: fields left open by the platform."""

    __slots__ = ()
