from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, ListModel, Maybe

from ..models.human_task_list_response_tasks_item import HumanTaskListResponseTasksItem


class HumanTaskListResponse(ListModel[HumanTaskListResponseTasksItem], kw_only=True):
    """`HumanTaskListResponse` of the platform's OpenAPI document.

    Attributes:
        count (int)
        tasks (list[HumanTaskListResponseTasksItem])
        limit (int, or UNSET)
        offset (int, or UNSET)
        sort_by (None | str, or UNSET)
        sort_order (str, or UNSET)
        total (int, or UNSET)
        window (int | None, or UNSET)
    """

    rows__: ClassVar[str] = "tasks"

    count: int
    tasks: list[HumanTaskListResponseTasksItem]
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
    window: Maybe[int | None] = UNSET
