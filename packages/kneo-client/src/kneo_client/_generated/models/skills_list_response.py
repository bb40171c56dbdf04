from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, Maybe, Page

from ..models.skills_list_response_skills_item import SkillsListResponseSkillsItem


class SkillsListResponse(Page[SkillsListResponseSkillsItem], kw_only=True):
    """`SkillsListResponse` of the platform's OpenAPI document."""

    rows__: ClassVar[str] = "skills"

    count: int
    skills: list[SkillsListResponseSkillsItem]
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
    window: Maybe[int | None] = UNSET
