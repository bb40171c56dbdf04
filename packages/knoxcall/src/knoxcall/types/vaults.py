"""What the methods of `vaults` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from knoxcall.types.pages import PageMeta


class BulkTokenizeResult(TypedDict):
    """What `vaults.bulk_tokenize` returns."""

    tokens: list[VaultToken]
    count: int


class DeleteResult(TypedDict):
    """What `vaults.delete` and `vaults.delete_token` return."""

    deleted: bool


class DetokenizeResult(TypedDict):
    """What `vaults.detokenize` returns."""

    id: str
    token: str
    expires_at: str | None
    created_at: str
    value: str
    value_b64: str
    metadata: dict[str, Any] | None
    crypto_key_version: int


class RotateResult(TypedDict):
    """What `vaults.rotate` returns."""

    new_version: int


class TokenUpdateResult(TypedDict):
    """What `vaults.update_token` returns."""

    updated: bool


class Vault(TypedDict):
    """What `vaults.create`, `vaults.iterate` and `vaults.update` return."""

    id: str
    tenant_id: str
    name: str
    token_format: str  # uuid, pan, ssn, email, …
    crypto_key_id: str
    custody_mode: str  # managed or dual
    default_ttl_seconds: int | None
    metadata_jsonb: dict[str, Any]
    description: str | None
    enabled: bool
    created_at: str
    updated_at: str
    created_by: str | None
    sandbox: bool


class VaultDetail(TypedDict):
    """What `vaults.get` returns."""

    id: str
    tenant_id: str
    name: str
    token_format: str
    crypto_key_id: str
    custody_mode: str
    default_ttl_seconds: int | None
    metadata_jsonb: dict[str, Any]
    description: str | None
    enabled: bool
    created_at: str
    updated_at: str
    created_by: str | None
    sandbox: bool
    stats: VaultStats


class VaultPage(TypedDict):
    """One page of a list."""

    data: list[Vault]
    meta: PageMeta


class VaultStats(TypedDict):
    """Part of `VaultDetail`."""

    token_count: int
    active_count: int
    expiring_in_24h: int


class VaultToken(TypedDict):
    """What `vaults.tokenize` returns."""

    id: str
    token: str
    expires_at: str | None
    created_at: str
    card_expires_on: str | None  # YYYY-MM-DD, last day of the month; pan vaults only
    card_funding_type: str | None
    card_issuing_country: str | None


class VaultTokenListItem(TypedDict):
    """What `vaults.iterate_tokens` returns."""

    id: str
    token: str
    expires_at: str | None
    created_at: str
    created_by_api_key_id: str | None
    created_by_user_id: str | None
    card_expires_on: str | None
    card_funding_type: str | None
    card_issuing_country: str | None


class VaultTokenPage(TypedDict):
    """One page of a list."""

    data: list[VaultTokenListItem]
    meta: PageMeta
