"""What the methods of `webhooks` return."""

from __future__ import annotations

from typing_extensions import NotRequired, TypedDict

from knoxcall.types.pages import PageMeta


class Webhook(TypedDict):
    """What `webhooks.iterate` returns."""

    id: str
    name: str
    description: str | None
    url: str
    method: str
    event_types: list[str]
    auth_type: str
    enabled: bool
    last_triggered_at: str | None
    trigger_count: int
    success_count: int
    failure_count: int
    created_at: str


class WebhookCreateResult(TypedDict):
    """What `webhooks.create` returns."""

    id: str
    name: str
    description: str | None
    url: str
    method: str
    event_types: list[str]
    auth_type: str
    enabled: bool
    hmac_key_id: str | None
    hmac_format: str | None
    hmac_header_name: str | None
    created_at: str
    secret_key: str


class WebhookDetail(TypedDict):
    """What `webhooks.get` returns."""

    id: str
    name: str
    description: str | None
    url: str
    method: str
    event_types: list[str]
    auth_type: str
    route_filter: list[str] | None
    include_request_body: bool
    include_response_body: bool
    include_headers: bool
    timeout_seconds: int
    retry_on_failure: bool
    max_retries: int
    enabled: bool
    last_triggered_at: str | None
    last_success_at: str | None
    last_failure_at: str | None
    trigger_count: int
    success_count: int
    failure_count: int
    created_at: str


class WebhookEventTypeInfo(TypedDict):
    """Part of `WebhookEventTypesData`."""

    value: str
    label: str
    description: str


class WebhookEventTypesData(TypedDict):
    """What `webhooks.list_event_types` returns."""

    event_types: list[WebhookEventTypeInfo]


class WebhookLogEntry(TypedDict):
    """Part of `WebhookLogPage`."""

    id: str
    http_method: str | None
    target_url: str | None
    source_ip: str | None
    response_status: int | None
    response_time_ms: int | None
    executed_at: str
    success: bool
    error_message: str | None


class WebhookLogPage(TypedDict):
    """One page of a list."""

    data: list[WebhookLogEntry]
    meta: PageMeta


class WebhookPage(TypedDict):
    """One page of a list."""

    data: list[Webhook]
    meta: PageMeta


class WebhookTestResult(TypedDict):
    """What `webhooks.test` returns."""

    success: bool
    response_time_ms: int
    status: NotRequired[int]
    error: NotRequired[str]


class WebhookUpdateResult(TypedDict):
    """What `webhooks.update` returns."""

    id: str
    name: str
    description: str | None
    url: str
    method: str
    event_types: list[str]
    auth_type: str
    enabled: bool
    created_at: str
