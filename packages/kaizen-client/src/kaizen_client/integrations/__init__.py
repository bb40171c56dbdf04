"""Vendors' chat APIs with prompts encoded by Kaizen. Importing this loads no vendor's SDK."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaizen_client.integrations.anthropic import AnthropicKaizenWrapper
    from kaizen_client.integrations.gemini import GeminiKaizenWrapper
    from kaizen_client.integrations.openai import OpenAICompatibleKaizenWrapper, OpenAIKaizenWrapper

_HOMES = {
    "AnthropicKaizenWrapper": "kaizen_client.integrations.anthropic",
    "GeminiKaizenWrapper": "kaizen_client.integrations.gemini",
    "OpenAICompatibleKaizenWrapper": "kaizen_client.integrations.openai",
    "OpenAIKaizenWrapper": "kaizen_client.integrations.openai",
}

__all__ = [
    "AnthropicKaizenWrapper",
    "GeminiKaizenWrapper",
    "OpenAICompatibleKaizenWrapper",
    "OpenAIKaizenWrapper",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
