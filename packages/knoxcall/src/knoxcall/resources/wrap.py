"""`client.wrap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import present
from knoxcall.envelopes import data, deleted, tokens
from knoxcall.mode import D
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, WriteOptions
    from knoxcall.types import WrapEscrowResult, WrapGatewayToken, WrapGatewayTokenRevokeResult, WrapGatewayUrlResult

ESCROW: Operation[WrapEscrowResult] = Operation("POST", "/v1/wrap/credentials", data)
GATEWAY_URL: Operation[WrapGatewayUrlResult] = Operation("POST", "/v1/wrap/tokens", data)
LIST_GATEWAY_TOKENS: Operation[list[WrapGatewayToken]] = Operation("GET", "/v1/wrap/tokens", tokens)
REVOKE_GATEWAY_TOKEN: Operation[WrapGatewayTokenRevokeResult] = Operation("DELETE", "/v1/wrap/tokens/{id}", deleted)


class Wrap(Resource[D]):
    """Credentials in escrow, and URLs that stand for them. Nothing here changes how other libraries send."""

    @blocking_or_awaited
    async def escrow(
        self, *, provider: str, name: str, value: str, hosts: list[str], **options: Unpack[WriteOptions]
    ) -> WrapEscrowResult:
        """`POST /v1/wrap/credentials`: hand over a credential of a provider, to be used for the `hosts` given only. It
        is never returned.
        """
        body = {"hosts": hosts, "name": name, "provider": provider, "value": value}
        return await self.api.call(ESCROW, body=body, **options)

    @blocking_or_awaited
    async def gateway_url(
        self,
        *,
        secret: str,
        host: str | None = None,
        ttl_seconds: int | None = None,
        label: str | None = None,
        style: Literal["path", "subdomain"] | None = None,
        **options: Unpack[WriteOptions],
    ) -> WrapGatewayUrlResult:
        """`POST /v1/wrap/tokens`: a base URL that stands for a host and its credential.

        `token` and `base_url` are shown only this once; who has the URL can use the credential.
        """
        body = {"host": host, "label": label, "secret": secret, "style": style, "ttl_seconds": ttl_seconds}
        return await self.api.call(GATEWAY_URL, body=present(body), **options)

    @blocking_or_awaited
    async def list_gateway_tokens(self, **options: Unpack[CallOptions]) -> list[WrapGatewayToken]:
        """`GET /v1/wrap/tokens`: the tokens that gateway URLs were made with."""
        return await self.api.call(LIST_GATEWAY_TOKENS, **options)

    @blocking_or_awaited
    async def revoke_gateway_token(self, id: str, **options: Unpack[WriteOptions]) -> WrapGatewayTokenRevokeResult:
        """`DELETE /v1/wrap/tokens/{id}`: end a gateway URL."""
        return await self.api.call(REVOKE_GATEWAY_TOKEN, {"id": id}, **options)
