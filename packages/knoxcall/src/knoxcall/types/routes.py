"""What the methods of `routes` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict

from knoxcall.types.pages import PageMeta


class Route(TypedDict):
    """What `routes.iterate` returns."""

    id: str
    name: str
    slug: str | None  # can be set once; null until then
    target_base_url: str | None  # of the base environment; null while none is set up
    base_environment: str | None
    enabled: bool
    requires_clients: bool
    collection_id: str | None
    created_at: str
    environment_override_count: int
    require_signature: bool | None
    rate_limit_enabled: bool | None
    rate_limit_requests: int | None
    rate_limit_window_sec: int | None
    allowed_methods: list[str] | None


class RouteAction(TypedDict):
    """What `routes.create_action` and `routes.list_actions` return."""

    id: str
    direction: str  # request or response
    action: str  # encrypt, decrypt, tokenize or detokenize
    selectors: list[str]
    key_name: str | None
    data_role: str | None
    content_type: str


class RouteDetail(TypedDict):
    """What `routes.get` returns."""

    id: str
    name: str
    slug: str | None
    target_base_url: str | None
    base_environment: str | None
    enabled: bool
    requires_clients: bool
    mtls_certificate_id: str | None
    collection_id: str | None
    created_at: str
    environment_override_count: int
    configured_environments: list[str]
    payload_structure: NotRequired[dict[str, Any]]
    injection_rules: NotRequired[list[Any]]
    ip_allowlist: NotRequired[list[str]]
    data_plane_node_id: NotRequired[str | None]


class RouteEnvironmentConfig(TypedDict):
    """What `routes.upsert_environment` returns."""

    id: str
    route_id: str
    environment_name: str
    target_base_url: str
    inject_headers_json: dict[str, Any]
    inject_body_json: dict[str, Any]
    created_at: str
    updated_at: str
    require_signature: bool
    signature_tolerance_sec: int
    rate_limit_enabled: bool
    rate_limit_requests: int | None
    rate_limit_window_sec: int | None
    rate_limit_burst: int | None
    allowed_methods: list[str] | None
    method_configs: list[Any] | None
    use_method_specific_configs: bool | None
    http_method_restrictions_enabled: bool | None
    egress_server_id: str | None
    enabled: bool
    requires_clients: bool
    mtls_certificate_id: str | None
    payload_structure: dict[str, Any]
    injection_rules: list[Any]
    ip_allowlist: list[str]
    data_plane_node_id: str | None
    intercept_enabled: bool


class RouteEnvironmentListItem(TypedDict):
    """What `routes.list_environments` returns."""

    environment_name: str
    target_base_url: str
    inject_headers_json: dict[str, Any]
    inject_body_json: dict[str, Any]
    require_signature: bool
    signature_tolerance_sec: int
    rate_limit_enabled: bool
    rate_limit_requests: int | None
    rate_limit_window_sec: int | None
    rate_limit_burst: int | None
    allowed_methods: list[str] | None


class RouteFull(TypedDict):
    """What `routes.create` and `routes.update` return."""

    id: str
    tenant_id: str
    name: str
    slug: str | None
    sandbox: bool
    target_base_url: str | None
    enabled: bool
    created_at: str
    requires_clients: bool
    base_environment: str | None
    mtls_certificate_id: str | None
    egress_server_id: str | None
    collection_id: str | None
    favicon_url: str | None
    favicon_updated_at: str | None
    favicon_data: str | None


class RouteLogEntry(TypedDict):
    """Part of `RouteLogPage`."""

    id: str
    request_id: str
    ts: str
    src_ip: str | None
    method: str
    path: str
    status_code: int | None
    latency_ms: int | None
    upstream_host: str | None
    error: str | None
    environment: str | None
    rate_limited: bool
    signature_valid: bool | None
    source_ip_country: str | None
    source_ip_city: str | None


class RouteLogPage(TypedDict):
    """One page of a list."""

    data: list[RouteLogEntry]
    meta: PageMeta


class RoutePage(TypedDict):
    """One page of a list."""

    data: list[Route]
    meta: PageMeta
