from __future__ import annotations

from typing import Any, ClassVar

from kneo_client.core.models import ABSENT, UNSET, Maybe, Model, Observed


class CheckpointListResponseCheckpointsItem(Model, kw_only=True):
    """`CheckpointListResponseCheckpointsItem` of the platform's OpenAPI document.

    Attributes:
        sequence (int)
        type (None | str, or UNSET)
        id (None | str, or UNSET)
        run_id (None | str, or UNSET)
        workflow_name (None | str, or UNSET)
        step_id (None | str, or UNSET)
        node_id (None | str, or UNSET)
        iteration (int | None, or UNSET)
        state (dict[str, Any], or UNSET)
        trace_events (list[Any], or UNSET)
        metadata (dict[str, Any], or UNSET)
        created_at (None | str, or UNSET)
    """

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
