from __future__ import annotations

from kneo_client.core.models import OpenObject


class EnvironmentPolicyResponsePreviousPolicyType0(OpenObject):
    """`EnvironmentPolicyResponsePreviousPolicyType0`: fields left open by the platform."""

    __slots__ = ()
