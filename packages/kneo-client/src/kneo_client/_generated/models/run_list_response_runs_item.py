from __future__ import annotations

from typing import Any, ClassVar

from sdk_engine.models import UNSET, Maybe, Model

from ..models.run_list_response_runs_item_error_type_0 import RunListResponseRunsItemErrorType0
from ..models.run_list_response_runs_item_metadata import RunListResponseRunsItemMetadata
from ..models.run_list_response_runs_item_pending_human_request_type_0 import (
    RunListResponseRunsItemPendingHumanRequestType0,
)


class RunListResponseRunsItem(Model, kw_only=True):
    """`RunListResponseRunsItem` of the platform's OpenAPI document."""

    open_ended: ClassVar[bool] = True

    id: str
    status: str
    agent_name: Maybe[None | str] = UNSET
    workflow_name: Maybe[None | str] = UNSET
    workflow_kind: Maybe[None | str] = UNSET
    input_text: Maybe[None | str] = UNSET
    output_text: Maybe[None | str] = UNSET
    current_step_index: Maybe[int | None] = UNSET
    current_step_id: Maybe[None | str] = UNSET
    current_node_id: Maybe[None | str] = UNSET
    visited_steps: Maybe[list[str]] = UNSET
    visited_nodes: Maybe[list[str]] = UNSET
    messages: Maybe[list[Any]] = UNSET
    pending_human_request: Maybe[None | RunListResponseRunsItemPendingHumanRequestType0] = UNSET
    continuation_id: Maybe[None | str] = UNSET
    trace_events: Maybe[list[Any]] = UNSET
    metadata: Maybe[RunListResponseRunsItemMetadata] = UNSET
    error: Maybe[None | RunListResponseRunsItemErrorType0] = UNSET
    parent_run_id: Maybe[None | str] = UNSET
    tags: Maybe[list[str]] = UNSET
    created_at: Maybe[None | str] = UNSET
    updated_at: Maybe[None | str] = UNSET
    started_at: Maybe[None | str] = UNSET
    completed_at: Maybe[None | str] = UNSET
    deadline_at: Maybe[None | str] = UNSET
