from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, ListModel, Maybe

from ..models.checkpoint_list_response_checkpoints_item import CheckpointListResponseCheckpointsItem


class CheckpointListResponse(ListModel[CheckpointListResponseCheckpointsItem], kw_only=True):
    """`CheckpointListResponse` of the platform's OpenAPI document.

    Attributes:
        checkpoints (list[CheckpointListResponseCheckpointsItem])
        run_id (str)
        count (int, or UNSET)
        limit (int, or UNSET)
        offset (int, or UNSET)
        sort_by (None | str, or UNSET)
        sort_order (str, or UNSET)
        total (int, or UNSET)
        window (int | None, or UNSET)
    """

    rows__: ClassVar[str] = "checkpoints"

    checkpoints: list[CheckpointListResponseCheckpointsItem]
    run_id: str
    count: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    sort_by: Maybe[None | str] = UNSET
    sort_order: Maybe[str] = UNSET
    total: Maybe[int] = UNSET
    window: Maybe[int | None] = UNSET
