from __future__ import annotations

from kneo_client.core.models import OpenObject


class EnvironmentPolicyResponsePolicyType0(OpenObject):
    """`EnvironmentPolicyResponsePolicyType0`: fields left open by the platform."""

    __slots__ = ()
