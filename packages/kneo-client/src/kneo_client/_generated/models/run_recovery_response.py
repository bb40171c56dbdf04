from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.run_recovery_response_error_type_0 import RunRecoveryResponseErrorType0
from ..models.run_recovery_response_pending_human_request_type_0 import RunRecoveryResponsePendingHumanRequestType0
from ..models.run_recovery_response_replay_context import RunRecoveryResponseReplayContext


class RunRecoveryResponse(Model, kw_only=True):
    """`RunRecoveryResponse` of the platform's OpenAPI document."""

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
