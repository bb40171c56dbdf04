"""What the methods of `api_keys` return."""

from __future__ import annotations

from typing_extensions import TypedDict

from knoxcall.types.pages import PageMeta


class ApiKey(TypedDict):
    """What `api_keys.iterate` returns."""

    id: str
    key_id: str
    key_prefix: str
    key_type: str  # test, standard or access_key
    name: str
    active: bool
    created_at: str
    last_used_at: str | None
    expires_at: str | None
    rate_limit_requests: int | None
    rate_limit_window_sec: int | None


class ApiKeyCreateResult(TypedDict):
    """What `api_keys.create` returns."""

    id: str
    role_ids: list[str]
    key_id: str
    api_key: str
    key_prefix: str
    key_type: str
    name: str
    expires_at: str | None
    message: str


class ApiKeyPage(TypedDict):
    """One page of a list."""

    data: list[ApiKey]
    meta: PageMeta


class ApiKeyRevokeResult(TypedDict):
    """What `api_keys.revoke` returns."""

    revoked: bool
