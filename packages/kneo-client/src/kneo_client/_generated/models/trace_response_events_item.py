from __future__ import annotations

from typing import Any, ClassVar

from kneo_client.core.models import ABSENT, UNSET, Maybe, Model, Observed


class TraceResponseEventsItem(Model, kw_only=True):
    """`TraceResponseEventsItem` of the platform's OpenAPI document.

    Attributes:
        type (str)
        run_id (None | str, or UNSET)
        event_id (None | str, or UNSET)
        timestamp (None | str, or UNSET)
        parent_event_id (None | str, or UNSET)
        span_id (None | str, or UNSET)
        parent_span_id (None | str, or UNSET)
        agent_name (None | str, or UNSET)
        workflow_name (None | str, or UNSET)
        step_id (None | str, or UNSET)
        runtime_mode (None | str, or UNSET)
        model_provider (None | str, or UNSET)
        model_name (None | str, or UNSET)
        tool_name (None | str, or UNSET)
        guardrail_id (None | str, or UNSET)
        memory_policy (None | str, or UNSET)
        input_preview (None | str, or UNSET)
        output_preview (None | str, or UNSET)
        metadata (dict[str, Any], or UNSET)
        error (Any, or UNSET)
    """

    open_ended: ClassVar[bool] = True

    type: Observed[str] = ABSENT
    run_id: Observed[Maybe[None | str]] = UNSET
    event_id: Observed[Maybe[None | str]] = UNSET
    timestamp: Observed[Maybe[None | str]] = UNSET
    parent_event_id: Observed[Maybe[None | str]] = UNSET
    span_id: Observed[Maybe[None | str]] = UNSET
    parent_span_id: Observed[Maybe[None | str]] = UNSET
    agent_name: Observed[Maybe[None | str]] = UNSET
    workflow_name: Observed[Maybe[None | str]] = UNSET
    step_id: Observed[Maybe[None | str]] = UNSET
    runtime_mode: Observed[Maybe[None | str]] = UNSET
    model_provider: Observed[Maybe[None | str]] = UNSET
    model_name: Observed[Maybe[None | str]] = UNSET
    tool_name: Observed[Maybe[None | str]] = UNSET
    guardrail_id: Observed[Maybe[None | str]] = UNSET
    memory_policy: Observed[Maybe[None | str]] = UNSET
    input_preview: Observed[Maybe[None | str]] = UNSET
    output_preview: Observed[Maybe[None | str]] = UNSET
    metadata: Observed[Maybe[dict[str, Any]]] = UNSET
    error: Observed[Maybe[Any]] = UNSET
