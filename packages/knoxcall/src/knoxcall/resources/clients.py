"""`client.clients`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, nothing, page, rows
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import Client, ClientCredential, ClientDetail, ClientFull, ClientPage

CREATE: Operation[ClientFull] = Operation("POST", "/v1/clients", data)
CREATE_CREDENTIAL: Operation[ClientCredential] = Operation("POST", "/v1/clients/{client_id}/credentials", data)
DELETE: Operation[None] = Operation("DELETE", "/v1/clients/{client_id}", nothing)
DELETE_CREDENTIAL: Operation[None] = Operation("DELETE", "/v1/clients/{client_id}/credentials/{credential_id}", nothing)
GET: Operation[ClientDetail] = Operation("GET", "/v1/clients/{client_id}", data)
LIST: Operation[ClientPage] = Operation("GET", "/v1/clients", page)
LIST_CREDENTIALS: Operation[list[ClientCredential]] = Operation("GET", "/v1/clients/{client_id}/credentials", rows)
UPDATE: Operation[ClientFull] = Operation("PATCH", "/v1/clients/{client_id}", data)
UPDATE_CREDENTIAL: Operation[ClientCredential] = Operation(
    "PATCH", "/v1/clients/{client_id}/credentials/{credential_id}", data
)


class Clients(Resource[D]):
    """Clients: who may call routes, and how they identify themselves."""

    @blocking_or_awaited
    async def create(
        self,
        *,
        name: str,
        ip_address: str | None = None,
        type: str = "server",
        description: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> ClientFull:
        """`POST /v1/clients`: register a caller of routes.

        Args:
            name: for people.
            ip_address: address or network it calls from.
            type: `server` or `user`.
            description: for people.
        """
        body = {"description": description, "ip_address": ip_address, "name": name, "type": type}
        return await self.api.call(CREATE, body=present(body), **options)

    @blocking_or_awaited
    async def create_credential(
        self,
        client_id: str,
        *,
        kind: str,
        data: dict[str, Any],
        label: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> ClientCredential:
        """`POST /v1/clients/{client_id}/credentials`: give a client one more way to identify itself.

        Args:
            client_id: id of the client.
            kind: `ip`, `mtls_thumbprint`, `signature_hmac`, `signature_ed25519`, `machine_id` or `workload_identity`.
            data: what that kind needs, such as `{"value": "10.0.0.0/8"}` for `ip`; `{"mode": "issue"}` has a
                certificate issued, whose key the answer's `reveal` shows only this once.
            label: for people.
        """
        body = {"data": data, "kind": kind, "label": label}
        return await self.api.call(CREATE_CREDENTIAL, {"client_id": client_id}, body=present(body), **options)

    @blocking_or_awaited
    async def delete(self, client_id: str, **options: Unpack[WriteOptions]) -> None:
        """`DELETE /v1/clients/{client_id}`: remove a client and its credentials."""
        await self.api.call(DELETE, {"client_id": client_id}, **options)

    @blocking_or_awaited
    async def delete_credential(self, client_id: str, credential_id: str, **options: Unpack[WriteOptions]) -> None:
        """`DELETE /v1/clients/{client_id}/credentials/{credential_id}`: remove one credential of a client."""
        await self.api.call(DELETE_CREDENTIAL, {"client_id": client_id, "credential_id": credential_id}, **options)

    @blocking_or_awaited
    async def get(self, client_id: str, **options: Unpack[CallOptions]) -> ClientDetail:
        """`GET /v1/clients/{client_id}`: one client, with the routes it may call."""
        return await self.api.call(GET, {"client_id": client_id}, **options)

    def iterate(
        self, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[Client, D]:
        """Walk all clients, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    @blocking_or_awaited
    async def list(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> ClientPage:
        """`GET /v1/clients`: one page of clients."""
        return await self.api.call(LIST, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def list_credentials(self, client_id: str, **options: Unpack[CallOptions]) -> builtins.list[ClientCredential]:
        """`GET /v1/clients/{client_id}/credentials`: all credentials of a client, without their secrets."""
        return await self.api.call(LIST_CREDENTIALS, {"client_id": client_id}, **options)

    @blocking_or_awaited
    async def update(
        self,
        client_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        ip_address: Clearable[str] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        enabled: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> ClientFull:
        """`PATCH /v1/clients/{client_id}`: change what is given, leave the rest; None clears a field."""
        body = {"description": description, "enabled": enabled, "ip_address": ip_address, "name": name}
        return await self.api.call(UPDATE, {"client_id": client_id}, body=given(body), **options)

    @blocking_or_awaited
    async def update_credential(
        self,
        client_id: str,
        credential_id: str,
        *,
        enabled: Clearable[bool] = NOT_GIVEN,
        label: Clearable[str] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> ClientCredential:
        """`PATCH /v1/clients/{client_id}/credentials/{credential_id}`: turn a credential on or off, or rename it."""
        body = {"enabled": enabled, "label": label}
        return await self.api.call(
            UPDATE_CREDENTIAL, {"client_id": client_id, "credential_id": credential_id}, body=given(body), **options
        )
