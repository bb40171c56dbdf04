from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.run_replay_response_replay_context import RunReplayResponseReplayContext
from ..models.run_replay_response_timeline_item import RunReplayResponseTimelineItem


class RunReplayResponse(Model, kw_only=True):
    """`RunReplayResponse` of the platform's OpenAPI document.

    Attributes:
        run_id (str)
        status (str)
        agent_name (None | str, or UNSET)
        checkpoint_count (int, or UNSET)
        replay_context (RunReplayResponseReplayContext, or UNSET)
        timeline (list[RunReplayResponseTimelineItem], or UNSET)
        workflow_kind (None | str, or UNSET)
        workflow_name (None | str, or UNSET)
    """

    run_id: str
    status: str
    agent_name: Maybe[None | str] = UNSET
    checkpoint_count: Maybe[int] = UNSET
    replay_context: Maybe[RunReplayResponseReplayContext] = UNSET
    timeline: Maybe[list[RunReplayResponseTimelineItem]] = UNSET
    workflow_kind: Maybe[None | str] = UNSET
    workflow_name: Maybe[None | str] = UNSET
