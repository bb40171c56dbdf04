"""`client.ai_gateway`: gateways, their tokens and their usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, deleted, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        AIGateway,
        AIGatewayArchiveResult,
        AIGatewayPage,
        AIGatewayToken,
        AIGatewayTokenPage,
        AIGatewayTokenRevokeResult,
        AIGatewayUsage,
        AIGatewayUsageExport,
    )

CREATE_GATEWAY: Operation[AIGateway] = Operation("POST", "/v1/ai-gateway/gateways", data)
DELETE_GATEWAY: Operation[AIGatewayArchiveResult] = Operation("DELETE", "/v1/ai-gateway/gateways/{gateway_id}", deleted)
EXPORT_USAGE: Operation[AIGatewayUsageExport] = Operation("GET", "/v1/ai-gateway/usage/export", data)
GET_GATEWAY: Operation[AIGateway] = Operation("GET", "/v1/ai-gateway/gateways/{gateway_id}", data)
LIST_GATEWAY_TOKENS: Operation[AIGatewayTokenPage] = Operation(
    "GET", "/v1/ai-gateway/gateways/{gateway_id}/tokens", page
)
LIST_GATEWAYS: Operation[AIGatewayPage] = Operation("GET", "/v1/ai-gateway/gateways", page)
REVOKE_GATEWAY_TOKEN: Operation[AIGatewayTokenRevokeResult] = Operation(
    "DELETE", "/v1/ai-gateway/gateways/{gateway_id}/tokens/{token_id}", deleted
)
UPDATE_GATEWAY: Operation[AIGateway] = Operation("PATCH", "/v1/ai-gateway/gateways/{gateway_id}", data)
USAGE: Operation[AIGatewayUsage] = Operation("GET", "/v1/ai-gateway/usage", data)


class AIGateways(Resource[D]):
    """Gateways, their tokens and their usage."""

    @blocking_or_awaited
    async def create_gateway(
        self,
        *,
        name: str,
        slug: str,
        description: str | None = None,
        budget_daily_usd: float | None = None,
        budget_monthly_usd: float | None = None,
        budget_overage_action: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> AIGateway:
        """`POST /v1/ai-gateway/gateways`: add a gateway."""
        body = {
            "budget_daily_usd": budget_daily_usd,
            "budget_monthly_usd": budget_monthly_usd,
            "budget_overage_action": budget_overage_action,
            "description": description,
            "name": name,
            "slug": slug,
        }
        return await self.api.call(CREATE_GATEWAY, body=present(body), **options)

    @blocking_or_awaited
    async def delete_gateway(self, gateway_id: str, **options: Unpack[WriteOptions]) -> AIGatewayArchiveResult:
        """`DELETE /v1/ai-gateway/gateways/{gateway_id}`: remove a gateway."""
        return await self.api.call(DELETE_GATEWAY, {"gateway_id": gateway_id}, **options)

    @blocking_or_awaited
    async def export_usage(
        self, *, group_by: str, period: str | None = None, agent_id: str | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayUsageExport:
        """`GET /v1/ai-gateway/usage/export`: usage in rows, by user, team, agent, model, provider or `tag:<key>`;
        `period` is 7d, 30d or 90d.
        """
        return await self.api.call(
            EXPORT_USAGE,
            query={"group_by": group_by, "format": "json", "period": period, "agent_id": agent_id},
            **options,
        )

    @blocking_or_awaited
    async def get_gateway(self, gateway_id: str, **options: Unpack[CallOptions]) -> AIGateway:
        """`GET /v1/ai-gateway/gateways/{gateway_id}`: one gateway."""
        return await self.api.call(GET_GATEWAY, {"gateway_id": gateway_id}, **options)

    def iterate_gateway_tokens(
        self, gateway_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[AIGatewayToken, D]:
        """Walk all tokens of a gateway, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_GATEWAY_TOKENS, {"gateway_id": gateway_id}, query, options))

    def iterate_gateways(
        self, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[AIGateway, D]:
        """Walk all gateways, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_GATEWAYS, {}, query, options))

    @blocking_or_awaited
    async def list_gateway_tokens(
        self, gateway_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayTokenPage:
        """`GET /v1/ai-gateway/gateways/{gateway_id}/tokens`: one page of the tokens of a gateway."""
        return await self.api.call(
            LIST_GATEWAY_TOKENS, {"gateway_id": gateway_id}, query={"page": page, "per_page": per_page}, **options
        )

    @blocking_or_awaited
    async def list_gateways(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayPage:
        """`GET /v1/ai-gateway/gateways`: one page of the gateways."""
        return await self.api.call(LIST_GATEWAYS, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def revoke_gateway_token(
        self, gateway_id: str, token_id: str, **options: Unpack[WriteOptions]
    ) -> AIGatewayTokenRevokeResult:
        """`DELETE /v1/ai-gateway/gateways/{gateway_id}/tokens/{token_id}`: end a token of a gateway."""
        return await self.api.call(REVOKE_GATEWAY_TOKEN, {"gateway_id": gateway_id, "token_id": token_id}, **options)

    @blocking_or_awaited
    async def update_gateway(
        self,
        gateway_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        budget_daily_usd: Clearable[float] = NOT_GIVEN,
        budget_monthly_usd: Clearable[float] = NOT_GIVEN,
        budget_overage_action: Clearable[str] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> AIGateway:
        """`PATCH /v1/ai-gateway/gateways/{gateway_id}`: change what is given, leave the rest."""
        body = {
            "budget_daily_usd": budget_daily_usd,
            "budget_monthly_usd": budget_monthly_usd,
            "budget_overage_action": budget_overage_action,
            "description": description,
            "name": name,
        }
        return await self.api.call(UPDATE_GATEWAY, {"gateway_id": gateway_id}, body=given(body), **options)

    @blocking_or_awaited
    async def usage(
        self, *, period: str | None = None, agent_id: str | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayUsage:
        """`GET /v1/ai-gateway/usage`: what was used and spent; `period` is 7d, 30d (when left out) or 90d."""
        return await self.api.call(USAGE, query={"period": period, "agent_id": agent_id}, **options)
