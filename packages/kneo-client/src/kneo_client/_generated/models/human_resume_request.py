from __future__ import annotations

from typing import Any

from kneo_client.core.models import UNSET, Maybe, Model


class HumanResumeRequest(Model, kw_only=True):
    """`HumanResumeRequest` of the platform's OpenAPI document.

    Attributes:
        decision (str)
        request_id (str)
        content (None | str, or UNSET)
        metadata (dict[str, Any], or UNSET)
        selected_option (None | str, or UNSET)
    """

    decision: str
    request_id: str
    content: Maybe[None | str] = UNSET
    metadata: Maybe[dict[str, Any]] = UNSET
    selected_option: Maybe[None | str] = UNSET
