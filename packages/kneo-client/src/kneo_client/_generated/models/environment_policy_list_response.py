from __future__ import annotations

from sdk_engine.models import Model

from ..models.environment_policy_list_response_policies import EnvironmentPolicyListResponsePolicies


class EnvironmentPolicyListResponse(Model, kw_only=True):
    """`EnvironmentPolicyListResponse` of the platform's OpenAPI document."""

    count: int
    policies: EnvironmentPolicyListResponsePolicies
