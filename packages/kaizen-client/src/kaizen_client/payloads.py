"""From what the caller gives to what is sent: one check, one shape of body for each operation."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from kaizen_client.errors import KaizenInvalidRequestError
from kaizen_client.models import (
    DecodeRequest,
    EncodeRequest,
    OptimizeRequest,
    OptimizeRequestPayload,
    OptimizeResponsePayload,
    PromptDecodePayload,
    PromptEncodePayload,
)

MODELS: dict[str, type[BaseModel]] = {
    "compress": EncodeRequest,
    "decompress": DecodeRequest,
    "optimize": OptimizeRequest,
    "optimize_request": OptimizeRequestPayload,
    "optimize_response": OptimizeResponsePayload,
    "prompts_encode": PromptEncodePayload,
    "prompts_decode": PromptDecodePayload,
}


def body_of(operation: str, payload: object) -> dict[str, Any]:
    """The JSON body of a call. An optional field that is None is left out, a required one is sent as null.

    Raises:
        pydantic.ValidationError: the payload breaks the operation's model.
    """
    model = MODELS[operation]
    values = model.model_validate(_given(payload, model)).model_dump()
    if values.get("options") is not None:
        values["options"] = {name: value for name, value in values["options"].items() if value is not None}
    required = _required(model)
    return {name: value for name, value in values.items() if value is not None or name in required}


def _given(payload: object, model: type[BaseModel]) -> object:
    """The payload's fields. Those of a typed payload are checked again: it can be changed, or be another class."""
    if isinstance(payload, Mapping):
        return dict(payload)
    if isinstance(payload, BaseModel):
        required = _required(model)
        return {name: value for name, value in payload if value is not None or name in required}
    return payload


@functools.cache
def _required(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if field.is_required())


@dataclass(frozen=True)
class Chunks:
    """A payload taken apart, so that its parts can be encoded one after another."""

    payloads: list[dict[str, Any]]

    @classmethod
    def of(cls, payload: object, size: int) -> Chunks:
        """Split the list that is the prompt, or its `messages`, every `size` items; other prompts stay whole."""
        if size < 1:
            raise KaizenInvalidRequestError(f"chunk_size must be at least 1, got {size}")
        body = body_of("prompts_encode", payload)
        prompt = body["prompt"]
        named = isinstance(prompt, dict) and set(prompt) == {"messages"}
        items = prompt["messages"] if named else prompt
        if not isinstance(items, list) or len(items) <= size:
            return cls([body])
        parts = [items[start : start + size] for start in range(0, len(items), size)]
        return cls([{**body, "prompt": {"messages": part} if named else part} for part in parts])
