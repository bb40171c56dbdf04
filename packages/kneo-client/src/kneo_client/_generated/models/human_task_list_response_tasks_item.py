from __future__ import annotations

from typing import Any, ClassVar

from sdk_engine.models import UNSET, Maybe, Model


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
    variables: Maybe[dict[str, Any]] = UNSET
    pending_human_request_id: Maybe[None | str] = UNSET
    pending_human_request: Maybe[dict[str, Any] | None] = UNSET
    expires_at: Maybe[float | None] = UNSET
    trace_events: Maybe[list[Any]] = UNSET
    metadata: Maybe[dict[str, Any]] = UNSET
