from __future__ import annotations

from typing import Any, ClassVar

from kneo_client.core.models import ABSENT, UNSET, Maybe, Model, Observed


class CheckpointListResponseCheckpointsItem(Model, kw_only=True):
    """`CheckpointListResponseCheckpointsItem` of the platform's OpenAPI document."""

    open_ended: ClassVar[bool] = True

    sequence: Observed[int] = ABSENT
    type: Observed[Maybe[None | str]] = UNSET
    id: Observed[Maybe[None | str]] = UNSET
    run_id: Observed[Maybe[None | str]] = UNSET
    workflow_name: Observed[Maybe[None | str]] = UNSET
    step_id: Observed[Maybe[None | str]] = UNSET
    node_id: Observed[Maybe[None | str]] = UNSET
    iteration: Observed[Maybe[int | None]] = UNSET
    state: Observed[Maybe[dict[str, Any]]] = UNSET
    trace_events: Observed[Maybe[list[Any]]] = UNSET
    metadata: Observed[Maybe[dict[str, Any]]] = UNSET
    created_at: Observed[Maybe[None | str]] = UNSET
