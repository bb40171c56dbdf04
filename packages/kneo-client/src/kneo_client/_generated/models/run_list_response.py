from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, Maybe, Page

from ..models.run_list_response_runs_item import RunListResponseRunsItem


class RunListResponse(Page[RunListResponseRunsItem], kw_only=True):
    """`RunListResponse` of the platform's OpenAPI document."""

    rows__: ClassVar[str] = "runs"

    count: int
    runs: list[RunListResponseRunsItem]
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
    window: Maybe[int | None] = UNSET
