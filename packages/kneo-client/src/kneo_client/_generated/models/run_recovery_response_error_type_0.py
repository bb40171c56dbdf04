from __future__ import annotations

from kneo_client.core.models import OpenObject


class RunRecoveryResponseErrorType0(OpenObject):
    """`RunRecoveryResponseErrorType0`: fields left open by the platform."""

    __slots__ = ()
