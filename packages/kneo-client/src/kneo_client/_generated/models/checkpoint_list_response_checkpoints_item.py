from __future__ import annotations

from typing import Any, ClassVar

from sdk_engine.models import UNSET, Maybe, Model


class CheckpointListResponseCheckpointsItem(Model, kw_only=True):
    """`CheckpointListResponseCheckpointsItem` of the platform's OpenAPI document."""

    open_ended: ClassVar[bool] = True

    sequence: int
    type: Maybe[None | str] = UNSET
    id: Maybe[None | str] = UNSET
    run_id: Maybe[None | str] = UNSET
    workflow_name: Maybe[None | str] = UNSET
    step_id: Maybe[None | str] = UNSET
    node_id: Maybe[None | str] = UNSET
    iteration: Maybe[int | None] = UNSET
    state: Maybe[dict[str, Any]] = UNSET
    trace_events: Maybe[list[Any]] = UNSET
    metadata: Maybe[dict[str, Any]] = UNSET
    created_at: Maybe[None | str] = UNSET
