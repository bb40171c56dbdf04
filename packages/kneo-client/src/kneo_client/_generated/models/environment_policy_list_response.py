from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import Keyed

from ..models.environment_policy_list_response_policies import EnvironmentPolicyListResponsePolicies


class EnvironmentPolicyListResponse(Keyed, kw_only=True):
    """`EnvironmentPolicyListResponse` of the platform's OpenAPI document."""

    entries__: ClassVar[str] = "policies"

    count: int
    policies: EnvironmentPolicyListResponsePolicies
