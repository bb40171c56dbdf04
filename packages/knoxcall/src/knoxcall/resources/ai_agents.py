"""`client.ai_gateway`: agents and their tokens."""

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
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        AIGatewayAgent,
        AIGatewayAgentPage,
        AIGatewayArchiveResult,
        AIGatewayMintedToken,
        AIGatewayToken,
        AIGatewayTokenPage,
        AIGatewayTokenRevokeResult,
    )

CREATE_AGENT: Operation[AIGatewayAgent] = Operation("POST", "/v1/ai-gateway/gateways/{gateway_id}/agents", data)
DELETE_AGENT: Operation[AIGatewayArchiveResult] = Operation("DELETE", "/v1/ai-gateway/agents/{agent_id}", deleted)
GET_AGENT: Operation[AIGatewayAgent] = Operation("GET", "/v1/ai-gateway/agents/{agent_id}", data)
LIST_AGENTS: Operation[AIGatewayAgentPage] = Operation("GET", "/v1/ai-gateway/gateways/{gateway_id}/agents", page)
LIST_TOKENS: Operation[AIGatewayTokenPage] = Operation("GET", "/v1/ai-gateway/agents/{agent_id}/tokens", page)
MINT_TOKEN: Operation[AIGatewayMintedToken] = Operation("POST", "/v1/ai-gateway/agents/{agent_id}/tokens", data)
REVOKE_TOKEN: Operation[AIGatewayTokenRevokeResult] = Operation(
    "DELETE", "/v1/ai-gateway/agents/{agent_id}/tokens/{token_id}", deleted
)
UPDATE_AGENT: Operation[AIGatewayAgent] = Operation("PATCH", "/v1/ai-gateway/agents/{agent_id}", data)


