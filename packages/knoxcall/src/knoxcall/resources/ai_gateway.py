"""`client.ai_gateway`."""

from __future__ import annotations

from knoxcall.mode import D
from knoxcall.resources.ai_agents import AIAgents
from knoxcall.resources.ai_gateways import AIGateways
from knoxcall.resources.ai_mcp import AIServers
from knoxcall.resources.ai_policies import AIPolicies


class AIGateway(AIGateways[D], AIAgents[D], AIPolicies[D], AIServers[D]):
    """The AI gateway: where agents call models, under policies and budgets."""
