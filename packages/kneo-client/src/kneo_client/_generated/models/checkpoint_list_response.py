from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.checkpoint_list_response_checkpoints_item import CheckpointListResponseCheckpointsItem


class CheckpointListResponse(Model, kw_only=True):
    """`CheckpointListResponse` of the platform's OpenAPI document."""

    checkpoints: list[CheckpointListResponseCheckpointsItem]
    run_id: str
    count: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
