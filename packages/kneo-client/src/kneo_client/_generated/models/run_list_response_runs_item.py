from __future__ import annotations

from typing import Any, ClassVar

from sdk_engine.models import UNSET, Maybe, Model


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
    pending_human_request: Maybe[None | dict[str, Any]] = UNSET
    continuation_id: Maybe[None | str] = UNSET
    trace_events: Maybe[list[Any]] = UNSET
    metadata: Maybe[dict[str, Any]] = UNSET
    error: Maybe[None | dict[str, Any]] = UNSET
    parent_run_id: Maybe[None | str] = UNSET
    tags: Maybe[list[str]] = UNSET
    created_at: Maybe[None | str] = UNSET
    updated_at: Maybe[None | str] = UNSET
    started_at: Maybe[None | str] = UNSET
    completed_at: Maybe[None | str] = UNSET
    deadline_at: Maybe[None | str] = UNSET
