"""`client.webhooks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, nothing, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource
from knoxcall.webhooks import construct_webhook_event

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        Webhook,
        WebhookCreateResult,
        WebhookDetail,
        WebhookEventTypesData,
        WebhookLogEntry,
        WebhookLogPage,
        WebhookPage,
        WebhookTestResult,
        WebhookUpdateResult,
    )

CREATE: Operation[WebhookCreateResult] = Operation("POST", "/v1/webhooks", data)
DELETE: Operation[None] = Operation("DELETE", "/v1/webhooks/{webhook_id}", nothing)
GET: Operation[WebhookDetail] = Operation("GET", "/v1/webhooks/{webhook_id}", data)
GET_LOGS: Operation[WebhookLogPage] = Operation("GET", "/v1/webhooks/{webhook_id}/logs", page)
LIST: Operation[WebhookPage] = Operation("GET", "/v1/webhooks", page)
LIST_EVENT_TYPES: Operation[WebhookEventTypesData] = Operation("GET", "/v1/webhooks/event-types", data)
TEST: Operation[WebhookTestResult] = Operation("POST", "/v1/webhooks/{webhook_id}/test", data)
UPDATE: Operation[WebhookUpdateResult] = Operation("PATCH", "/v1/webhooks/{webhook_id}", data)


class Webhooks(Resource[D]):
    """Webhooks: which events are delivered where. `construct_event` verifies what arrives."""

    construct_event = staticmethod(construct_webhook_event)

    @blocking_or_awaited
    async def create(
        self,
        *,
        name: str,
        url: str,
        event_types: builtins.list[str],
        description: str | None = None,
        method: str | None = None,
        auth_type: str | None = None,
        auth_config: dict[str, Any] | None = None,
        request_headers: dict[str, str] | None = None,
        route_filter: str | None = None,
        include_request_body: bool | None = None,
        include_response_body: bool | None = None,
        include_headers: bool | None = None,
        timeout_seconds: int | None = None,
        retry_on_failure: bool | None = None,
        max_retries: int | None = None,
        enabled: bool | None = None,
        **options: Unpack[WriteOptions],
    ) -> WebhookCreateResult:
        """`POST /v1/webhooks`: subscribe a URL to events. The answer's `secret_key` is shown only this once.

        Args:
            name: for people.
            url: where deliveries go.
            event_types: names from `list_event_types`.
            description: for people.
            method: HTTP method of a delivery; POST when left out.
            auth_type: `none`, `basic`, `bearer`, `hmac` or `header`.
            auth_config: what that type needs.
            request_headers: sent along, never shown again.
            route_filter: only events of this route, by UUID.
            include_request_body: put the request's body into deliveries.
            include_response_body: put the response's body into deliveries.
            include_headers: put headers into deliveries.
            timeout_seconds: of one delivery; 30 when left out.
            retry_on_failure: deliver again after a failure.
            max_retries: how often; 3 when left out.
            enabled: start delivering at once.
        """
        body = {
            "auth_config": auth_config,
            "auth_type": auth_type,
            "description": description,
            "enabled": enabled,
            "event_types": event_types,
            "include_headers": include_headers,
            "include_request_body": include_request_body,
            "include_response_body": include_response_body,
            "max_retries": max_retries,
            "method": method,
            "name": name,
            "request_headers": request_headers,
            "retry_on_failure": retry_on_failure,
            "route_filter": route_filter,
            "timeout_seconds": timeout_seconds,
            "url": url,
        }
        return await self.api.call(CREATE, body=present(body), **options)

    @blocking_or_awaited
    async def delete(self, webhook_id: str, **options: Unpack[WriteOptions]) -> None:
        """`DELETE /v1/webhooks/{webhook_id}`: stop deliveries and forget the webhook."""
        await self.api.call(DELETE, {"webhook_id": webhook_id}, **options)

    @blocking_or_awaited
    async def get(self, webhook_id: str, **options: Unpack[CallOptions]) -> WebhookDetail:
        """`GET /v1/webhooks/{webhook_id}`: one webhook."""
        return await self.api.call(GET, {"webhook_id": webhook_id}, **options)

    @blocking_or_awaited
    async def get_logs(
        self, webhook_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> WebhookLogPage:
        """`GET /v1/webhooks/{webhook_id}/logs`: one page of a webhook's deliveries."""
        return await self.api.call(
            GET_LOGS, {"webhook_id": webhook_id}, query={"page": page, "per_page": per_page}, **options
        )

    def iterate(
        self, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[Webhook, D]:
        """Walk all webhooks, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    def iterate_logs(
        self, webhook_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[WebhookLogEntry, D]:
        """Walk all deliveries of a webhook, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, GET_LOGS, {"webhook_id": webhook_id}, query, options))

    @blocking_or_awaited
    async def list(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> WebhookPage:
        """`GET /v1/webhooks`: one page of webhooks."""
        return await self.api.call(LIST, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def list_event_types(self, **options: Unpack[CallOptions]) -> WebhookEventTypesData:
        """`GET /v1/webhooks/event-types`: the events that can be subscribed to."""
        return await self.api.call(LIST_EVENT_TYPES, **options)

    @blocking_or_awaited
    async def test(self, webhook_id: str, **options: Unpack[WriteOptions]) -> WebhookTestResult:
        """`POST /v1/webhooks/{webhook_id}/test`: deliver a test event now and say how it went."""
        return await self.api.call(TEST, {"webhook_id": webhook_id}, **options)

    @blocking_or_awaited
    async def update(
        self,
        webhook_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        url: Clearable[str] = NOT_GIVEN,
        event_types: Clearable[builtins.list[str]] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        auth_type: Clearable[str] = NOT_GIVEN,
        auth_config: Clearable[dict[str, Any]] = NOT_GIVEN,
        request_headers: Clearable[dict[str, str]] = NOT_GIVEN,
        route_filter: Clearable[str] = NOT_GIVEN,
        include_request_body: Clearable[bool] = NOT_GIVEN,
        include_response_body: Clearable[bool] = NOT_GIVEN,
        include_headers: Clearable[bool] = NOT_GIVEN,
        timeout_seconds: Clearable[int] = NOT_GIVEN,
        retry_on_failure: Clearable[bool] = NOT_GIVEN,
        max_retries: Clearable[int] = NOT_GIVEN,
        enabled: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> WebhookUpdateResult:
        """`PATCH /v1/webhooks/{webhook_id}`: change what is given, leave the rest; None clears a field."""
        body = {
            "auth_config": auth_config,
            "auth_type": auth_type,
            "description": description,
            "enabled": enabled,
            "event_types": event_types,
            "include_headers": include_headers,
            "include_request_body": include_request_body,
            "include_response_body": include_response_body,
            "max_retries": max_retries,
            "name": name,
            "request_headers": request_headers,
            "retry_on_failure": retry_on_failure,
            "route_filter": route_filter,
            "timeout_seconds": timeout_seconds,
            "url": url,
        }
        return await self.api.call(UPDATE, {"webhook_id": webhook_id}, body=given(body), **options)
