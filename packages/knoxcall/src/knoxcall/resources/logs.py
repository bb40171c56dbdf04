"""`client.logs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.envelopes import data, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_cursor
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions
    from knoxcall.types import RequestLog, RequestLogPage, RequestLogProof

GET: Operation[RequestLog] = Operation("GET", "/v1/logs/{request_id}", data)
LIST: Operation[RequestLogPage] = Operation("GET", "/v1/logs", page)
PROOF: Operation[RequestLogProof] = Operation("GET", "/v1/logs/{request_id}/proof", data)


class Logs(Resource[D]):
    """The record of calls through the proxy, with proofs that it was not changed."""

    @blocking_or_awaited
    async def get(self, request_id: str, **options: Unpack[CallOptions]) -> RequestLog:
        """`GET /v1/logs/{request_id}`: what is known of one call through the proxy."""
        return await self.api.call(GET, {"request_id": request_id}, **options)

    def iterate(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        route_id: str | None = None,
        status_code: int | None = None,
        **options: Unpack[CallOptions],
    ) -> Pager[RequestLog, D]:
        """Walk the calls that went through the proxy, from `cursor` to the end."""
        query = {"cursor": cursor, "limit": limit, "route_id": route_id, "status_code": status_code}
        return Pager(self.driver, by_cursor(self.api, LIST, {}, query, options))

    @blocking_or_awaited
    async def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        route_id: str | None = None,
        status_code: int | None = None,
        **options: Unpack[CallOptions],
    ) -> RequestLogPage:
        """`GET /v1/logs`: one page of the calls that went through the proxy; `meta.next_cursor` leads on, and is null
        at the end.
        """
        return await self.api.call(
            LIST, query={"cursor": cursor, "limit": limit, "route_id": route_id, "status_code": status_code}, **options
        )

    @blocking_or_awaited
    async def proof(self, request_id: str, **options: Unpack[CallOptions]) -> RequestLogProof:
        """`GET /v1/logs/{request_id}/proof`: the proof that the record of a call was not changed since."""
        return await self.api.call(PROOF, {"request_id": request_id}, **options)
