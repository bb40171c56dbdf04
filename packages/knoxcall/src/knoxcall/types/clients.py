"""What the methods of `clients` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict

from knoxcall.types.pages import PageMeta


class Client(TypedDict):
    """What `clients.iterate` returns."""

    id: str
    name: str
    type: str  # user or server
    ip_address: str
    ip_notes: dict[str, Any]
    description: str | None
    enabled: bool
    collection_id: str | None
    created_at: str
    updated_at: str


class ClientCredential(TypedDict):
    """What `clients.create_credential`, `clients.list_credentials` and `clients.update_credential` return."""

    id: str
    client_id: str
    tenant_id: str
    kind: str  # ip, mtls_thumbprint, signature_hmac, signature_ed25519, machine_id or workload_identity
    label: str | None
    data: dict[str, Any]  # without secrets
    enabled: bool
    expires_at: str | None
    created_at: str
    updated_at: str
    last_matched_at: str | None
    reveal: NotRequired[ClientCredentialReveal]


class ClientCredentialReveal(TypedDict):
    """Part of `ClientCredential`."""

    certificate_pem: str
    private_key_pem: str
    ca_chain_pem: str


class ClientDetail(TypedDict):
    """What `clients.get` returns."""

    id: str
    name: str
    type: str
    ip_address: str
    ip_notes: dict[str, Any]
    description: str | None
    enabled: bool
    collection_id: str | None
    created_at: str
    updated_at: str
    route_assignments: list[ClientRouteAssignment]


class ClientFull(TypedDict):
    """What `clients.create` and `clients.update` return."""

    id: str
    tenant_id: str
    name: str
    type: str
    ip_address: str
    description: str | None
    enabled: bool
    created_at: str
    updated_at: str
    created_by: str | None
    collection_id: str | None
    ip_notes: dict[str, Any]
    agent_version: str | None
    agent_os: str | None
    agent_arch: str | None
    agent_hostname: str | None
    agent_last_seen: str | None
    agent_mode: str | None


class ClientPage(TypedDict):
    """One page of a list."""

    data: list[Client]
    meta: PageMeta


class ClientRouteAssignment(TypedDict):
    """Part of `ClientDetail`."""

    route_id: str
    route_name: str
    environment_name: str
