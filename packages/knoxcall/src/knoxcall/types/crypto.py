"""What the methods of `crypto` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict


class ClientTokenResult(TypedDict):
    """What `crypto.mint_client_token` returns."""

    token: str
    expires_at: str
    action: str
    vault_id: NotRequired[str]
    origins: NotRequired[list[str]]


class DecryptDataResult(TypedDict):
    """What `crypto.decrypt_data` returns."""

    plaintext: Any


class DecryptResult(TypedDict):
    """What `crypto.decrypt` returns."""

    key_version: int
    plaintext_b64: NotRequired[str]
    plaintext: NotRequired[str]


class EncryptDataResult(TypedDict):
    """What `crypto.encrypt_data` returns."""

    ciphertext: Any
    key: str
    key_version: int


class EncryptResult(TypedDict):
    """What `crypto.encrypt` returns."""

    ciphertext: str
    key_version: int


class InspectKeyRef(TypedDict):
    """Part of `InspectResult`."""

    tenantId: str
    appKeyId: str
    keyVersion: int


class InspectResult(TypedDict):
    """What `crypto.inspect` returns."""

    encrypted: bool
    scheme: NotRequired[str]
    version: NotRequired[int]
    datatype: NotRequired[str]
    key_ref: NotRequired[InspectKeyRef]
    fingerprint: NotRequired[str]


class JwtSignResult(TypedDict):
    """What `crypto.sign_jwt` returns."""

    token: str
    key_version: int
    alg: str


class JwtVerifyResult(TypedDict):
    """What `crypto.verify_jwt` returns."""

    valid: bool
    claims: NotRequired[dict[str, Any]]
    key_version: NotRequired[int]
    alg: NotRequired[str]
    error: NotRequired[str]
    kid: NotRequired[str]


class KeyRotateResult(TypedDict):
    """What `crypto.rotate_key` returns."""

    new_version: int


class KeyUpdateResult(TypedDict):
    """What `crypto.update_key` returns."""

    name: str
    deletion_allowed: bool


class KeyVersionDestroyResult(TypedDict):
    """What `crypto.destroy_key_version` returns."""

    destroyed: int


class PublicKeyResult(TypedDict):
    """What `crypto.get_public_key` returns."""

    pem: str
    jwk: dict[str, Any]
    key_version: int


class RewrapResult(TypedDict):
    """What `crypto.rewrap` returns."""

    ciphertext: str
    key_version: int


class SealingBundle(TypedDict):
    """What `crypto.get_sealing_bundle` returns."""

    public_key_raw: str  # base64url, uncompressed point
    key_ref: SealingKeyRef


class SealingKeyRef(TypedDict):
    """Part of `SealingBundle`."""

    tenant_id: str
    app_key_id: str
    key_version: int


class SignResult(TypedDict):
    """What `crypto.sign` returns."""

    signature: str
    key_version: int


class TransitKey(TypedDict):
    """What `crypto.create_key` and `crypto.get_key` return."""

    id: str
    tenant_id: str
    name: str
    key_type: str
    mode: str  # cloud-only or bundled
    current_version: int
    deletion_allowed: bool
    description: str | None
    created_at: str
    updated_at: str
    created_by: str | None
    sandbox: bool


class TransitKeyListItem(TypedDict):
    """What `crypto.list_keys` returns."""

    id: str
    name: str
    key_type: str
    mode: str
    current_version: int
    deletion_allowed: bool
    description: str | None
    created_at: str
    updated_at: str


class VerifyResult(TypedDict):
    """What `crypto.verify` returns."""

    valid: bool
    key_version: int


class WebhookSignResult(TypedDict):
    """What `crypto.sign_webhook` returns."""

    signature_header: str  # t=<unix>,v1=<hex>
    timestamp_seconds: int
    key_version: int
    format: str
