from __future__ import annotations

from typing import Any, ClassVar

from kneo_client.core.models import ABSENT, UNSET, Maybe, Model, Observed


class HumanTaskListResponseTasksItem(Model, kw_only=True):
    """`HumanTaskListResponseTasksItem` of the platform's OpenAPI document."""

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
