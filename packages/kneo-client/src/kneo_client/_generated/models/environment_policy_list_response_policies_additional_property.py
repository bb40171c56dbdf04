from __future__ import annotations

from kneo_client.core.models import OpenObject


class EnvironmentPolicyListResponsePoliciesAdditionalProperty(OpenObject):
    """`EnvironmentPolicyListResponsePoliciesAdditionalProperty`: fields left open by the platform."""

    __slots__ = ()
