from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model


class EnvironmentPolicyRequest(Model, kw_only=True):
    """`EnvironmentPolicyRequest` of the platform's OpenAPI document.

    Attributes:
        blocked_diagnostic_codes (list[str], or UNSET)
        deny_unrestricted_tools (bool, or UNSET)
        enabled (bool, or UNSET)
        fail_on_warnings (bool, or UNSET)
        require_guardrails (bool, or UNSET)
        require_human_review (bool, or UNSET)
        require_tool_permissions (bool, or UNSET)
    """

    blocked_diagnostic_codes: Maybe[list[str]] = UNSET
    deny_unrestricted_tools: Maybe[bool] = UNSET
    enabled: Maybe[bool] = UNSET
    fail_on_warnings: Maybe[bool] = UNSET
    require_guardrails: Maybe[bool] = UNSET
    require_human_review: Maybe[bool] = UNSET
    require_tool_permissions: Maybe[bool] = UNSET
