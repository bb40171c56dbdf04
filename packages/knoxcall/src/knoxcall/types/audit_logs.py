"""What the methods of `audit_logs` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict

from knoxcall.types.pages import CursorMeta, PageMeta


class AuditEventPage(TypedDict):
    """One page of a list."""

    data: list[AuditLogEntry]
    meta: CursorMeta


class AuditLogEntry(TypedDict):
    """What `audit_logs.iterate` and `audit_logs.iterate_events` return."""

    id: str
    action: str
    resource_type: str
    resource_id: str | None
    details: dict[str, Any]
    ip_address: str | None
    created_at: str
    details_redacted: NotRequired[bool]


class AuditLogPage(TypedDict):
    """One page of a list."""

    data: list[AuditLogEntry]
    meta: PageMeta
