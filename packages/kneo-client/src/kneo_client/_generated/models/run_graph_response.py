from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.run_graph_response_edges_item import RunGraphResponseEdgesItem
from ..models.run_graph_response_nodes_item import RunGraphResponseNodesItem


class RunGraphResponse(Model, kw_only=True):
    """`RunGraphResponse` of the platform's OpenAPI document.

    Attributes:
        run_id (str)
        status (str)
        current (None | str, or UNSET)
        edges (list[RunGraphResponseEdgesItem], or UNSET)
        max_steps (int | None, or UNSET)
        nodes (list[RunGraphResponseNodesItem], or UNSET)
        start (None | str, or UNSET)
        visited (list[str], or UNSET)
        workflow_kind (None | str, or UNSET)
        workflow_name (None | str, or UNSET)
    """

    run_id: str
    status: str
    current: Maybe[None | str] = UNSET
    edges: Maybe[list[RunGraphResponseEdgesItem]] = UNSET
    max_steps: Maybe[int | None] = UNSET
    nodes: Maybe[list[RunGraphResponseNodesItem]] = UNSET
    start: Maybe[None | str] = UNSET
    visited: Maybe[list[str]] = UNSET
    workflow_kind: Maybe[None | str] = UNSET
    workflow_name: Maybe[None | str] = UNSET
