"""Typed client for the Kaizen token optimisation service, with the KTOF format itself and an offline mode.

    async with KaizenClient.from_env() as client:
        encoded = await client.prompts_encode({"prompt": {"messages": messages}, "metadata": {"trace_id": "t-1"}})

Names load when they are first used: importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kaizen_client._version import __version__

if TYPE_CHECKING:
    from sdk_engine.retries import RetryPolicy

    from kaizen_client.batch import BatchItem
    from kaizen_client.cache import MemoryCache, RedisCache
    from kaizen_client.client import KaizenClient, SyncKaizenClient
    from kaizen_client.config import KaizenClientConfig
    from kaizen_client.decorators import with_kaizen_client
    from kaizen_client.errors import (
        KaizenAPIError,
        KaizenConfigurationError,
        KaizenError,
        KaizenInvalidRequestError,
        KaizenProviderError,
        KaizenRateLimitError,
        KaizenRequestError,
        KaizenResponseError,
        KaizenValidationError,
    )
    from kaizen_client.models import (
        DecodeOptions,
        DecodeRequest,
        EncodeOptions,
        EncodeRequest,
        OptimizeRequest,
        OptimizeRequestPayload,
        OptimizeResponsePayload,
        PromptDecodePayload,
        PromptEncodePayload,
    )
    from kaizen_client.savings import SavingsReport
    from kaizen_client.tokens import estimate_tokens

_HOMES = {
    "RetryPolicy": "sdk_engine.retries",
    "BatchItem": "kaizen_client.batch",
    "MemoryCache": "kaizen_client.cache",
    "RedisCache": "kaizen_client.cache",
    "KaizenClient": "kaizen_client.client",
    "SyncKaizenClient": "kaizen_client.client",
    "KaizenClientConfig": "kaizen_client.config",
    "with_kaizen_client": "kaizen_client.decorators",
    "KaizenAPIError": "kaizen_client.errors",
    "KaizenConfigurationError": "kaizen_client.errors",
    "KaizenError": "kaizen_client.errors",
    "KaizenInvalidRequestError": "kaizen_client.errors",
    "KaizenProviderError": "kaizen_client.errors",
    "KaizenRateLimitError": "kaizen_client.errors",
    "KaizenRequestError": "kaizen_client.errors",
    "KaizenResponseError": "kaizen_client.errors",
    "KaizenValidationError": "kaizen_client.errors",
    "DecodeOptions": "kaizen_client.models",
    "DecodeRequest": "kaizen_client.models",
    "EncodeOptions": "kaizen_client.models",
    "EncodeRequest": "kaizen_client.models",
    "OptimizeRequest": "kaizen_client.models",
    "OptimizeRequestPayload": "kaizen_client.models",
    "OptimizeResponsePayload": "kaizen_client.models",
    "PromptDecodePayload": "kaizen_client.models",
    "PromptEncodePayload": "kaizen_client.models",
    "SavingsReport": "kaizen_client.savings",
    "estimate_tokens": "kaizen_client.tokens",
}

__all__ = [
    "BatchItem",
    "DecodeOptions",
    "DecodeRequest",
    "EncodeOptions",
    "EncodeRequest",
    "KaizenAPIError",
    "KaizenClient",
    "KaizenClientConfig",
    "KaizenConfigurationError",
    "KaizenError",
    "KaizenInvalidRequestError",
    "KaizenProviderError",
    "KaizenRateLimitError",
    "KaizenRequestError",
    "KaizenResponseError",
    "KaizenValidationError",
    "MemoryCache",
    "OptimizeRequest",
    "OptimizeRequestPayload",
    "OptimizeResponsePayload",
    "PromptDecodePayload",
    "PromptEncodePayload",
    "RedisCache",
    "RetryPolicy",
    "SavingsReport",
    "SyncKaizenClient",
    "__version__",
    "estimate_tokens",
    "with_kaizen_client",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
