from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.run_status_response_error_type_0 import RunStatusResponseErrorType0
from ..models.run_status_response_metadata import RunStatusResponseMetadata
from ..models.run_status_response_pending_human_request_type_0 import RunStatusResponsePendingHumanRequestType0
from ..models.run_usage import RunUsage


class RunStatusResponse(Model, kw_only=True):
    """`RunStatusResponse` of the platform's OpenAPI document.

    Attributes:
        run_id (str)
        status (str)
        agent_name (None | str, or UNSET)
        continuation_id (None | str, or UNSET)
        current_node_id (None | str, or UNSET)
        current_step_index (int | None, or UNSET)
        error (None | RunStatusResponseErrorType0, or UNSET)
        input_text (None | str, or UNSET)
        metadata (RunStatusResponseMetadata, or UNSET)
        output_text (None | str, or UNSET)
        pending_human_request (None | RunStatusResponsePendingHumanRequestType0, or UNSET)
        session_id (None | str, or UNSET)
        trace_event_count (int, or UNSET)
        usage (None | RunUsage, or UNSET)
        visited_nodes (list[str], or UNSET)
        visited_steps (list[str], or UNSET)
        workflow_kind (None | str, or UNSET)
        workflow_name (None | str, or UNSET)
    """

    run_id: str
    status: str
    agent_name: Maybe[None | str] = UNSET
    continuation_id: Maybe[None | str] = UNSET
    current_node_id: Maybe[None | str] = UNSET
    current_step_index: Maybe[int | None] = UNSET
    error: Maybe[None | RunStatusResponseErrorType0] = UNSET
    input_text: Maybe[None | str] = UNSET
    metadata: Maybe[RunStatusResponseMetadata] = UNSET
    output_text: Maybe[None | str] = UNSET
    pending_human_request: Maybe[None | RunStatusResponsePendingHumanRequestType0] = UNSET
    session_id: Maybe[None | str] = UNSET
    trace_event_count: Maybe[int] = UNSET
    usage: Maybe[None | RunUsage] = UNSET
    visited_nodes: Maybe[list[str]] = UNSET
    visited_steps: Maybe[list[str]] = UNSET
    workflow_kind: Maybe[None | str] = UNSET
    workflow_name: Maybe[None | str] = UNSET
