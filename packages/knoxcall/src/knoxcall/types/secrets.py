"""What the methods of `secrets` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict

from knoxcall.types.pages import PageMeta


class Secret(TypedDict):
    """What `secrets.get` and `secrets.iterate` return."""

    id: NotRequired[str]
    name: NotRequired[str]
    shortcode_name: NotRequired[str]
    base_environment: NotRequired[str | None]
    secret_type: NotRequired[str]  # string, oauth2 or certificate
    collection_id: NotRequired[str | None]
    created_at: NotRequired[str]
    expires_at: NotRequired[str | None]
    strict_expiry_enforcement: NotRequired[bool]
    environment_count: NotRequired[int]
    environments: NotRequired[list[SecretEnvironmentVersion]]


class SecretCreateResult(TypedDict):
    """What `secrets.create`, `secrets.create_certificate` and `secrets.create_oauth2` return."""

    id: str
    name: str
    secret_type: str
    base_environment: str
    collection_id: str | None
    shortcode_name: NotRequired[str]
    environment_count: NotRequired[int]
    expires_at: NotRequired[str | None]
    strict_expiry_enforcement: NotRequired[bool]
    provider: NotRequired[str]
    redirect_uri: NotRequired[str]
    connection_status: NotRequired[str]
    mtls_certificate_id: NotRequired[str | None]
    certificate_type: NotRequired[str]
    metadata: NotRequired[dict[str, Any]]


class SecretEnvironmentVersion(TypedDict):
    """Part of `Secret`."""

    environment_name: str
    value_version: int
    updated_at: str
    expires_at_override: str | None


class SecretOAuthToken(TypedDict):
    """What `secrets.get_oauth_token` returns."""

    access_token: str
    expires_at: str | None
    token_type: str
    connection_status: str


class SecretPage(TypedDict):
    """One page of a list."""

    data: list[Secret]
    meta: PageMeta


class SecretUpdateResult(TypedDict):
    """What `secrets.update` returns."""

    id: str
    name: str
    expires_at: str | None
    strict_expiry_enforcement: bool


class SecretValueResult(TypedDict):
    """What `secrets.set_value` returns."""

    id: str
    name: str
    environment: str
    value_version: int
