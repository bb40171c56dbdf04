from __future__ import annotations

from typing import Any, ClassVar

from sdk_engine.models import UNSET, Maybe, Model

from ..models.human_task_list_response_tasks_item_metadata import HumanTaskListResponseTasksItemMetadata
from ..models.human_task_list_response_tasks_item_pending_human_request_type_0 import (
    HumanTaskListResponseTasksItemPendingHumanRequestType0,
)
from ..models.human_task_list_response_tasks_item_variables import HumanTaskListResponseTasksItemVariables


class HumanTaskListResponseTasksItem(Model, kw_only=True):
    """`HumanTaskListResponseTasksItem` of the platform's OpenAPI document."""

    open_ended: ClassVar[bool] = True

    id: str
    run_id: Maybe[None | str] = UNSET
    workflow_name: Maybe[None | str] = UNSET
    workflow_kind: Maybe[None | str] = UNSET
    current_step_index: Maybe[int | None] = UNSET
    current_node_id: Maybe[None | str] = UNSET
    current_input: Maybe[None | str] = UNSET
    visited_steps: Maybe[list[str]] = UNSET
    visited_nodes: Maybe[list[str]] = UNSET
    messages: Maybe[list[Any]] = UNSET
    variables: Maybe[HumanTaskListResponseTasksItemVariables] = UNSET
    pending_human_request_id: Maybe[None | str] = UNSET
    pending_human_request: Maybe[HumanTaskListResponseTasksItemPendingHumanRequestType0 | None] = UNSET
    expires_at: Maybe[float | None] = UNSET
    trace_events: Maybe[list[Any]] = UNSET
    metadata: Maybe[HumanTaskListResponseTasksItemMetadata] = UNSET
