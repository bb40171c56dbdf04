from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.run_recovery_response_error_type_0 import RunRecoveryResponseErrorType0
from ..models.run_recovery_response_pending_human_request_type_0 import RunRecoveryResponsePendingHumanRequestType0
from ..models.run_recovery_response_replay_context import RunRecoveryResponseReplayContext


class RunRecoveryResponse(Model, kw_only=True):
    """`RunRecoveryResponse` of the platform's OpenAPI document.

    Attributes:
        run_id (str)
        status (str)
        checkpoint_count (int, or UNSET)
        continuation_id (None | str, or UNSET)
        current_node_id (None | str, or UNSET)
        current_step_index (int | None, or UNSET)
        error (None | RunRecoveryResponseErrorType0, or UNSET)
        pending_human_request (None | RunRecoveryResponsePendingHumanRequestType0, or UNSET)
        replay_context (RunRecoveryResponseReplayContext, or UNSET)
        visited_nodes (list[str], or UNSET)
        visited_steps (list[str], or UNSET)
        workflow_kind (None | str, or UNSET)
        workflow_name (None | str, or UNSET)
    """

    run_id: str
    status: str
    checkpoint_count: Maybe[int] = UNSET
    continuation_id: Maybe[None | str] = UNSET
    current_node_id: Maybe[None | str] = UNSET
    current_step_index: Maybe[int | None] = UNSET
    error: Maybe[None | RunRecoveryResponseErrorType0] = UNSET
    pending_human_request: Maybe[None | RunRecoveryResponsePendingHumanRequestType0] = UNSET
    replay_context: Maybe[RunRecoveryResponseReplayContext] = UNSET
    visited_nodes: Maybe[list[str]] = UNSET
    visited_steps: Maybe[list[str]] = UNSET
    workflow_kind: Maybe[None | str] = UNSET
    workflow_name: Maybe[None | str] = UNSET
