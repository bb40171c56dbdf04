from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.checkpoint_diff_response_added_item import CheckpointDiffResponseAddedItem
from ..models.checkpoint_diff_response_changed_item import CheckpointDiffResponseChangedItem
from ..models.checkpoint_diff_response_from_checkpoint import CheckpointDiffResponseFromCheckpoint
from ..models.checkpoint_diff_response_removed_item import CheckpointDiffResponseRemovedItem
from ..models.checkpoint_diff_response_to_checkpoint import CheckpointDiffResponseToCheckpoint


class CheckpointDiffResponse(Model, kw_only=True):
    """`CheckpointDiffResponse` of the platform's OpenAPI document.

    Attributes:
        change_count (int)
        from_checkpoint (CheckpointDiffResponseFromCheckpoint)
        run_id (str)
        to_checkpoint (CheckpointDiffResponseToCheckpoint)
        added (list[CheckpointDiffResponseAddedItem], or UNSET)
        changed (list[CheckpointDiffResponseChangedItem], or UNSET)
        removed (list[CheckpointDiffResponseRemovedItem], or UNSET)
        truncated (bool, or UNSET)
    """

    change_count: int
    from_checkpoint: CheckpointDiffResponseFromCheckpoint
    run_id: str
    to_checkpoint: CheckpointDiffResponseToCheckpoint
    added: Maybe[list[CheckpointDiffResponseAddedItem]] = UNSET
    changed: Maybe[list[CheckpointDiffResponseChangedItem]] = UNSET
    removed: Maybe[list[CheckpointDiffResponseRemovedItem]] = UNSET
    truncated: Maybe[bool] = UNSET
