"""`client.audit_logs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.envelopes import page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_cursor, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions
    from knoxcall.types import AuditEventPage, AuditLogEntry, AuditLogPage

EVENTS: Operation[AuditEventPage] = Operation("GET", "/v1/audit-logs/events", page)
LIST: Operation[AuditLogPage] = Operation("GET", "/v1/audit-logs", page)


class AuditLogs(Resource[D]):
    """Who did what: pages of the log, and a feed that can be followed."""

    @blocking_or_awaited
    async def events(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        action: str | None = None,
        action_prefix: str | None = None,
        resource_type: str | None = None,
        **options: Unpack[CallOptions],
    ) -> AuditEventPage:
        """`GET /v1/audit-logs/events`: the audit feed, oldest first: `meta.next_cursor` leads on, and is null when
        there is no more yet.
        """
        return await self.api.call(
            EVENTS,
            query={
                "cursor": cursor,
                "limit": limit,
                "action": action,
                "action_prefix": action_prefix,
                "resource_type": resource_type,
            },
            **options,
        )

    def iterate(
        self,
        *,
        page: int = 1,
        per_page: int | None = None,
        action: str | None = None,
        resource_type: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Pager[AuditLogEntry, D]:
        """Walk the audit log, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page, "action": action, "resource_type": resource_type}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    def iterate_events(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        action: str | None = None,
        action_prefix: str | None = None,
        resource_type: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Pager[AuditLogEntry, D]:
        """Walk the audit feed from `cursor` until there is no more yet."""
        query = {
            "cursor": cursor,
            "limit": limit,
            "action": action,
            "action_prefix": action_prefix,
            "resource_type": resource_type,
        }
        return Pager(self.driver, by_cursor(self.api, EVENTS, {}, query, options))

    @blocking_or_awaited
    async def list(
        self,
        *,
        page: int | None = None,
        per_page: int | None = None,
        action: str | None = None,
        resource_type: str | None = None,
        **options: Unpack[CallOptions],
    ) -> AuditLogPage:
        """`GET /v1/audit-logs`: one page of the audit log."""
        return await self.api.call(
            LIST,
            query={"page": page, "per_page": per_page, "action": action, "resource_type": resource_type},
            **options,
        )
