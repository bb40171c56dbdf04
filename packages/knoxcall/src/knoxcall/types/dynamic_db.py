"""What the methods of `dynamic_db` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict


class DbConnection(TypedDict):
    """What `dynamic_db.get` and `dynamic_db.list` return."""

    id: str
    name: str
    engine: str  # postgres, mysql or mongo
    host: str
    port: int | None
    database_name: str | None
    admin_username: str
    execution_mode: str  # direct, agent_tunnel, ssh_tunnel or iam
    agent_id: str | None
    default_ttl_seconds: int
    max_ttl_seconds: int
    connect_options: dict[str, Any]
    enabled: bool
    created_at: str
    updated_at: str
    ssh_host: str | None
    ssh_port: int | None
    ssh_username: str | None
    iam_region: str | None
    iam_db_user: str | None


class DbConnectionCreateResult(TypedDict):
    """What `dynamic_db.create` returns."""

    id: str
    name: str
    engine: str
    execution_mode: str


class DbLease(TypedDict):
    """Part of `DbLeaseList`."""

    id: int
    status: str  # active, renewing or errored
    expires_at: str
    issued_at: str
    username: str | None
    connection_name: str | None
    role_name: str | None
    engine: str | None


class DbLeaseList(TypedDict):
    """What `dynamic_db.list_leases` returns."""

    leases: list[DbLease]
    total: int
    limit: int
    offset: int


class DbRole(TypedDict):
    """What `dynamic_db.list_roles` returns."""

    id: str
    name: str
    creation_sql_template: str
    revocation_sql_template: str
    default_ttl_seconds: int | None
    max_ttl_seconds: int | None
    created_at: str
    updated_at: str


class DbRoleCreateResult(TypedDict):
    """What `dynamic_db.create_role` returns."""

    id: str
    name: str
    connection: str


class DbUpdateResult(TypedDict):
    """What `dynamic_db.update` and `dynamic_db.update_role` return."""

    updated: str  # the name


class LeaseRevokeResult(TypedDict):
    """What `dynamic_db.revoke_lease` returns."""

    revoked: int  # id of the lease


class MintedDbCredential(TypedDict):
    """What `dynamic_db.mint` returns."""

    username: str
    password: str
    expires_at: str
    lease_id: int
    connection_name: str
    role_name: str


class NameDeleteResult(TypedDict):
    """What `dynamic_db.delete` and `dynamic_db.delete_role` return."""

    deleted: str  # the name or id


class RotateSshKeyResult(TypedDict):
    """What `dynamic_db.rotate_ssh_key` returns."""

    rotated: str
    fingerprint_updated: bool
