from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.run_create_response_metadata import RunCreateResponseMetadata


class RunCreateResponse(Model, kw_only=True):
    """`RunCreateResponse` of the platform's OpenAPI document.

    Attributes:
        run_id (str)
        status (str)
        continuation_id (None | str, or UNSET)
        human_intervention_required (bool, or UNSET)
        metadata (RunCreateResponseMetadata, or UNSET)
        output_text (None | str, or UNSET)
    """

    run_id: str
    status: str
    continuation_id: Maybe[None | str] = UNSET
    human_intervention_required: Maybe[bool] = UNSET
    metadata: Maybe[RunCreateResponseMetadata] = UNSET
    output_text: Maybe[None | str] = UNSET
