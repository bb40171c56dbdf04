"""What webhooks deliver."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict


class AuditEventData(TypedDict):
    """`data` of an `audit.event`."""

    id: str
    action: str
    resource_type: str
    resource_id: str | None
    details: dict[str, Any]
    ip_address: str | None


class RequestEventData(TypedDict):
    """`data` of the `request.*` events."""

    route_id: str
    route_name: str
    environment: str | None
    request: RequestEventRequest
    response: RequestEventResponse


class RequestEventRequest(TypedDict):
    """Part of `RequestEventData`."""

    method: str
    path: str
    ip: str | None


class RequestEventResponse(TypedDict):
    """Part of `RequestEventData`."""

    status: int | None
    latency_ms: int | None


class WebhookEvent(TypedDict):
    """One verified delivery. The names of events are an open set."""

    event: str
    timestamp: str
    data: Any
    webhook_id: NotRequired[str]  # not on audit.event
    webhook_name: NotRequired[str]