class AIAgents(Resource[D]):
    """Agents and their tokens."""

    @blocking_or_awaited
    async def create_agent(
        self,
        gateway_id: str,
        *,
        name: str,
        slug: str,
        description: str | None = None,
        primary_route_id: str | None = None,
        provider: str | None = None,
        upstream_secret_id: str | None = None,
        upstream: str | None = None,
        default_model: str | None = None,
        model_allowlist: list[str] | None = None,
        model_denylist: list[str] | None = None,
        budget_daily_usd: float | None = None,
        budget_monthly_usd: float | None = None,
        streaming_enabled: bool | None = None,
        firewall_policy_id: str | None = None,
        pii_redact_policy_id: str | None = None,
        pii_request_mode: str | None = None,
        pii_response_mode: str | None = None,
        pii_detokenize_response: bool | None = None,
        pii_streaming_holdback_chars: int | None = None,
        pii_streaming_mode: str | None = None,
        fallback_route_ids: list[str] | None = None,
        model_rewrite: dict[str, str] | None = None,
        budget_per_call_max_tokens: int | None = None,
        budget_overage_action: str | None = None,
        fallback_agent_id: str | None = None,
        tags: dict[str, str] | None = None,
        cache_mode: str | None = None,
        cache_ttl_seconds: int | None = None,
        cache_similarity_threshold: float | None = None,
        cache_embedding_model: str | None = None,
        tool_allowlist: list[str] | None = None,
        output_schema: dict[str, Any] | None = None,
        output_validation_action: str | None = None,
        data_residency_region: str | None = None,
        cmek_key_id: str | None = None,
        routing_policy: dict[str, Any] | None = None,
        guardrail_webhook_url: str | None = None,
        guardrail_webhook_secret_id: str | None = None,
        guardrail_webhook_mode: str | None = None,
        guardrail_webhook_timeout_ms: int | None = None,
        guardrail_webhook_failure_action: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayAgent:
        """`POST /v1/ai-gateway/gateways/{gateway_id}/agents`: add an agent to a gateway. `agent_url` in the answer is
        the base URL for an AI client.

        Give either `provider` and `upstream_secret_id` or `primary_route_id`: an agent with neither is accepted, and
        answers 502. `upstream` is needed for azure-openai, ollama, bedrock and openai-compatible, and the last needs
        `default_model`.
        """
        body = {
            "budget_daily_usd": budget_daily_usd,
            "budget_monthly_usd": budget_monthly_usd,
            "budget_overage_action": budget_overage_action,
            "budget_per_call_max_tokens": budget_per_call_max_tokens,
            "cache_embedding_model": cache_embedding_model,
            "cache_mode": cache_mode,
            "cache_similarity_threshold": cache_similarity_threshold,
            "cache_ttl_seconds": cache_ttl_seconds,
            "cmek_key_id": cmek_key_id,
            "data_residency_region": data_residency_region,
            "default_model": default_model,
            "description": description,
            "fallback_agent_id": fallback_agent_id,
            "fallback_route_ids": fallback_route_ids,
            "firewall_policy_id": firewall_policy_id,
            "guardrail_webhook_failure_action": guardrail_webhook_failure_action,
            "guardrail_webhook_mode": guardrail_webhook_mode,
            "guardrail_webhook_secret_id": guardrail_webhook_secret_id,
            "guardrail_webhook_timeout_ms": guardrail_webhook_timeout_ms,
            "guardrail_webhook_url": guardrail_webhook_url,
            "model_allowlist": model_allowlist,
            "model_denylist": model_denylist,
            "model_rewrite": model_rewrite,
            "name": name,
            "output_schema": output_schema,
            "output_validation_action": output_validation_action,
            "pii_detokenize_response": pii_detokenize_response,
            "pii_redact_policy_id": pii_redact_policy_id,
            "pii_request_mode": pii_request_mode,
            "pii_response_mode": pii_response_mode,
            "pii_streaming_holdback_chars": pii_streaming_holdback_chars,
            "pii_streaming_mode": pii_streaming_mode,
            "primary_route_id": primary_route_id,
            "provider": provider,
            "routing_policy": routing_policy,
            "slug": slug,
            "streaming_enabled": streaming_enabled,
            "tags": tags,
            "tool_allowlist": tool_allowlist,
            "upstream": upstream,
            "upstream_secret_id": upstream_secret_id,
        }
        return await self.api.call(CREATE_AGENT, {"gateway_id": gateway_id}, body=present(body), **options)

    @blocking_or_awaited
    async def delete_agent(self, agent_id: str, **options: Unpack[WriteOptions]) -> AIGatewayArchiveResult:
        """`DELETE /v1/ai-gateway/agents/{agent_id}`: remove an agent."""
        return await self.api.call(DELETE_AGENT, {"agent_id": agent_id}, **options)

    @blocking_or_awaited
    async def get_agent(self, agent_id: str, **options: Unpack[CallOptions]) -> AIGatewayAgent:
        """`GET /v1/ai-gateway/agents/{agent_id}`: one agent."""
        return await self.api.call(GET_AGENT, {"agent_id": agent_id}, **options)

    def iterate_agents(
        self, gateway_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[AIGatewayAgent, D]:
        """Walk all agents of a gateway, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_AGENTS, {"gateway_id": gateway_id}, query, options))

    def iterate_tokens(
        self, agent_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[AIGatewayToken, D]:
        """Walk all tokens of an agent, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_TOKENS, {"agent_id": agent_id}, query, options))

    @blocking_or_awaited
    async def list_agents(
        self, gateway_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayAgentPage:
        """`GET /v1/ai-gateway/gateways/{gateway_id}/agents`: one page of the agents of a gateway."""
        return await self.api.call(
            LIST_AGENTS, {"gateway_id": gateway_id}, query={"page": page, "per_page": per_page}, **options
        )

    @blocking_or_awaited
    async def list_tokens(
        self, agent_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayTokenPage:
        """`GET /v1/ai-gateway/agents/{agent_id}/tokens`: one page of the tokens of an agent."""
        return await self.api.call(
            LIST_TOKENS, {"agent_id": agent_id}, query={"page": page, "per_page": per_page}, **options
        )

    @blocking_or_awaited
    async def mint_token(
        self,
        agent_id: str,
        *,
        name: str | None = None,
        kind: str | None = None,
        dpop_required: bool | None = None,
        dpop_jkt: str | None = None,
        expires_in_seconds: int | None = None,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayMintedToken:
        """`POST /v1/ai-gateway/agents/{agent_id}/tokens`: make a token of an agent; `token` in the answer is shown
        only this once.

        `kind` is agent (when left out), read, tool or oneshot; `dpop_required` goes with `dpop_jkt`.
        """
        body = {
            "dpop_jkt": dpop_jkt,
            "dpop_required": dpop_required,
            "expires_in_seconds": expires_in_seconds,
            "kind": kind,
            "name": name,
        }
        return await self.api.call(MINT_TOKEN, {"agent_id": agent_id}, body=present(body), **options)

    @blocking_or_awaited
    async def revoke_token(
        self, agent_id: str, token_id: str, **options: Unpack[WriteOptions]
    ) -> AIGatewayTokenRevokeResult:
        """`DELETE /v1/ai-gateway/agents/{agent_id}/tokens/{token_id}`: end a token of an agent."""
        return await self.api.call(REVOKE_TOKEN, {"agent_id": agent_id, "token_id": token_id}, **options)

    @blocking_or_awaited
    async def update_agent(
        self,
        agent_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        slug: Clearable[str] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        primary_route_id: Clearable[str] = NOT_GIVEN,
        fallback_route_ids: Clearable[list[str]] = NOT_GIVEN,
        model_allowlist: Clearable[list[str]] = NOT_GIVEN,
        model_denylist: Clearable[list[str]] = NOT_GIVEN,
        default_model: Clearable[str] = NOT_GIVEN,
        model_rewrite: Clearable[dict[str, str]] = NOT_GIVEN,
        budget_daily_usd: Clearable[float] = NOT_GIVEN,
        budget_monthly_usd: Clearable[float] = NOT_GIVEN,
        budget_per_call_max_tokens: Clearable[int] = NOT_GIVEN,
        budget_overage_action: Clearable[str] = NOT_GIVEN,
        fallback_agent_id: Clearable[str] = NOT_GIVEN,
        pii_redact_policy_id: Clearable[str] = NOT_GIVEN,
        pii_detokenize_response: Clearable[bool] = NOT_GIVEN,
        pii_request_mode: Clearable[str] = NOT_GIVEN,
        pii_response_mode: Clearable[str] = NOT_GIVEN,
        pii_streaming_holdback_chars: Clearable[int] = NOT_GIVEN,
        pii_streaming_mode: Clearable[str] = NOT_GIVEN,
        tags: Clearable[dict[str, str]] = NOT_GIVEN,
        cache_mode: Clearable[str] = NOT_GIVEN,
        cache_ttl_seconds: Clearable[int] = NOT_GIVEN,
        cache_similarity_threshold: Clearable[float] = NOT_GIVEN,
        cache_embedding_model: Clearable[str] = NOT_GIVEN,
        streaming_enabled: Clearable[bool] = NOT_GIVEN,
        firewall_policy_id: Clearable[str] = NOT_GIVEN,
        tool_allowlist: Clearable[list[str]] = NOT_GIVEN,
        output_schema: Clearable[dict[str, Any]] = NOT_GIVEN,
        output_validation_action: Clearable[str] = NOT_GIVEN,
        data_residency_region: Clearable[str] = NOT_GIVEN,
        cmek_key_id: Clearable[str] = NOT_GIVEN,
        routing_policy: Clearable[dict[str, Any]] = NOT_GIVEN,
        guardrail_webhook_url: Clearable[str] = NOT_GIVEN,
        guardrail_webhook_secret_id: Clearable[str] = NOT_GIVEN,
        guardrail_webhook_mode: Clearable[str] = NOT_GIVEN,
        guardrail_webhook_timeout_ms: Clearable[int] = NOT_GIVEN,
        guardrail_webhook_failure_action: Clearable[str] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayAgent:
        """`PATCH /v1/ai-gateway/agents/{agent_id}`: change what is given, leave the rest."""
        body = {
            "budget_daily_usd": budget_daily_usd,
            "budget_monthly_usd": budget_monthly_usd,
            "budget_overage_action": budget_overage_action,
            "budget_per_call_max_tokens": budget_per_call_max_tokens,
            "cache_embedding_model": cache_embedding_model,
            "cache_mode": cache_mode,
            "cache_similarity_threshold": cache_similarity_threshold,
            "cache_ttl_seconds": cache_ttl_seconds,
            "cmek_key_id": cmek_key_id,
            "data_residency_region": data_residency_region,
            "default_model": default_model,
            "description": description,
            "fallback_agent_id": fallback_agent_id,
            "fallback_route_ids": fallback_route_ids,
            "firewall_policy_id": firewall_policy_id,
            "guardrail_webhook_failure_action": guardrail_webhook_failure_action,
            "guardrail_webhook_mode": guardrail_webhook_mode,
            "guardrail_webhook_secret_id": guardrail_webhook_secret_id,
            "guardrail_webhook_timeout_ms": guardrail_webhook_timeout_ms,
            "guardrail_webhook_url": guardrail_webhook_url,
            "model_allowlist": model_allowlist,
            "model_denylist": model_denylist,
            "model_rewrite": model_rewrite,
            "name": name,
            "output_schema": output_schema,
            "output_validation_action": output_validation_action,
            "pii_detokenize_response": pii_detokenize_response,
            "pii_redact_policy_id": pii_redact_policy_id,
            "pii_request_mode": pii_request_mode,
            "pii_response_mode": pii_response_mode,
            "pii_streaming_holdback_chars": pii_streaming_holdback_chars,
            "pii_streaming_mode": pii_streaming_mode,
            "primary_route_id": primary_route_id,
            "routing_policy": routing_policy,
            "slug": slug,
            "streaming_enabled": streaming_enabled,
            "tags": tags,
            "tool_allowlist": tool_allowlist,
        }
        return await self.api.call(UPDATE_AGENT, {"agent_id": agent_id}, body=given(body), **options)
