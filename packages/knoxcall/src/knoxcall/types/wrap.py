"""What the methods of `wrap` return."""

from __future__ import annotations

from typing_extensions import NotRequired, TypedDict


class WrapEscrowResult(TypedDict):
    """What `wrap.escrow` returns."""

    secret_id: str
    name: str
    provider: str
    allowed_hosts: list[str]
    sandbox: bool


class WrapGatewayToken(TypedDict):
    """What `wrap.list_gateway_tokens` returns."""

    id: str
    secret_id: str
    host: str
    label: str | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None


class WrapGatewayTokenRevokeResult(TypedDict):
    """What `wrap.revoke_gateway_token` returns."""

    id: str
    revoked: bool


class WrapGatewayUrlResult(TypedDict):
    """What `wrap.gateway_url` returns."""

    id: str
    token: str
    base_url: str
    host: str
    secret_id: str
    sandbox: bool
    expires_at: str | None
    base_url_style: NotRequired[str]
