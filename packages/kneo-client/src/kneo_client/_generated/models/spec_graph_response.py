from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.spec_graph_response_edges_item import SpecGraphResponseEdgesItem
from ..models.spec_graph_response_nodes_item import SpecGraphResponseNodesItem


class SpecGraphResponse(Model, kw_only=True):
    """`SpecGraphResponse` of the platform's OpenAPI document.

    Attributes:
        edges (list[SpecGraphResponseEdgesItem], or UNSET)
        max_steps (int | None, or UNSET)
        nodes (list[SpecGraphResponseNodesItem], or UNSET)
        start (None | str, or UNSET)
        workflow_kind (None | str, or UNSET)
        workflow_name (None | str, or UNSET)
    """

    edges: Maybe[list[SpecGraphResponseEdgesItem]] = UNSET
    max_steps: Maybe[int | None] = UNSET
    nodes: Maybe[list[SpecGraphResponseNodesItem]] = UNSET
    start: Maybe[None | str] = UNSET
    workflow_kind: Maybe[None | str] = UNSET
    workflow_name: Maybe[None | str] = UNSET
