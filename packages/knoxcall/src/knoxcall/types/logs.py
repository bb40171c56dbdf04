"""What the methods of `logs` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict

from knoxcall.types.pages import CursorMeta


class ProofAnchor(TypedDict):
    """Part of another answer."""

    id: str
    sequence_number: str
    anchored_at: str
    algo: str
    merkle_root: str
    leaf_count: int
    from_id: str
    to_id: str
    chain_row_hash: str | None


class ProofStep(TypedDict):
    """Part of another answer."""

    hash: str
    right: bool


class RequestLog(TypedDict):
    """Part of another answer."""

    id: NotRequired[str]  # bigint as decimal string
    request_id: NotRequired[str]
    tenant_id: NotRequired[str]
    route_id: NotRequired[str | None]
    matched_client_id: NotRequired[str | None]
    identification_method: NotRequired[str | None]
    method: NotRequired[str | None]
    status_code: NotRequired[int | None]
    src_ip: NotRequired[str | None]
    environment: NotRequired[str | None]
    sandbox: NotRequired[bool | None]
    ts: NotRequired[str]
    path: NotRequired[str | None]
    latency_ms: NotRequired[int | None]
    upstream_host: NotRequired[str | None]
    error: NotRequired[str | None]
    rate_limited: NotRequired[bool | None]
    proxy_mode: NotRequired[str | None]
    client_origin: NotRequired[str]
    cursor: NotRequired[str]


class RequestLogPage(TypedDict):
    """One page of a list."""

    data: list[RequestLog]
    meta: CursorMeta


class RequestLogProof(TypedDict):
    """Part of another answer."""

    id: NotRequired[str]
    request_id: NotRequired[str]
    tenant_id: NotRequired[str]
    route_id: NotRequired[str | None]
    matched_client_id: NotRequired[str | None]
    identification_method: NotRequired[str | None]
    method: NotRequired[str | None]
    status_code: NotRequired[int | None]
    src_ip: NotRequired[str | None]
    environment: NotRequired[str | None]
    sandbox: NotRequired[bool | None]
    ts: NotRequired[str]
    path: NotRequired[str | None]
    latency_ms: NotRequired[int | None]
    upstream_host: NotRequired[str | None]
    error: NotRequired[str | None]
    rate_limited: NotRequired[bool | None]
    proxy_mode: NotRequired[str | None]
    client_origin: NotRequired[str]
    cursor: NotRequired[str]
    anchored: NotRequired[bool]
    verified: NotRequired[bool]
    reason: NotRequired[str]
    detail: NotRequired[str]
    observed_leaf_count: NotRequired[int]
    recomputed_root: NotRequired[str | None]
    anchor: NotRequired[ProofAnchor]
    leaf_index: NotRequired[int]
    leaf_hash: NotRequired[str]
    proof: NotRequired[list[ProofStep]]
    verification: NotRequired[dict[str, Any]]
