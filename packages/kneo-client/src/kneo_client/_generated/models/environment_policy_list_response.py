from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import MapModel

from ..models.environment_policy_list_response_policies import EnvironmentPolicyListResponsePolicies


class EnvironmentPolicyListResponse(MapModel, kw_only=True):
    """`EnvironmentPolicyListResponse` of the platform's OpenAPI document.

    Attributes:
        count (int)
        policies (EnvironmentPolicyListResponsePolicies)
    """

    entries__: ClassVar[str] = "policies"

    count: int
    policies: EnvironmentPolicyListResponsePolicies
