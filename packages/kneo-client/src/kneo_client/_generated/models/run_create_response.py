from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.run_create_response_metadata import RunCreateResponseMetadata


class RunCreateResponse(Model, kw_only=True):
    """`RunCreateResponse` of the platform's OpenAPI document."""

    run_id: str
    status: str
    continuation_id: Maybe[None | str] = UNSET
    human_intervention_required: Maybe[bool] = UNSET
    metadata: Maybe[RunCreateResponseMetadata] = UNSET
    output_text: Maybe[None | str] = UNSET
