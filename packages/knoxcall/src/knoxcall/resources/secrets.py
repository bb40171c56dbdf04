"""`client.secrets`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, nothing, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        Secret,
        SecretCreateResult,
        SecretOAuthToken,
        SecretPage,
        SecretUpdateResult,
        SecretValueResult,
    )

SecretType = Literal["string", "oauth2", "certificate", "api_key", "oauth2_token", "basic_auth", "custom"]
CREATE: Operation[SecretCreateResult] = Operation("POST", "/v1/secrets", data)
CREATE_CERTIFICATE: Operation[SecretCreateResult] = Operation("POST", "/v1/secrets/certificate", data)
CREATE_OAUTH2: Operation[SecretCreateResult] = Operation("POST", "/v1/secrets/oauth2", data)
DELETE: Operation[None] = Operation("DELETE", "/v1/secrets/{secret_id}", nothing)
GET: Operation[Secret] = Operation("GET", "/v1/secrets/{secret_id}", data)
GET_OAUTH_TOKEN: Operation[SecretOAuthToken] = Operation("GET", "/v1/secrets/{secret_id}/oauth2/token", data)
LIST: Operation[SecretPage] = Operation("GET", "/v1/secrets", page)
SET_VALUE: Operation[SecretValueResult] = Operation("PUT", "/v1/secrets/{secret_id}/value", data)
UPDATE: Operation[SecretUpdateResult] = Operation("PATCH", "/v1/secrets/{secret_id}", data)


class Secrets(Resource[D]):
    """Secrets that routes inject; values go in and never come out."""

    @blocking_or_awaited
    async def create(
        self,
        *,
        name: str,
        secret_type: SecretType,
        value: str,
        description: str | None = None,
        environment: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> SecretCreateResult:
        """`POST /v1/secrets`: store a secret value. The server turns blanks in the name into underscores.

        Args:
            name: what routes refer to.
            secret_type: `string` for a plain value.
            value: the secret itself; it cannot be read back.
            description: for people.
            environment: where the value holds; the base environment when left out.
        """
        body = {
            "description": description,
            "environment": environment,
            "name": name,
            "secret_type": secret_type,
            "value": value,
        }
        return await self.api.call(CREATE, body=present(body), **options)

    @blocking_or_awaited
    async def create_certificate(
        self,
        *,
        name: str,
        certificate_content: str,
        private_key: str | None = None,
        passphrase: str | None = None,
        certificate_type: str | None = None,
        collection_id: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> SecretCreateResult:
        """`POST /v1/secrets/certificate`: store a certificate, with its key if it has one.

        Args:
            name: what routes refer to.
            certificate_content: the certificate, PEM or base64.
            private_key: its key, PEM.
            passphrase: of the key or the container.
            certificate_type: `pem`, `pfx`, `p12`, `crt`, `cer`, `key`, `pkcs7`, `p7b` or `p7c`.
            collection_id: collection to file it under.
        """
        body = {
            "certificate_content": certificate_content,
            "certificate_type": certificate_type,
            "collection_id": collection_id,
            "name": name,
            "passphrase": passphrase,
            "private_key": private_key,
        }
        return await self.api.call(CREATE_CERTIFICATE, body=present(body), **options)

    @blocking_or_awaited
    async def create_oauth2(
        self,
        *,
        name: str,
        provider: str,
        client_id: str,
        client_secret: str | None = None,
        mtls_certificate_id: str | None = None,
        scopes: builtins.list[str] | None = None,
        auth_url: str | None = None,
        token_url: str | None = None,
        grant_type: str | None = None,
        username: str | None = None,
        password: str | None = None,
        collection_id: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> SecretCreateResult:
        """`POST /v1/secrets/oauth2`: store OAuth 2 client credentials of an upstream.

        Args:
            name: what routes refer to.
            provider: `google`, `github`, `salesforce`, `microsoft`, `slack` or `custom`.
            client_id: the upstream's client id.
            client_secret: the upstream's client secret.
            mtls_certificate_id: certificate secret to authenticate with instead.
            scopes: scopes to ask the upstream for.
            auth_url: needed for `custom`.
            token_url: needed for `custom`.
            grant_type: `authorization_code` (the server's default), `client_credentials`, `password` or `implicit`.
            username: for the password grant.
            password: for the password grant.
            collection_id: collection to file it under.
        """
        body = {
            "auth_url": auth_url,
            "client_id": client_id,
            "client_secret": client_secret,
            "collection_id": collection_id,
            "grant_type": grant_type,
            "mtls_certificate_id": mtls_certificate_id,
            "name": name,
            "password": password,
            "provider": provider,
            "scopes": scopes,
            "token_url": token_url,
            "username": username,
        }
        return await self.api.call(CREATE_OAUTH2, body=present(body), **options)

    @blocking_or_awaited
    async def delete(self, secret_id: str, **options: Unpack[WriteOptions]) -> None:
        """`DELETE /v1/secrets/{secret_id}`: remove a secret and all its values."""
        await self.api.call(DELETE, {"secret_id": secret_id}, **options)

    @blocking_or_awaited
    async def get(self, secret_id: str, **options: Unpack[CallOptions]) -> Secret:
        """`GET /v1/secrets/{secret_id}`: what is known about a secret; never its value."""
        return await self.api.call(GET, {"secret_id": secret_id}, **options)

    @blocking_or_awaited
    async def get_oauth_token(
        self, secret_id: str, *, environment: str | None = None, **options: Unpack[CallOptions]
    ) -> SecretOAuthToken:
        """`GET /v1/secrets/{secret_id}/oauth2/token`: the upstream access token behind an OAuth 2 secret."""
        return await self.api.call(
            GET_OAUTH_TOKEN, {"secret_id": secret_id}, query={"environment": environment}, **options
        )

    def iterate(
        self, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[Secret, D]:
        """Walk all secrets, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    @blocking_or_awaited
    async def list(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> SecretPage:
        """`GET /v1/secrets`: one page of secrets, without their values."""
        return await self.api.call(LIST, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def set_value(
        self, secret_id: str, *, value: str, environment: str | None = None, **options: Unpack[WriteOptions]
    ) -> SecretValueResult:
        """`PUT /v1/secrets/{secret_id}/value`: replace a secret's value in one environment."""
        body = {"environment": environment, "value": value}
        return await self.api.call(SET_VALUE, {"secret_id": secret_id}, body=present(body), **options)

    @blocking_or_awaited
    async def update(
        self,
        secret_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        expires_at: Clearable[str] = NOT_GIVEN,
        strict_expiry_enforcement: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> SecretUpdateResult:
        """`PATCH /v1/secrets/{secret_id}`: change what is given, leave the rest; None clears a field.

        Args:
            secret_id: id of the secret.
            name: new name.
            description: for people.
            expires_at: ISO 8601.
            strict_expiry_enforcement: refuse calls that need the secret after it has expired.
        """
        body = {
            "description": description,
            "expires_at": expires_at,
            "name": name,
            "strict_expiry_enforcement": strict_expiry_enforcement,
        }
        return await self.api.call(UPDATE, {"secret_id": secret_id}, body=given(body), **options)
