from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, ListModel, Maybe

from ..models.run_list_response_runs_item import RunListResponseRunsItem


class RunListResponse(ListModel[RunListResponseRunsItem], kw_only=True):
    """`RunListResponse` of the platform's OpenAPI document.

    Attributes:
        count (int)
        runs (list[RunListResponseRunsItem])
        limit (int, or UNSET)
        offset (int, or UNSET)
        sort_by (None | str, or UNSET)
        sort_order (str, or UNSET)
        total (int, or UNSET)
        window (int | None, or UNSET)
    """

    rows__: ClassVar[str] = "runs"

    count: int
    runs: list[RunListResponseRunsItem]
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
    window: Maybe[int | None] = UNSET
