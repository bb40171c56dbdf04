"""`client.routes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, nothing, page, rows
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        Route,
        RouteAction,
        RouteDetail,
        RouteEnvironmentConfig,
        RouteEnvironmentListItem,
        RouteFull,
        RouteLogEntry,
        RouteLogPage,
        RoutePage,
    )

CREATE: Operation[RouteFull] = Operation("POST", "/v1/routes", data)
CREATE_ACTION: Operation[RouteAction] = Operation("POST", "/v1/routes/{route_id}/actions", data)
DELETE: Operation[None] = Operation("DELETE", "/v1/routes/{route_id}", nothing)
DELETE_ACTION: Operation[None] = Operation("DELETE", "/v1/routes/{route_id}/actions/{action_id}", nothing)
DELETE_ENVIRONMENT: Operation[None] = Operation("DELETE", "/v1/routes/{route_id}/environments/{env_name}", nothing)
GET: Operation[RouteDetail] = Operation("GET", "/v1/routes/{route_id}", data)
GET_LOGS: Operation[RouteLogPage] = Operation("GET", "/v1/routes/{route_id}/logs", page)
LIST: Operation[RoutePage] = Operation("GET", "/v1/routes", page)
LIST_ACTIONS: Operation[list[RouteAction]] = Operation("GET", "/v1/routes/{route_id}/actions", rows)
LIST_ENVIRONMENTS: Operation[list[RouteEnvironmentListItem]] = Operation(
    "GET", "/v1/routes/{route_id}/environments", rows
)
UPDATE: Operation[RouteFull] = Operation("PATCH", "/v1/routes/{route_id}", data)
UPSERT_ENVIRONMENT: Operation[RouteEnvironmentConfig] = Operation(
    "PUT", "/v1/routes/{route_id}/environments/{env_name}", data
)


class Routes(Resource[D]):
    """Routes: which upstream a call goes to, and what happens to it on the way."""

    @blocking_or_awaited
    async def create(self, *, name: str, target_base_url: str, **options: Unpack[WriteOptions]) -> RouteFull:
        """`POST /v1/routes`: add a route to `target_base_url`.

        Its slug, environments and injection rules are set afterwards.
        """
        body = {"name": name, "target_base_url": target_base_url}
        return await self.api.call(CREATE, body=body, **options)

    @blocking_or_awaited
    async def create_action(
        self,
        route_id: str,
        *,
        direction: str,
        action: str,
        selectors: builtins.list[str],
        key_name: str | None = None,
        data_role: str | None = None,
        content_type: str | None = None,
        sort_order: int | None = None,
        **options: Unpack[WriteOptions],
    ) -> RouteAction:
        """`POST /v1/routes/{route_id}/actions`: encrypt, decrypt, tokenize or detokenize parts of the traffic.

        Args:
            route_id: slug, UUID or name of the route.
            direction: `request` or `response`.
            action: `encrypt`, `decrypt`, `tokenize` or `detokenize`.
            selectors: JSON paths the action applies to.
            key_name: transit key, for encrypt and decrypt.
            data_role: role under which decrypted data may be seen.
            content_type: only bodies of this type are touched.
            sort_order: actions run in ascending order.
        """
        body = {
            "action": action,
            "content_type": content_type,
            "data_role": data_role,
            "direction": direction,
            "key_name": key_name,
            "selectors": selectors,
            "sort_order": sort_order,
        }
        return await self.api.call(CREATE_ACTION, {"route_id": route_id}, body=present(body), **options)

    @blocking_or_awaited
    async def delete(self, route_id: str, **options: Unpack[WriteOptions]) -> None:
        """`DELETE /v1/routes/{route_id}`: remove a route, its environments and its actions."""
        await self.api.call(DELETE, {"route_id": route_id}, **options)

    @blocking_or_awaited
    async def delete_action(self, route_id: str, action_id: str, **options: Unpack[WriteOptions]) -> None:
        """`DELETE /v1/routes/{route_id}/actions/{action_id}`: remove one action of a route."""
        await self.api.call(DELETE_ACTION, {"route_id": route_id, "action_id": action_id}, **options)

    @blocking_or_awaited
    async def delete_environment(self, route_id: str, env_name: str, **options: Unpack[WriteOptions]) -> None:
        """`DELETE /v1/routes/{route_id}/environments/{env_name}`: remove a route's settings for one environment."""
        await self.api.call(DELETE_ENVIRONMENT, {"route_id": route_id, "env_name": env_name}, **options)

    @blocking_or_awaited
    async def get(self, route_id: str, **options: Unpack[CallOptions]) -> RouteDetail:
        """`GET /v1/routes/{route_id}`: one route.

        Args:
            route_id: slug, UUID or name.
        """
        return await self.api.call(GET, {"route_id": route_id}, **options)

    @blocking_or_awaited
    async def get_logs(
        self, route_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> RouteLogPage:
        """`GET /v1/routes/{route_id}/logs`: one page of the calls that went through a route."""
        return await self.api.call(
            GET_LOGS, {"route_id": route_id}, query={"page": page, "per_page": per_page}, **options
        )

    def iterate(self, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]) -> Pager[Route, D]:
        """Walk all routes, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    def iterate_logs(
        self, route_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[RouteLogEntry, D]:
        """Walk all calls that went through a route, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, GET_LOGS, {"route_id": route_id}, query, options))

    @blocking_or_awaited
    async def list(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> RoutePage:
        """`GET /v1/routes`: one page of routes.

        Args:
            page: counts from 1.
            per_page: 1 to 100; the server takes 20 when it is left out.
        """
        return await self.api.call(LIST, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def list_actions(self, route_id: str, **options: Unpack[CallOptions]) -> builtins.list[RouteAction]:
        """`GET /v1/routes/{route_id}/actions`: all actions of a route."""
        return await self.api.call(LIST_ACTIONS, {"route_id": route_id}, **options)

    @blocking_or_awaited
    async def list_environments(
        self, route_id: str, **options: Unpack[CallOptions]
    ) -> builtins.list[RouteEnvironmentListItem]:
        """`GET /v1/routes/{route_id}/environments`: the environments a route is set up for."""
        return await self.api.call(LIST_ENVIRONMENTS, {"route_id": route_id}, **options)

    @blocking_or_awaited
    async def update(
        self,
        route_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        target_base_url: Clearable[str] = NOT_GIVEN,
        enabled: Clearable[bool] = NOT_GIVEN,
        requires_clients: Clearable[bool] = NOT_GIVEN,
        intercept_enabled: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> RouteFull:
        """`PATCH /v1/routes/{route_id}`: change what is given, leave the rest.

        Raises:
            PermissionDeniedError: the target of a route that decrypts needs another credential to change.
        """
        body = {
            "enabled": enabled,
            "intercept_enabled": intercept_enabled,
            "name": name,
            "requires_clients": requires_clients,
            "target_base_url": target_base_url,
        }
        return await self.api.call(UPDATE, {"route_id": route_id}, body=given(body), **options)

    @blocking_or_awaited
    async def upsert_environment(
        self,
        route_id: str,
        env_name: str,
        *,
        target_base_url: Clearable[str] = NOT_GIVEN,
        inject_headers: Clearable[dict[str, Any]] = NOT_GIVEN,
        inject_body: Clearable[dict[str, Any]] = NOT_GIVEN,
        injection_rules: Clearable[builtins.list[Any]] = NOT_GIVEN,
        ip_allowlist: Clearable[builtins.list[str]] = NOT_GIVEN,
        require_signature: Clearable[bool] = NOT_GIVEN,
        signature_tolerance_sec: Clearable[int] = NOT_GIVEN,
        rate_limit_enabled: Clearable[bool] = NOT_GIVEN,
        rate_limit_requests: Clearable[int] = NOT_GIVEN,
        rate_limit_window_sec: Clearable[int] = NOT_GIVEN,
        rate_limit_burst: Clearable[int] = NOT_GIVEN,
        allowed_methods: Clearable[builtins.list[str]] = NOT_GIVEN,
        intercept_enabled: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> RouteEnvironmentConfig:
        """`PUT /v1/routes/{route_id}/environments/{env_name}`: set up a route for one environment; None clears a
        setting.

        Args:
            route_id: slug, UUID or name of the route.
            env_name: name of the environment.
            target_base_url: where calls go in this environment.
            inject_headers: header fields added to every call.
            inject_body: JSON fields added to every body.
            injection_rules: deprecated; the server takes nothing but an empty list.
            ip_allowlist: addresses or networks that may call.
            require_signature: refuse calls that are not signed.
            signature_tolerance_sec: age of a signature, in seconds.
            rate_limit_enabled: turn the rate limit on.
            rate_limit_requests: calls per window.
            rate_limit_window_sec: length of the window, in seconds.
            rate_limit_burst: calls beyond the limit that may come at once.
            allowed_methods: HTTP methods that may be used.
            intercept_enabled: let intercepted traffic through this route.
        """
        body = {
            "allowed_methods": allowed_methods,
            "inject_body_json": inject_body,
            "inject_headers_json": inject_headers,
            "injection_rules": injection_rules,
            "intercept_enabled": intercept_enabled,
            "ip_allowlist": ip_allowlist,
            "rate_limit_burst": rate_limit_burst,
            "rate_limit_enabled": rate_limit_enabled,
            "rate_limit_requests": rate_limit_requests,
            "rate_limit_window_sec": rate_limit_window_sec,
            "require_signature": require_signature,
            "signature_tolerance_sec": signature_tolerance_sec,
            "target_base_url": target_base_url,
        }
        return await self.api.call(
            UPSERT_ENVIRONMENT, {"route_id": route_id, "env_name": env_name}, body=given(body), **options
        )
