"""Skills that specs and runs can add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.core.values import SortOrder
    from kneo_client.types import SkillsListResponse

LIST_SKILLS = Operation("GET", "/v1/skills", typed(lambda: types.SkillsListResponse))


class SkillsClient(Group[D]):
    """Which skills the platform has."""

    @blocking_or_awaited
    async def list(
        self, *, limit: int = 100, offset: int = 0, sort_by: str = "name", sort_order: SortOrder = "asc"
    ) -> SkillsListResponse:
        """`GET /v1/skills`: one page of skills, in `skills`.

        Raises:
            KneoPlatformVersionError: the platform is older than 1.2.0.
        """
        query = {"limit": limit, "offset": offset, "sort_by": sort_by, "sort_order": sort_order}
        return await self._transport.call(LIST_SKILLS, query=query)
