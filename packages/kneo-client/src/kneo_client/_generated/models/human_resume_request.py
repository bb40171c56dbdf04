from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.human_resume_request_metadata import HumanResumeRequestMetadata


class HumanResumeRequest(Model, kw_only=True):
    """`HumanResumeRequest` of the platform's OpenAPI document."""

    decision: str
    request_id: str
    content: Maybe[None | str] = UNSET
    metadata: Maybe[HumanResumeRequestMetadata] = UNSET
    selected_option: Maybe[None | str] = UNSET
