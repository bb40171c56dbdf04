"""The development surface: writing specs and trying them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneo_client.agent.specs import SpecsClient

if TYPE_CHECKING:
    from kneo_client.core.transport import Transport

__all__ = ["AgentClient", "SpecsClient"]


class AgentClient:
    """The development clients of one transport. `KneoClient.agent` is one."""

    def __init__(self, transport: Transport) -> None:
        self.specs = SpecsClient(transport)
