"""The development surface: writing specs and trying them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import part

from kneo_client._lazy import lazy
from kneo_client.agent.skills import SkillsClient
from kneo_client.agent.specs import SpecsClient
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.agent.combined import DryRunResult, ValidateThenCompileResult

__all__ = ["AgentClient", "DryRunResult", "SkillsClient", "SpecsClient", "ValidateThenCompileResult"]

__getattr__, _ = lazy(
    __name__, dict.fromkeys(("DryRunResult", "ValidateThenCompileResult"), "kneo_client.agent.combined")
)


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
