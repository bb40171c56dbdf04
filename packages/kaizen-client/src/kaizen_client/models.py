"""The payloads of the operations. Unknown fields are refused, so a typo fails before anything is sent."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "DecodeOptions",
    "DecodeRequest",
    "EncodeOptions",
    "EncodeRequest",
    "OptimizeRequest",
    "OptimizeRequestPayload",
    "OptimizeResponsePayload",
    "PromptDecodePayload",
    "PromptEncodePayload",
]


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, revalidate_instances="always")


class EncodeOptions(_Payload):
    """How KTOF is written.

    Attributes:
        delimiter: one character between values; the service takes a comma, a tab or `|`.
        indent: blanks for each level, at least 1; the service's default is 2.
        length_marker: True or "#" writes `[#3]` instead of `[3]`.
    """

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    indent: Annotated[int, Field(ge=1)] | None = None
    length_marker: bool | str | None = None


class DecodeOptions(_Payload):
    """How KTOF is read.

    Attributes:
        indent: blanks for each level; must be the writer's when `strict`.
        strict: False forgives bad indentation and wrong counts.
    """

    indent: Annotated[int, Field(ge=1)] | None = None
    strict: bool | None = True


class EncodeRequest(_Payload):
    """Payload of `compress`, and of `optimize` without token counts.

    Attributes:
        data: any JSON value, None included.
    """

    data: Any
    options: EncodeOptions | None = None


class OptimizeRequest(EncodeRequest):
    """Payload of `optimize`.

    Attributes:
        token_models: models to count tokens for, such as "gpt-4o-mini".
    """

    token_models: list[str] | None = None


class DecodeRequest(_Payload):
    """Payload of `decompress`.

    Attributes:
        data: KTOF text, or the id of a stored payload where the plan has those.
    """

    data: str
    options: DecodeOptions | None = None


class PromptEncodePayload(_Payload):
    """Payload of `prompts_encode`.

    Attributes:
        prompt: any JSON value; a text, or an object such as `{"messages": [...]}`.
        auto_detect_json: in a text, rewrite the JSON found in it.
        schemas: names for parts of the prompt; echoed, it changes nothing about the encoding.
        metadata: ids of your own; echoed.
        token_models: models to count tokens for.
    """

    prompt: Any
    options: EncodeOptions | None = None
    auto_detect_json: bool = True
    schemas: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    token_models: list[str] | None = None


class PromptDecodePayload(_Payload):
    """Payload of `prompts_decode`.

    Attributes:
        ktof: the text to decode.
        replay_meta: what an earlier answer said about the text; echoed.
        metadata: ids of your own; echoed.
    """

    ktof: str
    options: DecodeOptions | None = None
    replay_meta: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


class OptimizeRequestPayload(_Payload):
    """Payload of `optimize_request`: as `PromptEncodePayload`, without schemas."""

    prompt: Any
    options: EncodeOptions | None = None
    auto_detect_json: bool = True
    metadata: dict[str, Any] | None = None
    token_models: list[str] | None = None


class OptimizeResponsePayload(_Payload):
    """Payload of `optimize_response`.

    Attributes:
        ktof: the text to decode.
    """

    ktof: str
    options: DecodeOptions | None = None
