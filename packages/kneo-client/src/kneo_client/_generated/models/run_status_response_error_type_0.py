from __future__ import annotations

from kneo_client.core.models import OpenObject


class RunStatusResponseErrorType0(OpenObject):
    """`RunStatusResponseErrorType0`: fields left open by the platform."""

    __slots__ = ()
