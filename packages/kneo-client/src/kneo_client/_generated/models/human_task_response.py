from __future__ import annotations

from sdk_engine.models import Model

from ..models.human_task_response_request_type_0 import HumanTaskResponseRequestType0


class HumanTaskResponse(Model, kw_only=True):
    """`HumanTaskResponse` of the platform's OpenAPI document."""

    continuation_id: str
    request: HumanTaskResponseRequestType0 | None
