"""`client.agents`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.envelopes import data, deleted, rows
from knoxcall.mode import D
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, WriteOptions
    from knoxcall.types import Agent, AgentCreateResult, AgentRevokeResult, TamperEvent

CREATE: Operation[AgentCreateResult] = Operation("POST", "/v1/agents", data)
GET_TAMPER_EVENTS: Operation[list[TamperEvent]] = Operation("GET", "/v1/agents/{agent_id}/tamper-events", rows)
LIST: Operation[list[Agent]] = Operation("GET", "/v1/agents", rows)
REVOKE: Operation[AgentRevokeResult] = Operation("DELETE", "/v1/agents/{agent_id}", deleted)


class Agents(Resource[D]):
    """Agents that run inside your own network."""

    @blocking_or_awaited
    async def create(self, *, name: str, **options: Unpack[WriteOptions]) -> AgentCreateResult:
        """`POST /v1/agents`: register an agent. The answer's `agent_secret` is shown only this once."""
        body = {"name": name}
        return await self.api.call(CREATE, body=body, **options)

    @blocking_or_awaited
    async def get_tamper_events(self, agent_id: str, **options: Unpack[CallOptions]) -> builtins.list[TamperEvent]:
        """`GET /v1/agents/{agent_id}/tamper-events`: what an agent reported about attempts to tamper with it."""
        return await self.api.call(GET_TAMPER_EVENTS, {"agent_id": agent_id}, **options)

    @blocking_or_awaited
    async def list(self, **options: Unpack[CallOptions]) -> builtins.list[Agent]:
        """`GET /v1/agents`: all agents."""
        return await self.api.call(LIST, **options)

    @blocking_or_awaited
    async def revoke(self, agent_id: str, **options: Unpack[WriteOptions]) -> AgentRevokeResult:
        """`DELETE /v1/agents/{agent_id}`: end an agent's access at once."""
        return await self.api.call(REVOKE, {"agent_id": agent_id}, **options)
