from __future__ import annotations

from sdk_engine.models import OpenObject


class EnvironmentPolicyListResponsePoliciesAdditionalProperty(OpenObject):
    """`EnvironmentPolicyListResponsePoliciesAdditionalProperty`: fields left open by the platform."""

    __slots__ = ()
