from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.environment_policy_response_policy_type_0 import EnvironmentPolicyResponsePolicyType0
from ..models.environment_policy_response_previous_policy_type_0 import EnvironmentPolicyResponsePreviousPolicyType0


class EnvironmentPolicyResponse(Model, kw_only=True):
    """`EnvironmentPolicyResponse` of the platform's OpenAPI document.

    Attributes:
        environment (str)
        policy (EnvironmentPolicyResponsePolicyType0 | None, or UNSET)
        previous_policy (EnvironmentPolicyResponsePreviousPolicyType0 | None, or UNSET)
    """

    environment: str
    policy: Maybe[EnvironmentPolicyResponsePolicyType0 | None] = UNSET
    previous_policy: Maybe[EnvironmentPolicyResponsePreviousPolicyType0 | None] = UNSET
