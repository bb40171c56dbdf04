from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.run_list_response_runs_item import RunListResponseRunsItem


class RunListResponse(Model, kw_only=True):
    """`RunListResponse` of the platform's OpenAPI document."""

    count: int
    runs: list[RunListResponseRunsItem]
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
