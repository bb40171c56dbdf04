"""Shapes of interception, which this SDK leaves out: see the migration page."""

from __future__ import annotations

from typing_extensions import NotRequired, TypedDict


class EgressObservation(TypedDict):
    """Of interception, which this SDK leaves out; here for annotations."""

    host: str
    first_segment: str
    method: str
    header_name: str
    count: int
    first_seen: str
    last_seen: str


class EgressObservationsReport(TypedDict):
    """What `wrap.report_egress_observations` returns."""

    accepted: int
    dropped: int
    reasons: dict[str, int]
    redacted: NotRequired[dict[str, int]]


class InterceptManifest(TypedDict):
    """What `wrap.intercept_manifest` returns."""

    version: str
    ttl_seconds: int
    environment: str
    sandbox: bool
    routes: list[InterceptManifestRoute]


class InterceptManifestRoute(TypedDict):
    """Of interception, which this SDK leaves out; here for annotations."""

    host: NotRequired[str]
    base_path: NotRequired[str]
    slug: NotRequired[str]
    route_id: NotRequired[str]
    requires_clients: NotRequired[bool]
    allowed_methods: NotRequired[list[str] | None]
    ambiguous: NotRequired[bool]
    updated_at: NotRequired[str | None]
