from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model


class RunUsage(Model, kw_only=True):
    """`RunUsage` of the platform's OpenAPI document.

    Attributes:
        input_tokens (int, or UNSET)
        output_tokens (int, or UNSET)
        total_tokens (int, or UNSET)
    """

    input_tokens: Maybe[int] = UNSET
    output_tokens: Maybe[int] = UNSET
    total_tokens: Maybe[int] = UNSET
