"""What the methods of `pki` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict


class CARole(TypedDict):
    """What `pki.create_role` and `pki.list_roles` return."""

    id: str
    ca_root_id: str
    name: str
    allowed_domains: list[str]
    allow_subdomains: bool
    allow_wildcards: bool
    max_ttl_seconds: int
    default_ttl_seconds: int
    key_algorithm: str


class CARoot(TypedDict):
    """What `pki.list_roots` returns."""

    id: str
    tenant_id: str
    name: str
    cert_pem: str
    subject: str
    subject_fields: dict[str, Any] | None
    not_before: str
    not_after: str
    status: str  # active, retired or revoked
    created_at: str
    sandbox: bool


class CreateRootResult(TypedDict):
    """What `pki.create_root` returns."""

    root: CARoot
    intermediate_not_after: str


class IssuedCertificate(TypedDict):
    """What `pki.issue_cert` returns."""

    serial_hex: str
    cert_pem: str
    private_key_pem: str
    ca_chain_pem: str
    not_before: str
    not_after: str


class RevokeCertResult(TypedDict):
    """What `pki.revoke_cert` returns."""

    revoked: bool


class RotateIntermediateResult(TypedDict):
    """What `pki.rotate_intermediate` returns."""

    intermediate_id: str
    not_after: str
