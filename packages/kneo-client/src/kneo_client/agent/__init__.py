"""The development surface: writing specs and trying them out."""

from __future__ import annotations

from sdk_engine.methods import part

from kneo_client.agent.skills import SkillsClient
from kneo_client.agent.specs import SpecsClient
from kneo_client.core.group import Group
from kneo_client.core.mode import D

__all__ = ["AgentClient", "SkillsClient", "SpecsClient"]


class AgentClient(Group[D]):
    """The development groups of one transport. `KneoClient.agent` is one."""

    @part(lambda: SpecsClient)
    def specs(self) -> SpecsClient[D]:
        """Specs."""
        return SpecsClient(self._transport)

    @part(lambda: SkillsClient)
    def skills(self) -> SkillsClient[D]:
        """Skills."""
        return SkillsClient(self._transport)
