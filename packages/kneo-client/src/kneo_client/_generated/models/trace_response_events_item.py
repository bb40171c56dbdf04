from __future__ import annotations

from typing import Any, ClassVar

from sdk_engine.models import UNSET, Maybe, Model


class TraceResponseEventsItem(Model, kw_only=True):
    """`TraceResponseEventsItem` of the platform's OpenAPI document."""

    open_ended: ClassVar[bool] = True

    type: str
    run_id: Maybe[None | str] = UNSET
    event_id: Maybe[None | str] = UNSET
    timestamp: Maybe[None | str] = UNSET
    parent_event_id: Maybe[None | str] = UNSET
    span_id: Maybe[None | str] = UNSET
    parent_span_id: Maybe[None | str] = UNSET
    agent_name: Maybe[None | str] = UNSET
    workflow_name: Maybe[None | str] = UNSET
    step_id: Maybe[None | str] = UNSET
    runtime_mode: Maybe[None | str] = UNSET
    model_provider: Maybe[None | str] = UNSET
    model_name: Maybe[None | str] = UNSET
    tool_name: Maybe[None | str] = UNSET
    guardrail_id: Maybe[None | str] = UNSET
    memory_policy: Maybe[None | str] = UNSET
    input_preview: Maybe[None | str] = UNSET
    output_preview: Maybe[None | str] = UNSET
    metadata: Maybe[dict[str, Any]] = UNSET
    error: Maybe[Any] = UNSET
