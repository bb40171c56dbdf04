"""How the API key is presented. `ApiKeyAuth`, an `httpx.Auth`, is loaded when it is first asked for."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kneo_client.core.api_key_auth import ApiKeyAuth

__all__ = ["ApiKeyAuth", "AuthScheme", "auth_header"]


class AuthScheme(enum.StrEnum):
    """The two headers in which the platform accepts an API key."""

    BEARER = "bearer"
    """`Authorization: Bearer <key>`"""
    KNEO_API_KEY = "kneo_api_key"
    """`X-Kneo-Api-Key: <key>`, for stacks whose edge uses Authorization itself"""


def auth_header(api_key: str, scheme: AuthScheme) -> tuple[str, str]:
    """Name and value of the header that carries the key."""
    from sdk_engine.redaction import Secret

    if scheme is AuthScheme.BEARER:
        return "Authorization", Secret(f"Bearer {api_key}")
    return "X-Kneo-Api-Key", Secret(api_key)


def __getattr__(name: str) -> Any:
    if name == "ApiKeyAuth":
        from kneo_client.core.api_key_auth import ApiKeyAuth

        return ApiKeyAuth
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
