"""What the methods of `oauth_clients` return."""

from __future__ import annotations

from typing_extensions import NotRequired, TypedDict


class OAuthClient(TypedDict):
    """What `oauth_clients.list` returns."""

    id: str
    client_id: str
    name: str
    type: str  # confidential or public
    grant_types: list[str]
    allowed_scopes: list[str]
    redirect_uris: list[str]
    require_dpop: bool
    require_pkce: bool
    token_format: str
    active: bool
    revoked_at: str | None
    created_at: str
    last_used_at: str | None
    source_api_key_id: str | None
    source_key_type: str | None
    system_role: str | None  # "cli" on the client that the command line made


class OAuthClientCreateResult(TypedDict):
    """What `oauth_clients.create` returns."""

    id: str
    client_id: str
    client_secret: str | None
    type: str
    grant_types: list[str]
    allowed_scopes: list[str]
    redirect_uris: list[str]
    warning: NotRequired[str]


class OAuthClientDetail(TypedDict):
    """What `oauth_clients.get` returns."""

    id: str
    client_id: str
    name: str
    type: str
    grant_types: list[str]
    allowed_scopes: list[str]
    redirect_uris: list[str]
    require_dpop: bool
    require_pkce: bool
    token_format: str
    active: bool
    revoked_at: str | None
    created_at: str
    last_used_at: str | None
    source_api_key_id: str | None
    step_up_scopes: list[str]
    system_role: str | None


class OAuthClientRevokeResult(TypedDict):
    """What `oauth_clients.revoke` returns."""

    revoked: bool


class OAuthClientRotateSecretResult(TypedDict):
    """What `oauth_clients.rotate_secret` returns."""

    client_id: str
    client_secret: str
    warning: NotRequired[str]


class OAuthClientUpdateResult(TypedDict):
    """What `oauth_clients.update` returns."""

    id: str
