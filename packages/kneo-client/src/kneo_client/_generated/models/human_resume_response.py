from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.human_resume_response_metadata import HumanResumeResponseMetadata


class HumanResumeResponse(Model, kw_only=True):
    """`HumanResumeResponse` of the platform's OpenAPI document.

    Attributes:
        run_id (None | str)
        status (str)
        metadata (HumanResumeResponseMetadata, or UNSET)
        output_text (None | str, or UNSET)
    """

    run_id: None | str
    status: str
    metadata: Maybe[HumanResumeResponseMetadata] = UNSET
    output_text: Maybe[None | str] = UNSET
