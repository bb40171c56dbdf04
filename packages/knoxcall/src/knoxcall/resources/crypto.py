"""`client.crypto`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import present
from knoxcall.envelopes import data, deleted, rows
from knoxcall.mode import D
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, WriteOptions
    from knoxcall.types import (
        ClientTokenResult,
        DecryptDataResult,
        DecryptResult,
        EncryptDataResult,
        EncryptResult,
        InspectResult,
        JwtSignResult,
        JwtVerifyResult,
        KeyRotateResult,
        KeyUpdateResult,
        KeyVersionDestroyResult,
        PublicKeyResult,
        RewrapResult,
        SealingBundle,
        SignResult,
        TransitKey,
        TransitKeyListItem,
        VerifyResult,
        WebhookSignResult,
    )

CREATE_KEY: Operation[TransitKey] = Operation("POST", "/v1/crypto/keys", data)
DECRYPT: Operation[DecryptResult] = Operation("POST", "/v1/crypto/keys/{name}/decrypt", data)
DECRYPT_DATA: Operation[DecryptDataResult] = Operation("POST", "/v1/decrypt", data)
DESTROY_KEY_VERSION: Operation[KeyVersionDestroyResult] = Operation(
    "DELETE", "/v1/crypto/keys/{name}/versions/{version}", deleted
)
ENCRYPT: Operation[EncryptResult] = Operation("POST", "/v1/crypto/keys/{name}/encrypt", data)
ENCRYPT_DATA: Operation[EncryptDataResult] = Operation("POST", "/v1/encrypt", data)
GET_KEY: Operation[TransitKey] = Operation("GET", "/v1/crypto/keys/{name}", data)
GET_PUBLIC_KEY: Operation[PublicKeyResult] = Operation("GET", "/v1/crypto/keys/{name}/public-key", data)
GET_SEALING_BUNDLE: Operation[SealingBundle] = Operation("GET", "/v1/encrypt/sealing-bundle", data)
INSPECT: Operation[InspectResult] = Operation("POST", "/v1/inspect", data)
LIST_KEYS: Operation[list[TransitKeyListItem]] = Operation("GET", "/v1/crypto/keys", rows)
MINT_CLIENT_TOKEN: Operation[ClientTokenResult] = Operation("POST", "/v1/client-tokens", data)
REWRAP: Operation[RewrapResult] = Operation("POST", "/v1/crypto/keys/{name}/rewrap", data)
ROTATE_KEY: Operation[KeyRotateResult] = Operation("POST", "/v1/crypto/keys/{name}/rotate", data)
SIGN: Operation[SignResult] = Operation("POST", "/v1/crypto/keys/{name}/sign", data)
SIGN_JWT: Operation[JwtSignResult] = Operation("POST", "/v1/crypto/keys/{name}/jwt", data)
SIGN_WEBHOOK: Operation[WebhookSignResult] = Operation("POST", "/v1/crypto/keys/{name}/webhook-sign", data)
UPDATE_KEY: Operation[KeyUpdateResult] = Operation("PATCH", "/v1/crypto/keys/{name}", data)
VERIFY: Operation[VerifyResult] = Operation("POST", "/v1/crypto/keys/{name}/verify", data)
VERIFY_JWT: Operation[JwtVerifyResult] = Operation("POST", "/v1/crypto/keys/{name}/jwt/verify", data)


class Crypto(Resource[D]):
    """Encryption, signatures and tokens with keys that never leave the service."""

    @blocking_or_awaited
    async def create_key(
        self,
        *,
        name: str,
        mode: str,
        description: str | None = None,
        key_type: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> TransitKey:
        """`POST /v1/crypto/keys`: make a transit key.

        Args:
            name: what the other methods name.
            mode: `cloud-only` or `bundled`.
            description: for people.
            key_type: `aes256-gcm`, `hmac-sha256`, `hmac-sha512`, `rsa-2048`, `rsa-3072`, `rsa-4096`, `ecdsa-p256`,
                `ecdsa-p384` or `ed25519`.
        """
        body = {"description": description, "key_type": key_type, "mode": mode, "name": name}
        return await self.api.call(CREATE_KEY, body=present(body), **options)

    @blocking_or_awaited
    async def decrypt(
        self, name: str, *, ciphertext: str, format: str | None = None, **options: Unpack[WriteOptions]
    ) -> DecryptResult:
        """`POST /v1/crypto/keys/{name}/decrypt`: the plaintext of a `knoxcall:v…` ciphertext.

        Args:
            name: the key.
            ciphertext: as `encrypt` returned it.
            format: `utf8` puts text into `plaintext`; else it is base64 in `plaintext_b64`.
        """
        body = {"ciphertext": ciphertext}
        return await self.api.call(DECRYPT, {"name": name}, query={"format": format}, body=body, **options)

    @blocking_or_awaited
    async def decrypt_data(
        self, data: Any, *, role: str | None = None, **options: Unpack[WriteOptions]
    ) -> DecryptDataResult:
        """`POST /v1/decrypt`: undo `encrypt_data`: every ciphertext inside `data`, wherever it sits."""
        body = {"data": data, "role": role}
        return await self.api.call(DECRYPT_DATA, body=present(body), **options)

    @blocking_or_awaited
    async def destroy_key_version(
        self, name: str, version: int, **options: Unpack[WriteOptions]
    ) -> KeyVersionDestroyResult:
        """`DELETE /v1/crypto/keys/{name}/versions/{version}`: destroy one version of a key: what it encrypted is
        lost.

        Raises:
            ConflictError: the key does not allow deletion; see `update_key`.
        """
        return await self.api.call(DESTROY_KEY_VERSION, {"name": name, "version": str(version)}, **options)

    @blocking_or_awaited
    async def encrypt(
        self,
        name: str,
        *,
        plaintext: str | None = None,
        plaintext_b64: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> EncryptResult:
        """`POST /v1/crypto/keys/{name}/encrypt`: encrypt text, or bytes given as base64, with a named key."""
        body = {"plaintext": plaintext, "plaintext_b64": plaintext_b64}
        return await self.api.call(ENCRYPT, {"name": name}, body=present(body), **options)

    @blocking_or_awaited
    async def encrypt_data(
        self, data: Any, *, key: str | None = None, role: str | None = None, **options: Unpack[WriteOptions]
    ) -> EncryptDataResult:
        """`POST /v1/encrypt`: encrypt any JSON value; the answer holds `ciphertext`."""
        body = {"data": data, "key": key, "role": role}
        return await self.api.call(ENCRYPT_DATA, body=present(body), **options)

    @blocking_or_awaited
    async def get_key(self, name: str, **options: Unpack[CallOptions]) -> TransitKey:
        """`GET /v1/crypto/keys/{name}`: one transit key, never its material."""
        return await self.api.call(GET_KEY, {"name": name}, **options)

    @blocking_or_awaited
    async def get_public_key(
        self, name: str, *, version: int | None = None, **options: Unpack[CallOptions]
    ) -> PublicKeyResult:
        """`GET /v1/crypto/keys/{name}/public-key`: the public half of an asymmetric key; of the latest version
        unless told otherwise.
        """
        return await self.api.call(GET_PUBLIC_KEY, {"name": name}, query={"version": version}, **options)

    @blocking_or_awaited
    async def get_sealing_bundle(self, *, key: str | None = None, **options: Unpack[CallOptions]) -> SealingBundle:
        """`GET /v1/encrypt/sealing-bundle`: what a browser needs to encrypt for this tenant."""
        return await self.api.call(GET_SEALING_BUNDLE, query={"key": key}, **options)

    @blocking_or_awaited
    async def inspect(self, value: str, **options: Unpack[WriteOptions]) -> InspectResult:
        """`POST /v1/inspect`: what a value is: whether encrypted, how, and with which key."""
        body = {"value": value}
        return await self.api.call(INSPECT, body=body, **options)

    @blocking_or_awaited
    async def list_keys(self, **options: Unpack[CallOptions]) -> list[TransitKeyListItem]:
        """`GET /v1/crypto/keys`: all transit keys."""
        return await self.api.call(LIST_KEYS, **options)

    @blocking_or_awaited
    async def mint_client_token(
        self,
        *,
        action: Literal["decrypt", "detokenize", "tokenize"],
        data: str | None = None,
        vault: str | None = None,
        origins: list[str] | None = None,
        role: str | None = None,
        ttl_seconds: int | None = None,
        **options: Unpack[WriteOptions],
    ) -> ClientTokenResult:
        """`POST /v1/client-tokens`: a short-lived token for one browser action.

        Args:
            action: `decrypt` and `detokenize` need `data`; `tokenize` needs `vault` and `origins`.
            data: the value the token is for.
            vault: the vault to tokenize into.
            origins: 1 to 10 https origins the token may be used from.
            role: role the action runs under.
            ttl_seconds: 300 when left out, at most 600.
        """
        body = {
            "action": action,
            "data": data,
            "origins": origins,
            "role": role,
            "ttl_seconds": ttl_seconds,
            "vault": vault,
        }
        return await self.api.call(MINT_CLIENT_TOKEN, body=present(body), **options)

    @blocking_or_awaited
    async def rewrap(self, name: str, *, ciphertext: str, **options: Unpack[WriteOptions]) -> RewrapResult:
        """`POST /v1/crypto/keys/{name}/rewrap`: the same plaintext under the key's latest version, without showing
        it.
        """
        body = {"ciphertext": ciphertext}
        return await self.api.call(REWRAP, {"name": name}, body=body, **options)

    @blocking_or_awaited
    async def rotate_key(self, name: str, **options: Unpack[WriteOptions]) -> KeyRotateResult:
        """`POST /v1/crypto/keys/{name}/rotate`: add a version; old ciphertexts stay readable."""
        return await self.api.call(ROTATE_KEY, {"name": name}, body={}, **options)

    @blocking_or_awaited
    async def sign(
        self,
        name: str,
        *,
        data: str | None = None,
        data_b64: str | None = None,
        rsa_padding: str | None = None,
        hash: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> SignResult:
        """`POST /v1/crypto/keys/{name}/sign`: sign text, or bytes given as base64."""
        body = {"data": data, "data_b64": data_b64, "hash": hash, "rsa_padding": rsa_padding}
        return await self.api.call(SIGN, {"name": name}, body=present(body), **options)

    @blocking_or_awaited
    async def sign_jwt(
        self,
        name: str,
        *,
        claims: dict[str, Any],
        header_overrides: dict[str, Any] | None = None,
        **options: Unpack[WriteOptions],
    ) -> JwtSignResult:
        """`POST /v1/crypto/keys/{name}/jwt`: a JWT over `claims`."""
        body = {"claims": claims, "header_overrides": header_overrides}
        return await self.api.call(SIGN_JWT, {"name": name}, body=present(body), **options)

    @blocking_or_awaited
    async def sign_webhook(
        self,
        name: str,
        *,
        payload: str | None = None,
        payload_b64: str | None = None,
        timestamp_seconds: int | None = None,
        format: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> WebhookSignResult:
        """`POST /v1/crypto/keys/{name}/webhook-sign`: the signature header for a delivery of your own:
        `t=<unix>,v1=<hex>`.
        """
        body = {
            "format": format,
            "payload": payload,
            "payload_b64": payload_b64,
            "timestamp_seconds": timestamp_seconds,
        }
        return await self.api.call(SIGN_WEBHOOK, {"name": name}, body=present(body), **options)

    @blocking_or_awaited
    async def update_key(
        self, name: str, *, deletion_allowed: bool, **options: Unpack[WriteOptions]
    ) -> KeyUpdateResult:
        """`PATCH /v1/crypto/keys/{name}`: allow or forbid destroying versions of a key."""
        body = {"deletion_allowed": deletion_allowed}
        return await self.api.call(UPDATE_KEY, {"name": name}, body=body, **options)

    @blocking_or_awaited
    async def verify(
        self,
        name: str,
        *,
        data: str | None = None,
        data_b64: str | None = None,
        signature: str,
        rsa_padding: str | None = None,
        hash: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> VerifyResult:
        """`POST /v1/crypto/keys/{name}/verify`: whether a signature is the key's."""
        body = {"data": data, "data_b64": data_b64, "hash": hash, "rsa_padding": rsa_padding, "signature": signature}
        return await self.api.call(VERIFY, {"name": name}, body=present(body), **options)

    @blocking_or_awaited
    async def verify_jwt(
        self, name: str, *, token: str, expected: dict[str, Any] | None = None, **options: Unpack[WriteOptions]
    ) -> JwtVerifyResult:
        """`POST /v1/crypto/keys/{name}/jwt/verify`: whether a JWT is the key's; its claims if so.

        Args:
            name: the key.
            token: the JWT.
            expected: claims that must be there with these values.
        """
        body = {"expected": expected, "token": token}
        return await self.api.call(VERIFY_JWT, {"name": name}, body=present(body), **options)
