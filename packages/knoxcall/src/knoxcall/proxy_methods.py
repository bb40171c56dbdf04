"""`call`, `route`, `stream` and `ephemeral`: the proxy as callers see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.steps import Invoke, Shielded

from knoxcall.mode import AsyncDriver, D, SyncDriver

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from types import TracebackType

    import httpx

    from knoxcall.connection import Connection, Drivers
    from knoxcall.data_plane import DataPlane

    Query = Mapping[str, object] | None
    Headers = Mapping[str, str] | None


class ProxyMethods(Generic[D]):
    """What a client can do with the proxy."""

    _connection: Connection
    _drivers: Drivers
    _driver: D

    @property
    def driver(self) -> D:
        """What performs the operations."""
        return self._driver

    @property
    def _proxy(self) -> DataPlane:
        return self._connection.proxy

    @property
    def streaming_driver(self) -> D:
        """What performs operations whose answers are read bit by bit."""
        driver: D = self._drivers.streaming
        return driver

    @blocking_or_awaited
    async def call(
        self,
        route: str,
        *,
        method: str = "GET",
        path: str = "/",
        body: object = None,
        query: Query = None,
        headers: Headers = None,
        environment: str | None = None,
        timeout: float | None = None,
    ) -> httpx.Response:
        """Call an upstream through a route and return its answer, whatever the status.

        A connection that was refused is tried again; a later failure only for GET and HEAD. No status is. A token
        that KnoxCall refuses is renewed once.

        Args:
            route: slug (survives renaming), UUID or name.
            method: HTTP method.
            path: the upstream's path, below the route's target. It cannot climb out of it.
            body: text and bytes go out as they are, anything else as JSON (dates, Decimals, UUIDs and sets included).
            query: parameters; lists repeat their name. A query inside `path` stays.
            headers: passed on, except those that KnoxCall uses itself, Authorization among them: the route adds the
                upstream's.
            environment: instead of the client's.
            timeout: seconds for one attempt, body included.

        Raises:
            InvalidRequestError: an argument is unusable; nothing was sent.
            APIConnectionError: no answer; see its `outcome` before repeating a call that changes something.
        """
        return await self._proxy.call(route, method, path, body, query, headers, environment, timeout)

    def stream(
        self,
        route: str,
        *,
        method: str = "GET",
        path: str = "/",
        body: object = None,
        query: Query = None,
        headers: Headers = None,
        environment: str | None = None,
        timeout: float | None = None,
    ) -> ProxyStream[D]:
        """Like `call`, for use in a `with` block that reads the answer's body as it arrives.

        `with client.stream(...) as response: for chunk in response.iter_bytes(): ...`, or `async with` and
        `aiter_bytes`. `timeout` bounds each single wait. Answers of 400 and above are read at once.
        """
        return ProxyStream(
            self.streaming_driver,
            lambda: self._proxy.call(route, method, path, body, query, headers, environment, timeout, streamed=True),
        )

    def route(
        self,
        route: str,
        *,
        environment: str | None = None,
        headers: Headers = None,
        timeout: float | None = None,
    ) -> BoundRoute[D]:
        """A handle on one route with defaults for its calls; it holds nothing else."""
        return BoundRoute(self, route, environment, dict(headers or {}), timeout)

    @blocking_or_awaited
    async def ephemeral(
        self,
        upstream_url: str,
        *,
        method: str = "GET",
        body: object = None,
        headers: Headers = None,
        encrypted: object = None,
        timeout_ms: int | None = None,
        mode: Literal["transparent"] | None = None,
        upstream_authorization: str | None = None,
        upstream_auth_secret: str | None = None,
        upstream_auth_scheme: str | None = None,
        timeout: float | None = None,
    ) -> httpx.Response:
        """Call an upstream by its URL, without a route; body templates such as `{{ token: "tok_…" }}` are filled in.

        Args:
            upstream_url: https URL with a host name.
            method: HTTP method.
            body: as in `call`.
            headers: passed on, except Authorization, Host and X-Knox-*.
            encrypted: ciphertexts that `{{ encrypted | json: $.path }}` refers to: a JSON value, or its base64.
            timeout_ms: milliseconds the server waits for the upstream; 25000 when left out, at most 30000.
            mode: `transparent` leaves the body alone.
            upstream_authorization: value of the upstream's Authorization.
            upstream_auth_secret: name of the secret to build it from, instead.
            upstream_auth_scheme: scheme to put before that secret; `none` for no scheme.
            timeout: seconds for one attempt, body included.

        Raises:
            InvalidRequestError: an argument is unusable; nothing was sent.
            APIConnectionError: no answer; see its `outcome` before repeating a call that changes something.
        """
        if mode not in (None, "transparent"):
            from knoxcall.errors import InvalidRequestError

            raise InvalidRequestError(f"mode must be 'transparent' or None, got {mode!r}")
        own = {
            "X-Knox-Timeout-Ms": None if timeout_ms is None else str(timeout_ms),
            "X-Knox-Proxy-Mode": mode,
            "X-Knox-Upstream-Authorization": upstream_authorization,
            "X-Knox-Upstream-Auth-Secret": upstream_auth_secret,
            "X-Knox-Upstream-Auth-Scheme": upstream_auth_scheme,
        }
        return await self._proxy.ephemeral(upstream_url, method, body, headers, own, encrypted, timeout)


class BoundRoute(Generic[D]):
    """One route, and defaults for calls through it. What a call says goes before them; headers are merged by name."""

    def __init__(
        self,
        client: ProxyMethods[D],
        route: str,
        environment: str | None,
        headers: dict[str, str],
        timeout: float | None,
    ) -> None:
        self._client: ProxyMethods[D] = client
        self._route = route
        self._environment = environment
        self._headers = headers
        self._timeout = timeout

    @property
    def driver(self) -> D:
        """What performs the operations."""
        driver: D = self._client.driver
        return driver

    @blocking_or_awaited
    async def request(
        self,
        method: str,
        path: str = "/",
        *,
        body: object = None,
        query: Query = None,
        headers: Headers = None,
        environment: str | None = None,
        timeout: float | None = None,
    ) -> httpx.Response:
        """`client.call` with this route; see there."""
        return await self._send(method, path, body, query, headers, environment, timeout)

    @blocking_or_awaited
    async def get(self, path: str = "/", *, query: Query = None, headers: Headers = None,
                  environment: str | None = None, timeout: float | None = None) -> httpx.Response:  # fmt: skip
        """GET."""
        return await self._send("GET", path, None, query, headers, environment, timeout)

    @blocking_or_awaited
    async def head(self, path: str = "/", *, query: Query = None, headers: Headers = None,
                   environment: str | None = None, timeout: float | None = None) -> httpx.Response:  # fmt: skip
        """HEAD: status and headers only."""
        return await self._send("HEAD", path, None, query, headers, environment, timeout)

    @blocking_or_awaited
    async def options(self, path: str = "/", *, query: Query = None, headers: Headers = None,
                      environment: str | None = None, timeout: float | None = None) -> httpx.Response:  # fmt: skip
        """OPTIONS."""
        return await self._send("OPTIONS", path, None, query, headers, environment, timeout)

    @blocking_or_awaited
    async def post(self, path: str = "/", *, body: object = None, query: Query = None, headers: Headers = None,
                   environment: str | None = None, timeout: float | None = None) -> httpx.Response:  # fmt: skip
        """POST."""
        return await self._send("POST", path, body, query, headers, environment, timeout)

    @blocking_or_awaited
    async def put(self, path: str = "/", *, body: object = None, query: Query = None, headers: Headers = None,
                  environment: str | None = None, timeout: float | None = None) -> httpx.Response:  # fmt: skip
        """PUT."""
        return await self._send("PUT", path, body, query, headers, environment, timeout)

    @blocking_or_awaited
    async def patch(self, path: str = "/", *, body: object = None, query: Query = None, headers: Headers = None,
                    environment: str | None = None, timeout: float | None = None) -> httpx.Response:  # fmt: skip
        """PATCH."""
        return await self._send("PATCH", path, body, query, headers, environment, timeout)

    @blocking_or_awaited
    async def delete(self, path: str = "/", *, body: object = None, query: Query = None, headers: Headers = None,
                     environment: str | None = None, timeout: float | None = None) -> httpx.Response:  # fmt: skip
        """DELETE."""
        return await self._send("DELETE", path, body, query, headers, environment, timeout)

    def stream(
        self,
        method: str,
        path: str = "/",
        *,
        body: object = None,
        query: Query = None,
        headers: Headers = None,
        environment: str | None = None,
        timeout: float | None = None,
    ) -> ProxyStream[D]:
        """`client.stream` with this route; see there."""
        return ProxyStream(
            self._client.streaming_driver,
            lambda: self._send(method, path, body, query, headers, environment, timeout, streamed=True),
        )

    async def _send(
        self,
        method: str,
        path: str,
        body: object,
        query: Query,
        headers: Headers,
        environment: str | None,
        timeout: float | None,
        *,
        streamed: bool = False,
    ) -> httpx.Response:
        named = {name.lower() for name in headers or {}}
        merged = {name: value for name, value in self._headers.items() if name.lower() not in named}
        return await self._client._proxy.call(
            self._route,
            method,
            path,
            body,
            query,
            {**merged, **(headers or {})},
            self._environment if environment is None else environment,
            self._timeout if timeout is None else timeout,
            streamed=streamed,
        )


class ProxyStream(Generic[D]):
    """An answer whose body is read inside a `with` or `async with` block; the connection is free again after it."""

    def __init__(self, driver: D, plan: Callable[[], Coroutine[Any, Any, httpx.Response]]) -> None:
        self._driver: D = driver
        self._plan = plan
        self._response: httpx.Response

    def __enter__(self: ProxyStream[SyncDriver]) -> httpx.Response:
        self._response = self._driver.run(self._plan())
        return self._response

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._response.close()

    async def __aenter__(self: ProxyStream[AsyncDriver]) -> httpx.Response:
        self._response = await self._driver.run(self._plan())
        return self._response

    async def __aexit__(
        self: ProxyStream[AsyncDriver],
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._driver.run(_released(self._response))


async def _released(response: httpx.Response) -> None:
    """A plan: close the response, also when its reader was cancelled."""

    async def close() -> None:
        await Invoke(response.aclose)

    await Shielded(close())
