"""What the methods of `ai_gateway` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict

from knoxcall.types.pages import PageMeta


class AIGateway(TypedDict):
    """What `ai_gateway.create_gateway`, `ai_gateway.get_gateway`, `ai_gateway.iterate_gateways` and
    `ai_gateway.update_gateway` return.
    """

    id: str
    tenant_id: str
    name: str
    slug: str
    description: str | None
    budget_daily_usd: float | None
    budget_monthly_usd: float | None
    budget_overage_action: str  # block|warn
    status: str
    paused_reason: str | None
    created_at: str
    updated_at: str
    created_by: str | None


class AIGatewayAgent(TypedDict):
    """What `ai_gateway.create_agent`, `ai_gateway.get_agent`, `ai_gateway.iterate_agents` and
    `ai_gateway.update_agent` return.
    """

    id: str
    tenant_id: str
    gateway_id: str
    name: str
    slug: str
    description: str | None
    primary_route_id: str | None
    fallback_route_ids: list[str]
    model_allowlist: list[str]
    model_denylist: list[str]
    default_model: str | None
    model_rewrite: dict[str, Any]
    budget_daily_usd: float | None
    budget_monthly_usd: float | None
    budget_per_call_max_tokens: int | None
    budget_overage_action: str
    fallback_agent_id: str | None
    pii_redact_policy_id: str | None
    pii_detokenize_response: bool
    pii_request_mode: str
    pii_response_mode: str
    pii_streaming_holdback_chars: int
    pii_streaming_mode: str
    tags: dict[str, str]
    provider: str | None
    cache_mode: str
    cache_ttl_seconds: int
    cache_similarity_threshold: float | None
    cache_embedding_model: str | None
    streaming_enabled: bool
    firewall_policy_id: str | None
    tool_allowlist: list[str]
    output_schema: dict[str, Any] | None
    output_validation_action: str
    data_residency_region: str | None
    cmek_key_id: str | None
    status: str
    paused_reason: str | None
    routing_policy: dict[str, Any]
    guardrail_webhook_url: str | None
    guardrail_webhook_secret_id: str | None
    guardrail_webhook_mode: str
    guardrail_webhook_timeout_ms: int
    guardrail_webhook_failure_action: str
    agent_url: str
    created_at: str
    updated_at: str
    created_by: str | None


class AIGatewayAgentPage(TypedDict):
    """One page of a list."""

    data: list[AIGatewayAgent]
    meta: PageMeta


class AIGatewayArchiveResult(TypedDict):
    """What `ai_gateway.delete_agent`, `ai_gateway.delete_gateway` and `ai_gateway.delete_mcp_server` return."""

    id: str
    status: str


class AIGatewayMcpServer(TypedDict):
    """What `ai_gateway.create_mcp_server`, `ai_gateway.get_mcp_server`, `ai_gateway.iterate_mcp_servers` and
    `ai_gateway.update_mcp_server` return.
    """

    id: str
    gateway_id: str | None
    name: str
    slug: str | None
    description: str | None
    server_type: str
    transport: str | None
    upstream_url: str | None
    allowed_tools: list[str]
    pii_inspection: bool
    auth: dict[str, Any]
    pii_redact_policy_id: str | None
    firewall_policy_id: str | None
    guardrail_webhook_url: str | None
    guardrail_webhook_secret_id: str | None
    guardrail_webhook_mode: str
    guardrail_webhook_timeout_ms: int
    guardrail_webhook_failure_action: str
    sandbox: bool
    status: str
    created_at: str
    updated_at: str
    connect_url: str
    resource: str


class AIGatewayMcpServerPage(TypedDict):
    """One page of a list."""

    data: list[AIGatewayMcpServer]
    meta: PageMeta


class AIGatewayMcpTool(TypedDict):
    """What `ai_gateway.iterate_mcp_tools`, `ai_gateway.update_mcp_tool` and `ai_gateway.upsert_mcp_tool` return."""

    id: str
    tenant_id: str
    mcp_server_id: str
    tool_name: str
    route_id: str | None
    description: str | None
    input_schema: dict[str, Any]
    enabled: bool
    created_at: str
    updated_at: str


class AIGatewayMcpToolDeleteResult(TypedDict):
    """What `ai_gateway.delete_mcp_tool` returns."""

    id: str
    deleted: bool


class AIGatewayMcpToolPage(TypedDict):
    """One page of a list."""

    data: list[AIGatewayMcpTool]
    meta: PageMeta


class AIGatewayMintedToken(TypedDict):
    """What `ai_gateway.mint_token` returns."""

    id: NotRequired[str]
    name: NotRequired[str]
    kind: NotRequired[str]
    prefix: NotRequired[str]
    token: NotRequired[str]
    dpop_required: NotRequired[bool]
    expires_at: NotRequired[str | None]


class AIGatewayPage(TypedDict):
    """One page of a list."""

    data: list[AIGateway]
    meta: PageMeta


class AIGatewayToken(TypedDict):
    """What `ai_gateway.iterate_gateway_tokens` and `ai_gateway.iterate_tokens` return."""

    id: str
    name: str | None
    kind: str  # agent|read|tool|oneshot
    prefix: str
    dpop_required: bool
    scope_jsonb: dict[str, Any]
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    created_at: str


class AIGatewayTokenPage(TypedDict):
    """One page of a list."""

    data: list[AIGatewayToken]
    meta: PageMeta


class AIGatewayTokenRevokeResult(TypedDict):
    """What `ai_gateway.revoke_gateway_token` and `ai_gateway.revoke_token` return."""

    id: str
    revoked: bool


class AIGatewayUsage(TypedDict):
    """What `ai_gateway.usage` returns."""

    period_days: int
    by_model: list[AIGatewayUsageByModel]
    totals: AIGatewayUsageTotals


class AIGatewayUsageByModel(TypedDict):
    """Part of another answer."""

    provider: str
    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced_requests: int


class AIGatewayUsageExport(TypedDict):
    """What `ai_gateway.export_usage` returns."""

    group_by: str
    period_days: int
    rows: list[AIGatewayUsageExportRow]


class AIGatewayUsageExportRow(TypedDict):
    """Part of another answer."""

    group: str | None
    requests: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced_requests: int


class AIGatewayUsageTotals(TypedDict):
    """Part of another answer."""

    requests: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced_requests: int
