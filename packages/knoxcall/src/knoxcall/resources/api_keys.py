"""`client.api_keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import present
from knoxcall.envelopes import data, deleted, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, WriteOptions
    from knoxcall.types import ApiKey, ApiKeyCreateResult, ApiKeyPage, ApiKeyRevokeResult

CREATE: Operation[ApiKeyCreateResult] = Operation("POST", "/v1/api-keys", data)
LIST: Operation[ApiKeyPage] = Operation("GET", "/v1/api-keys", page)
REVOKE: Operation[ApiKeyRevokeResult] = Operation("DELETE", "/v1/api-keys/{key_id}", deleted)


class ApiKeys(Resource[D]):
    """API keys of this tenant."""

    @blocking_or_awaited
    async def create(
        self,
        *,
        name: str,
        rate_limit_requests: int | None = None,
        rate_limit_window_sec: int | None = None,
        expires_in_days: int | None = None,
        expires_at: str | None = None,
        never_expires: bool | None = None,
        role_ids: builtins.list[str] | None = None,
        **options: Unpack[WriteOptions],
    ) -> ApiKeyCreateResult:
        """`POST /v1/api-keys`: make an API key. The answer's `api_key` is shown only this once.

        Args:
            name: for people.
            rate_limit_requests: calls per window.
            rate_limit_window_sec: length of the window, in seconds.
            expires_in_days: 1 to 365. Give at most one of this, `expires_at` and `never_expires`; without any, 90 days.
            expires_at: ISO 8601.
            never_expires: true for a key without end.
            role_ids: roles the key acts under.

        Raises:
            KnoxCallError: code `conflicting_expiry_fields` or `invalid_expiry`: give one expiry, within its range.
            PermissionDeniedError: a role grants more than the caller has.
        """
        body = {
            "expires_at": expires_at,
            "expires_in_days": expires_in_days,
            "name": name,
            "never_expires": never_expires,
            "rate_limit_requests": rate_limit_requests,
            "rate_limit_window_sec": rate_limit_window_sec,
            "role_ids": role_ids,
        }
        return await self.api.call(CREATE, body=present(body), **options)

    def iterate(
        self, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[ApiKey, D]:
        """Walk all API keys, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    @blocking_or_awaited
    async def list(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> ApiKeyPage:
        """`GET /v1/api-keys`: one page of API keys, without the keys themselves."""
        return await self.api.call(LIST, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def revoke(self, key_id: str, **options: Unpack[WriteOptions]) -> ApiKeyRevokeResult:
        """`DELETE /v1/api-keys/{key_id}`: end a key at once.

        Args:
            key_id: the key's `key_id`, not its `id`.
        """
        return await self.api.call(REVOKE, {"key_id": key_id}, **options)
