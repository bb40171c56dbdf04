from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.human_task_response_messages_type_0_item import HumanTaskResponseMessagesType0Item
from ..models.human_task_response_request_type_0 import HumanTaskResponseRequestType0


class HumanTaskResponse(Model, kw_only=True):
    """`HumanTaskResponse` of the platform's OpenAPI document.

    Attributes:
        continuation_id (str)
        request (HumanTaskResponseRequestType0 | None)
        messages (list[HumanTaskResponseMessagesType0Item] | None, or UNSET)
    """

    continuation_id: str
    request: HumanTaskResponseRequestType0 | None
    messages: Maybe[list[HumanTaskResponseMessagesType0Item] | None] = UNSET
