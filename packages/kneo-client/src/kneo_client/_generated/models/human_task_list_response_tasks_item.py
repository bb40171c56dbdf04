from __future__ import annotations

from typing import Any, ClassVar

from kneo_client.core.models import ABSENT, UNSET, Maybe, Model, Observed


class HumanTaskListResponseTasksItem(Model, kw_only=True):
    """`HumanTaskListResponseTasksItem` of the platform's OpenAPI document.

    Attributes:
        id (str)
        run_id (None | str, or UNSET)
        workflow_name (None | str, or UNSET)
        workflow_kind (None | str, or UNSET)
        current_step_index (int | None, or UNSET)
        current_node_id (None | str, or UNSET)
        current_input (None | str, or UNSET)
        visited_steps (list[str], or UNSET)
        visited_nodes (list[str], or UNSET)
        messages (list[Any], or UNSET)
        variables (dict[str, Any], or UNSET)
        pending_human_request_id (None | str, or UNSET)
        pending_human_request (dict[str, Any] | None, or UNSET)
        expires_at (float | None, or UNSET)
        trace_events (list[Any], or UNSET)
        metadata (dict[str, Any], or UNSET)
    """

    open_ended: ClassVar[bool] = True

    id: Observed[str] = ABSENT
    run_id: Observed[Maybe[None | str]] = UNSET
    workflow_name: Observed[Maybe[None | str]] = UNSET
    workflow_kind: Observed[Maybe[None | str]] = UNSET
    current_step_index: Observed[Maybe[int | None]] = UNSET
    current_node_id: Observed[Maybe[None | str]] = UNSET
    current_input: Observed[Maybe[None | str]] = UNSET
    visited_steps: Observed[Maybe[list[str]]] = UNSET
    visited_nodes: Observed[Maybe[list[str]]] = UNSET
    messages: Observed[Maybe[list[Any]]] = UNSET
    variables: Observed[Maybe[dict[str, Any]]] = UNSET
    pending_human_request_id: Observed[Maybe[None | str]] = UNSET
    pending_human_request: Observed[Maybe[dict[str, Any] | None]] = UNSET
    expires_at: Observed[Maybe[float | None]] = UNSET
    trace_events: Observed[Maybe[list[Any]]] = UNSET
    metadata: Observed[Maybe[dict[str, Any]]] = UNSET
