"""`client.oauth_clients`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, data_with_warning, deleted, rows
from knoxcall.mode import D
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        OAuthClient,
        OAuthClientCreateResult,
        OAuthClientDetail,
        OAuthClientRevokeResult,
        OAuthClientRotateSecretResult,
        OAuthClientUpdateResult,
    )

GrantType = Literal[
    "client_credentials",
    "authorization_code",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:device_code",
]
CREATE: Operation[OAuthClientCreateResult] = Operation("POST", "/v1/oauth-clients", data_with_warning)
GET: Operation[OAuthClientDetail] = Operation("GET", "/v1/oauth-clients/{oauth_client_id}", data)
LIST: Operation[list[OAuthClient]] = Operation("GET", "/v1/oauth-clients", rows)
REVOKE: Operation[OAuthClientRevokeResult] = Operation("DELETE", "/v1/oauth-clients/{oauth_client_id}", deleted)
ROTATE_SECRET: Operation[OAuthClientRotateSecretResult] = Operation(
    "POST", "/v1/oauth-clients/{oauth_client_id}/rotate-secret", data_with_warning
)
UPDATE: Operation[OAuthClientUpdateResult] = Operation("PATCH", "/v1/oauth-clients/{oauth_client_id}", data)


class OAuthClients(Resource[D]):
    """OAuth clients of this tenant."""

    @blocking_or_awaited
    async def create(
        self,
        *,
        name: str,
        type: Literal["confidential", "public"] = "confidential",
        grant_types: builtins.list[GrantType] | None = None,
        allowed_scopes: builtins.list[str] | None = None,
        redirect_uris: builtins.list[str] | None = None,
        require_dpop: bool = False,
        require_pkce: Literal[True] = True,
        token_format: Literal["opaque"] = "opaque",
        **options: Unpack[WriteOptions],
    ) -> OAuthClientCreateResult:
        """`POST /v1/oauth-clients`: register an OAuth client. The answer's `client_secret` is shown only this once.

        Args:
            name: for people.
            type: `confidential` or `public`.
            grant_types: `client_credentials` alone when left out.
            allowed_scopes: scopes it may ask for. The server refuses an empty list, sent when left out.
            redirect_uris: for the authorization code grant.
            require_dpop: hand out tokens only to holders of a DPoP key.
            require_pkce: always true.
            token_format: always `opaque`.
        """
        body = {
            "allowed_scopes": [] if allowed_scopes is None else allowed_scopes,
            "grant_types": ["client_credentials"] if grant_types is None else grant_types,
            "name": name,
            "redirect_uris": redirect_uris,
            "require_dpop": require_dpop,
            "require_pkce": require_pkce,
            "token_format": token_format,
            "type": type,
        }
        return await self.api.call(CREATE, body=present(body), **options)

    @blocking_or_awaited
    async def get(self, oauth_client_id: str, **options: Unpack[CallOptions]) -> OAuthClientDetail:
        """`GET /v1/oauth-clients/{oauth_client_id}`: one OAuth client, without its secret."""
        return await self.api.call(GET, {"oauth_client_id": oauth_client_id}, **options)

    @blocking_or_awaited
    async def list(self, **options: Unpack[CallOptions]) -> builtins.list[OAuthClient]:
        """`GET /v1/oauth-clients`: all OAuth clients."""
        return await self.api.call(LIST, **options)

    @blocking_or_awaited
    async def revoke(self, oauth_client_id: str, **options: Unpack[WriteOptions]) -> OAuthClientRevokeResult:
        """`DELETE /v1/oauth-clients/{oauth_client_id}`: revoke a client and every token it holds."""
        return await self.api.call(REVOKE, {"oauth_client_id": oauth_client_id}, **options)

    @blocking_or_awaited
    async def rotate_secret(
        self, oauth_client_id: str, **options: Unpack[WriteOptions]
    ) -> OAuthClientRotateSecretResult:
        """`POST /v1/oauth-clients/{oauth_client_id}/rotate-secret`: replace the secret, shown only this once, and
        revoke the old tokens.
        """
        return await self.api.call(ROTATE_SECRET, {"oauth_client_id": oauth_client_id}, **options)

    @blocking_or_awaited
    async def update(
        self,
        oauth_client_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        allowed_scopes: Clearable[builtins.list[str]] = NOT_GIVEN,
        redirect_uris: Clearable[builtins.list[str]] = NOT_GIVEN,
        require_dpop: Clearable[bool] = NOT_GIVEN,
        require_pkce: Clearable[Literal[True]] = NOT_GIVEN,
        active: Clearable[bool] = NOT_GIVEN,
        token_format: Clearable[Literal["opaque"]] = NOT_GIVEN,
        consent_html_template: Clearable[str] = NOT_GIVEN,
        step_up_scopes: Clearable[builtins.list[str]] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> OAuthClientUpdateResult:
        """`PATCH /v1/oauth-clients/{oauth_client_id}`: change what is given, leave the rest; None clears a field."""
        body = {
            "active": active,
            "allowed_scopes": allowed_scopes,
            "consent_html_template": consent_html_template,
            "name": name,
            "redirect_uris": redirect_uris,
            "require_dpop": require_dpop,
            "require_pkce": require_pkce,
            "step_up_scopes": step_up_scopes,
            "token_format": token_format,
        }
        return await self.api.call(UPDATE, {"oauth_client_id": oauth_client_id}, body=given(body), **options)
