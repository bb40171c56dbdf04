from __future__ import annotations

from kneo_client.core.models import Model

from ..models.environment_policy_preview_response_diff import EnvironmentPolicyPreviewResponseDiff


class EnvironmentPolicyPreviewResponse(Model, kw_only=True):
    """`EnvironmentPolicyPreviewResponse` of the platform's OpenAPI document.

    Attributes:
        affected_run_ids (list[str])
        diff (EnvironmentPolicyPreviewResponseDiff)
        environment (str)
        newly_blocking (list[str])
        runs_evaluated (int)
    """

    affected_run_ids: list[str]
    diff: EnvironmentPolicyPreviewResponseDiff
    environment: str
    newly_blocking: list[str]
    runs_evaluated: int
