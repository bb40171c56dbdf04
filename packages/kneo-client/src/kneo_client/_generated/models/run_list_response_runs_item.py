from __future__ import annotations

from typing import Any, ClassVar

from kneo_client.core.models import ABSENT, UNSET, Maybe, Model, Observed


class RunListResponseRunsItem(Model, kw_only=True):
    """`RunListResponseRunsItem` of the platform's OpenAPI document.

    Attributes:
        id (str)
        status (str)
        agent_name (None | str, or UNSET)
        workflow_name (None | str, or UNSET)
        workflow_kind (None | str, or UNSET)
        input_text (None | str, or UNSET)
        output_text (None | str, or UNSET)
        current_step_index (int | None, or UNSET)
        current_step_id (None | str, or UNSET)
        current_node_id (None | str, or UNSET)
        visited_steps (list[str], or UNSET)
        visited_nodes (list[str], or UNSET)
        messages (list[Any], or UNSET)
        pending_human_request (None | dict[str, Any], or UNSET)
        continuation_id (None | str, or UNSET)
        trace_events (list[Any], or UNSET)
        metadata (dict[str, Any], or UNSET)
        error (None | dict[str, Any], or UNSET)
        parent_run_id (None | str, or UNSET)
        tags (list[str], or UNSET)
        created_at (None | str, or UNSET)
        updated_at (None | str, or UNSET)
        started_at (None | str, or UNSET)
        completed_at (None | str, or UNSET)
        deadline_at (None | str, or UNSET)
        session_id (None | str, or UNSET)
        usage (None | dict[str, Any], or UNSET)
    """

    open_ended: ClassVar[bool] = True

    id: Observed[str] = ABSENT
    status: Observed[str] = ABSENT
    agent_name: Observed[Maybe[None | str]] = UNSET
    workflow_name: Observed[Maybe[None | str]] = UNSET
    workflow_kind: Observed[Maybe[None | str]] = UNSET
    input_text: Observed[Maybe[None | str]] = UNSET
    output_text: Observed[Maybe[None | str]] = UNSET
    current_step_index: Observed[Maybe[int | None]] = UNSET
    current_step_id: Observed[Maybe[None | str]] = UNSET
    current_node_id: Observed[Maybe[None | str]] = UNSET
    visited_steps: Observed[Maybe[list[str]]] = UNSET
    visited_nodes: Observed[Maybe[list[str]]] = UNSET
    messages: Observed[Maybe[list[Any]]] = UNSET
    pending_human_request: Observed[Maybe[None | dict[str, Any]]] = UNSET
    continuation_id: Observed[Maybe[None | str]] = UNSET
    trace_events: Observed[Maybe[list[Any]]] = UNSET
    metadata: Observed[Maybe[dict[str, Any]]] = UNSET
    error: Observed[Maybe[None | dict[str, Any]]] = UNSET
    parent_run_id: Observed[Maybe[None | str]] = UNSET
    tags: Observed[Maybe[list[str]]] = UNSET
    created_at: Observed[Maybe[None | str]] = UNSET
    updated_at: Observed[Maybe[None | str]] = UNSET
    started_at: Observed[Maybe[None | str]] = UNSET
    completed_at: Observed[Maybe[None | str]] = UNSET
    deadline_at: Observed[Maybe[None | str]] = UNSET
    session_id: Observed[Maybe[None | str]] = UNSET
    usage: Observed[Maybe[None | dict[str, Any]]] = UNSET
