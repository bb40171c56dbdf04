"""`client.vaults`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, deleted, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        BulkTokenizeResult,
        DeleteResult,
        DetokenizeResult,
        RotateResult,
        TokenUpdateResult,
        Vault,
        VaultDetail,
        VaultPage,
        VaultToken,
        VaultTokenListItem,
        VaultTokenPage,
    )

BULK_TOKENIZE: Operation[BulkTokenizeResult] = Operation("POST", "/v1/vaults/{name_or_id}/tokens/bulk", data)
CREATE: Operation[Vault] = Operation("POST", "/v1/vaults", data)
DELETE: Operation[DeleteResult] = Operation("DELETE", "/v1/vaults/{name_or_id}", deleted)
DELETE_TOKEN: Operation[DeleteResult] = Operation("DELETE", "/v1/vaults/{name_or_id}/tokens/{id_or_token}", deleted)
DETOKENIZE: Operation[DetokenizeResult] = Operation("GET", "/v1/vaults/{name_or_id}/tokens/{id_or_token}", data)
GET: Operation[VaultDetail] = Operation("GET", "/v1/vaults/{name_or_id}", data)
LIST: Operation[VaultPage] = Operation("GET", "/v1/vaults", page)
LIST_TOKENS: Operation[VaultTokenPage] = Operation("GET", "/v1/vaults/{name_or_id}/tokens", page)
ROTATE: Operation[RotateResult] = Operation("POST", "/v1/vaults/{name_or_id}/rotate", data)
TOKENIZE: Operation[VaultToken] = Operation("POST", "/v1/vaults/{name_or_id}/tokens", data)
UPDATE: Operation[Vault] = Operation("PATCH", "/v1/vaults/{name_or_id}", data)
UPDATE_TOKEN: Operation[TokenUpdateResult] = Operation("PATCH", "/v1/vaults/{name_or_id}/tokens/{id_or_token}", data)


class Vaults(Resource[D]):
    """Vaults: values stored behind tokens."""

    @blocking_or_awaited
    async def bulk_tokenize(
        self, name_or_id: str, *, values: builtins.list[dict[str, Any]], **options: Unpack[WriteOptions]
    ) -> BulkTokenizeResult:
        """`POST /v1/vaults/{name_or_id}/tokens/bulk`: tokenize up to 1000 values in one call; each is an object such
        as `{"value": "…"}`.
        """
        body = {"values": values}
        return await self.api.call(BULK_TOKENIZE, {"name_or_id": name_or_id}, body=body, **options)

    @blocking_or_awaited
    async def create(
        self,
        *,
        name: str,
        token_format: str | None = None,
        default_ttl_seconds: int | None = None,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        **options: Unpack[WriteOptions],
    ) -> Vault:
        """`POST /v1/vaults`: make a vault.

        Args:
            name: what the other methods name.
            token_format: shape of its tokens (`uuid`, `pan`, `ssn`, `email`, …); cannot be changed later.
            default_ttl_seconds: life of a token that is given none.
            description: for people.
            metadata: any JSON object.
        """
        body = {
            "default_ttl_seconds": default_ttl_seconds,
            "description": description,
            "metadata_jsonb": metadata,
            "name": name,
            "token_format": token_format,
        }
        return await self.api.call(CREATE, body=present(body), **options)

    @blocking_or_awaited
    async def delete(self, name_or_id: str, **options: Unpack[WriteOptions]) -> DeleteResult:
        """`DELETE /v1/vaults/{name_or_id}`: destroy a vault and everything in it."""
        return await self.api.call(DELETE, {"name_or_id": name_or_id}, **options)

    @blocking_or_awaited
    async def delete_token(self, name_or_id: str, id_or_token: str, **options: Unpack[WriteOptions]) -> DeleteResult:
        """`DELETE /v1/vaults/{name_or_id}/tokens/{id_or_token}`: forget one token and its value."""
        return await self.api.call(DELETE_TOKEN, {"name_or_id": name_or_id, "id_or_token": id_or_token}, **options)

    @blocking_or_awaited
    async def detokenize(self, name_or_id: str, id_or_token: str, **options: Unpack[CallOptions]) -> DetokenizeResult:
        """`GET /v1/vaults/{name_or_id}/tokens/{id_or_token}`: the value behind a token, as text and base64."""
        return await self.api.call(DETOKENIZE, {"name_or_id": name_or_id, "id_or_token": id_or_token}, **options)

    @blocking_or_awaited
    async def get(self, name_or_id: str, **options: Unpack[CallOptions]) -> VaultDetail:
        """`GET /v1/vaults/{name_or_id}`: one vault, with its figures."""
        return await self.api.call(GET, {"name_or_id": name_or_id}, **options)

    def iterate(self, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]) -> Pager[Vault, D]:
        """Walk all vaults, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    def iterate_tokens(
        self, name_or_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[VaultTokenListItem, D]:
        """Walk all tokens of a vault, without their values, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_TOKENS, {"name_or_id": name_or_id}, query, options))

    @blocking_or_awaited
    async def list(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> VaultPage:
        """`GET /v1/vaults`: one page of vaults."""
        return await self.api.call(LIST, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def list_tokens(
        self, name_or_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> VaultTokenPage:
        """`GET /v1/vaults/{name_or_id}/tokens`: one page of a vault's tokens, without their values."""
        return await self.api.call(
            LIST_TOKENS, {"name_or_id": name_or_id}, query={"page": page, "per_page": per_page}, **options
        )

    @blocking_or_awaited
    async def rotate(self, name_or_id: str, **options: Unpack[WriteOptions]) -> RotateResult:
        """`POST /v1/vaults/{name_or_id}/rotate`: encrypt the vault anew under a new key version."""
        return await self.api.call(ROTATE, {"name_or_id": name_or_id}, body={}, **options)

    @blocking_or_awaited
    async def tokenize(
        self,
        name_or_id: str,
        *,
        value: str,
        metadata: dict[str, Any] | None = None,
        ttl_seconds: int | None = None,
        card_exp_month: int | None = None,
        card_exp_year: int | None = None,
        **options: Unpack[WriteOptions],
    ) -> VaultToken:
        """`POST /v1/vaults/{name_or_id}/tokens`: store a value and return the token that stands for it.

        Args:
            name_or_id: the vault.
            value: what to store.
            metadata: any JSON object, kept in the clear.
            ttl_seconds: life of the token.
            card_exp_month: 1 to 12; with `card_exp_year`, for `pan` vaults only.
            card_exp_year: four digits.
        """
        body = {
            "card_exp_month": card_exp_month,
            "card_exp_year": card_exp_year,
            "metadata": metadata,
            "ttl_seconds": ttl_seconds,
            "value": value,
        }
        return await self.api.call(TOKENIZE, {"name_or_id": name_or_id}, body=present(body), **options)

    @blocking_or_awaited
    async def update(
        self,
        name_or_id: str,
        *,
        default_ttl_seconds: Clearable[int] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        enabled: Clearable[bool] = NOT_GIVEN,
        metadata: Clearable[dict[str, Any]] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> Vault:
        """`PATCH /v1/vaults/{name_or_id}`: change what is given, leave the rest; None clears a field."""
        body = {
            "default_ttl_seconds": default_ttl_seconds,
            "description": description,
            "enabled": enabled,
            "metadata_jsonb": metadata,
        }
        return await self.api.call(UPDATE, {"name_or_id": name_or_id}, body=given(body), **options)

    @blocking_or_awaited
    async def update_token(
        self, name_or_id: str, id_or_token: str, *, metadata: dict[str, Any], **options: Unpack[WriteOptions]
    ) -> TokenUpdateResult:
        """`PATCH /v1/vaults/{name_or_id}/tokens/{id_or_token}`: replace a token's metadata."""
        body = {"metadata": metadata}
        return await self.api.call(
            UPDATE_TOKEN, {"name_or_id": name_or_id, "id_or_token": id_or_token}, body=body, **options
        )
