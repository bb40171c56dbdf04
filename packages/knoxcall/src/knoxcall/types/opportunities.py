"""What the methods of `opportunities` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from knoxcall.types.pages import PageMeta


class AcceptOpportunityResult(TypedDict):
    """What `opportunities.accept` returns."""

    opportunity_id: str
    route: AcceptedOpportunityRoute
    collection_id: str
    environment: str


class AcceptedOpportunityRoute(TypedDict):
    """Part of another answer."""

    id: str
    slug: str | None
    name: str


class Opportunity(TypedDict):
    """What `opportunities.iterate` returns."""

    id: str
    source: str
    service: str
    destination_host: str | None
    status: str
    confidence: float | None
    suggested_route_json: dict[str, Any] | None
    evidence_json: dict[str, Any] | None
    accepted_route_id: str | None
    created_at: str
    updated_at: str
    acted_at: str | None


class OpportunityDismissResult(TypedDict):
    """What `opportunities.dismiss` returns."""

    opportunity_id: str
    status: str


class OpportunityPage(TypedDict):
    """One page of a list."""

    data: list[Opportunity]
    meta: PageMeta
