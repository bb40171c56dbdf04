from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.human_task_list_response_tasks_item import HumanTaskListResponseTasksItem


class HumanTaskListResponse(Model, kw_only=True):
    """`HumanTaskListResponse` of the platform's OpenAPI document."""

    count: int
    tasks: list[HumanTaskListResponseTasksItem]
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
