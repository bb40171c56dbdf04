"""`client.dynamic_db`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, deleted, rows
from knoxcall.mode import D
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        DbConnection,
        DbConnectionCreateResult,
        DbLeaseList,
        DbRole,
        DbRoleCreateResult,
        DbUpdateResult,
        LeaseRevokeResult,
        MintedDbCredential,
        NameDeleteResult,
        RotateSshKeyResult,
    )

CREATE: Operation[DbConnectionCreateResult] = Operation("POST", "/v1/dyn-db-credentials", data)
CREATE_ROLE: Operation[DbRoleCreateResult] = Operation("POST", "/v1/dyn-db-credentials/{connection_name}/roles", data)
DELETE: Operation[NameDeleteResult] = Operation("DELETE", "/v1/dyn-db-credentials/{name}", deleted)
DELETE_ROLE: Operation[NameDeleteResult] = Operation(
    "DELETE", "/v1/dyn-db-credentials/{connection_name}/roles/{role}", deleted
)
GET: Operation[DbConnection] = Operation("GET", "/v1/dyn-db-credentials/{name}", data)
LIST: Operation[list[DbConnection]] = Operation("GET", "/v1/dyn-db-credentials", rows)
LIST_LEASES: Operation[DbLeaseList] = Operation("GET", "/v1/dyn-db-credentials/leases", data)
LIST_ROLES: Operation[list[DbRole]] = Operation("GET", "/v1/dyn-db-credentials/{connection_name}/roles", rows)
MINT: Operation[MintedDbCredential] = Operation("POST", "/v1/dyn-db-credentials/{connection_name}/creds/{role}", data)
REVOKE_LEASE: Operation[LeaseRevokeResult] = Operation("POST", "/v1/dyn-db-credentials/leases/{lease_id}/revoke", data)
ROTATE_SSH_KEY: Operation[RotateSshKeyResult] = Operation("POST", "/v1/dyn-db-credentials/{name}/rotate-ssh-key", data)
UPDATE: Operation[DbUpdateResult] = Operation("PATCH", "/v1/dyn-db-credentials/{name}", data)
UPDATE_ROLE: Operation[DbUpdateResult] = Operation(
    "PATCH", "/v1/dyn-db-credentials/{connection_name}/roles/{role}", data
)


class DynamicDB(Resource[D]):
    """Short-lived database logins."""

    @blocking_or_awaited
    async def create(
        self,
        *,
        name: str,
        engine: str,
        host: str | None = None,
        port: int | None = None,
        database_name: str | None = None,
        admin_username: str | None = None,
        admin_password: str | None = None,
        execution_mode: str = "direct",
        agent_id: str | None = None,
        ssh_host: str | None = None,
        ssh_port: int | None = None,
        ssh_username: str | None = None,
        ssh_private_key: str | None = None,
        ssh_passphrase: str | None = None,
        ssh_host_fingerprint: str | None = None,
        iam_region: str | None = None,
        iam_db_user: str | None = None,
        default_ttl_seconds: int | None = None,
        max_ttl_seconds: int | None = None,
        connect_options: dict[str, Any] | None = None,
        **options: Unpack[WriteOptions],
    ) -> DbConnectionCreateResult:
        """`POST /v1/dyn-db-credentials`: register a database that short-lived logins are made for.

        Args:
            name: what the other methods name. Not `leases`: the server could not tell it from the list of leases.
            engine: `postgres`, `mysql` or `mongo`.
            host: of the database.
            port: of the database.
            database_name: of the database.
            admin_username: the login that makes logins.
            admin_password: its password.
            execution_mode: `direct`, `agent_tunnel`, `ssh_tunnel` or `iam`.
            agent_id: for `agent_tunnel`.
            ssh_host: for `ssh_tunnel`.
            ssh_port: for `ssh_tunnel`.
            ssh_username: for `ssh_tunnel`.
            ssh_private_key: for `ssh_tunnel`.
            ssh_passphrase: of that key.
            ssh_host_fingerprint: of that host.
            iam_region: for `iam`.
            iam_db_user: for `iam`.
            default_ttl_seconds: life of a login when neither caller nor role says.
            max_ttl_seconds: no login lives longer; longer wishes are shortened without a word.
            connect_options: passed to the driver.
        """
        body = {
            "admin_password": admin_password,
            "admin_username": admin_username,
            "agent_id": agent_id,
            "connect_options": connect_options,
            "database_name": database_name,
            "default_ttl_seconds": default_ttl_seconds,
            "engine": engine,
            "execution_mode": execution_mode,
            "host": host,
            "iam_db_user": iam_db_user,
            "iam_region": iam_region,
            "max_ttl_seconds": max_ttl_seconds,
            "name": name,
            "port": port,
            "ssh_host": ssh_host,
            "ssh_host_fingerprint": ssh_host_fingerprint,
            "ssh_passphrase": ssh_passphrase,
            "ssh_port": ssh_port,
            "ssh_private_key": ssh_private_key,
            "ssh_username": ssh_username,
        }
        return await self.api.call(CREATE, body=present(body), **options)

    @blocking_or_awaited
    async def create_role(
        self,
        connection_name: str,
        *,
        name: str,
        template: str | None = None,
        creation_sql: str | None = None,
        revocation_sql: str | None = None,
        default_ttl_seconds: int | None = None,
        max_ttl_seconds: int | None = None,
        **options: Unpack[WriteOptions],
    ) -> DbRoleCreateResult:
        """`POST /v1/dyn-db-credentials/{connection_name}/roles`: say how logins are made on a connection.

        Args:
            connection_name: the connection.
            name: what `mint` names.
            template: a ready-made set of statements, instead of your own.
            creation_sql: statements that make the login.
            revocation_sql: statements that end it.
            default_ttl_seconds: life of a login when the caller does not say.
            max_ttl_seconds: no login lives longer.
        """
        body = {
            "creation_sql": creation_sql,
            "default_ttl_seconds": default_ttl_seconds,
            "max_ttl_seconds": max_ttl_seconds,
            "name": name,
            "revocation_sql": revocation_sql,
            "template": template,
        }
        return await self.api.call(CREATE_ROLE, {"connection_name": connection_name}, body=present(body), **options)

    @blocking_or_awaited
    async def delete(self, name: str, **options: Unpack[WriteOptions]) -> NameDeleteResult:
        """`DELETE /v1/dyn-db-credentials/{name}`: forget a connection; its logins are revoked."""
        return await self.api.call(DELETE, {"name": name}, **options)

    @blocking_or_awaited
    async def delete_role(self, connection_name: str, role: str, **options: Unpack[WriteOptions]) -> NameDeleteResult:
        """`DELETE /v1/dyn-db-credentials/{connection_name}/roles/{role}`: forget a role."""
        return await self.api.call(DELETE_ROLE, {"connection_name": connection_name, "role": role}, **options)

    @blocking_or_awaited
    async def get(self, name: str, **options: Unpack[CallOptions]) -> DbConnection:
        """`GET /v1/dyn-db-credentials/{name}`: one connection, without its passwords."""
        return await self.api.call(GET, {"name": name}, **options)

    @blocking_or_awaited
    async def list(self, **options: Unpack[CallOptions]) -> builtins.list[DbConnection]:
        """`GET /v1/dyn-db-credentials`: all connections."""
        return await self.api.call(LIST, **options)

    @blocking_or_awaited
    async def list_leases(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        connection: str | None = None,
        **options: Unpack[CallOptions],
    ) -> DbLeaseList:
        """`GET /v1/dyn-db-credentials/leases`: the logins that are alive, with `total`, `limit` and `offset`."""
        return await self.api.call(
            LIST_LEASES, query={"limit": limit, "offset": offset, "connection": connection}, **options
        )

    @blocking_or_awaited
    async def list_roles(self, connection_name: str, **options: Unpack[CallOptions]) -> builtins.list[DbRole]:
        """`GET /v1/dyn-db-credentials/{connection_name}/roles`: the roles of a connection."""
        return await self.api.call(LIST_ROLES, {"connection_name": connection_name}, **options)

    @blocking_or_awaited
    async def mint(
        self, connection_name: str, role: str, *, ttl_seconds: int | None = None, **options: Unpack[WriteOptions]
    ) -> MintedDbCredential:
        """`POST /v1/dyn-db-credentials/{connection_name}/creds/{role}`: make a login. Its `password` is shown only
        this once.

        Args:
            connection_name: the connection.
            role: the role.
            ttl_seconds: wished life; cut silently to what role and connection allow.
        """
        body = {"ttl_seconds": ttl_seconds}
        return await self.api.call(
            MINT, {"connection_name": connection_name, "role": role}, body=present(body), **options
        )

    @blocking_or_awaited
    async def revoke_lease(self, lease_id: int | str, **options: Unpack[WriteOptions]) -> LeaseRevokeResult:
        """`POST /v1/dyn-db-credentials/leases/{lease_id}/revoke`: end a login now."""
        return await self.api.call(REVOKE_LEASE, {"lease_id": str(lease_id)}, body={}, **options)

    @blocking_or_awaited
    async def rotate_ssh_key(
        self,
        name: str,
        *,
        ssh_private_key: str,
        ssh_passphrase: str | None = None,
        ssh_host_fingerprint: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> RotateSshKeyResult:
        """`POST /v1/dyn-db-credentials/{name}/rotate-ssh-key`: replace the key of an SSH tunnel."""
        body = {
            "ssh_host_fingerprint": ssh_host_fingerprint,
            "ssh_passphrase": ssh_passphrase,
            "ssh_private_key": ssh_private_key,
        }
        return await self.api.call(ROTATE_SSH_KEY, {"name": name}, body=present(body), **options)

    @blocking_or_awaited
    async def update(
        self,
        name: str,
        *,
        host: Clearable[str] = NOT_GIVEN,
        port: Clearable[int] = NOT_GIVEN,
        database_name: Clearable[str] = NOT_GIVEN,
        admin_username: Clearable[str] = NOT_GIVEN,
        admin_password: Clearable[str] = NOT_GIVEN,
        default_ttl_seconds: Clearable[int] = NOT_GIVEN,
        max_ttl_seconds: Clearable[int] = NOT_GIVEN,
        connect_options: Clearable[dict[str, Any]] = NOT_GIVEN,
        agent_id: Clearable[str] = NOT_GIVEN,
        enabled: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> DbUpdateResult:
        """`PATCH /v1/dyn-db-credentials/{name}`: change what is given, leave the rest; None clears a field."""
        body = {
            "admin_password": admin_password,
            "admin_username": admin_username,
            "agent_id": agent_id,
            "connect_options": connect_options,
            "database_name": database_name,
            "default_ttl_seconds": default_ttl_seconds,
            "enabled": enabled,
            "host": host,
            "max_ttl_seconds": max_ttl_seconds,
            "port": port,
        }
        return await self.api.call(UPDATE, {"name": name}, body=given(body), **options)

    @blocking_or_awaited
    async def update_role(
        self,
        connection_name: str,
        role: str,
        *,
        creation_sql: Clearable[str] = NOT_GIVEN,
        revocation_sql: Clearable[str] = NOT_GIVEN,
        default_ttl_seconds: Clearable[int] = NOT_GIVEN,
        max_ttl_seconds: Clearable[int] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> DbUpdateResult:
        """`PATCH /v1/dyn-db-credentials/{connection_name}/roles/{role}`: change what is given, leave the rest; None
        clears a field.
        """
        body = {
            "creation_sql": creation_sql,
            "default_ttl_seconds": default_ttl_seconds,
            "max_ttl_seconds": max_ttl_seconds,
            "revocation_sql": revocation_sql,
        }
        return await self.api.call(
            UPDATE_ROLE, {"connection_name": connection_name, "role": role}, body=given(body), **options
        )
