"""`call`, `route`, `stream` and `ephemeral`: the proxy as callers see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Literal

from sdk_engine.methods import blocking_or_awaited

from knoxcall.mode import D
from knoxcall.streams import ProxyStream

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx
    from typing_extensions import Unpack

    from knoxcall.arguments import ProxyArguments, ReadArguments, RouteDefaults, SendArguments
    from knoxcall.connection import Connection
    from knoxcall.data_plane import DataPlane, ProxyCall
    from knoxcall.drivers import Drivers


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

    @blocking_or_awaited
    async def call(self, route: str, **asked: Unpack[ProxyArguments]) -> httpx.Response:
        """Call an upstream through a route and return its answer, whatever the status.

        A connection that was refused is tried again; a later failure only for GET and HEAD. No status is. A token
        that KnoxCall refuses is renewed once.

        Args:
            route: slug (survives renaming), UUID or name.
            method: HTTP method; GET when left out.
            path: the upstream's path, below the route's target; `/` when left out. It cannot climb out of it.
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
        return await self._proxy.call(_proxy_call(route, asked))

    def stream(self, route: str, **asked: Unpack[ProxyArguments]) -> ProxyStream[D]:
        """Like `call`, for use in a `with` block that reads the answer's body as it arrives.

        `with client.stream(...) as response: for chunk in response.iter_bytes(): ...`, or `async with` and
        `aiter_bytes`. `timeout` bounds each single wait. Answers of 400 and above are read at once.
        """
        return self._stream(_proxy_call(route, asked))

    def _stream(self, asked: ProxyCall) -> ProxyStream[D]:
        return ProxyStream(self._drivers.streaming, lambda: self._proxy.call(asked, streamed=True))

    def route(self, route: str, **defaults: Unpack[RouteDefaults]) -> BoundRoute[D]:
        """A handle on one route with defaults for its calls; it holds nothing else."""
        return BoundRoute(self, route, **defaults)

    @blocking_or_awaited
    async def ephemeral(
        self,
        upstream_url: str,
        *,
        method: str = "GET",
        body: object = None,
        headers: Mapping[str, str] | None = None,
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

    blocks = True

    def __init__(self, client: ProxyMethods[D], route: str, **defaults: Unpack[RouteDefaults]) -> None:
        self._client: ProxyMethods[D] = client
        self._route = route
        self._defaults = defaults
        self._asked("GET", "/")  # refuses what is no default

    @property
    def driver(self) -> D:
        """What performs the operations."""
        driver: D = self._client.driver
        return driver

    @blocking_or_awaited
    async def request(self, method: str, path: str = "/", **asked: Unpack[SendArguments]) -> httpx.Response:
        """`client.call` with this route; see there."""
        return await self._send(method, path, **asked)

    @blocking_or_awaited
    async def get(self, path: str = "/", **asked: Unpack[ReadArguments]) -> httpx.Response:
        """GET."""
        return await self._send("GET", path, None, **asked)

    @blocking_or_awaited
    async def head(self, path: str = "/", **asked: Unpack[ReadArguments]) -> httpx.Response:
        """HEAD: status and headers only."""
        return await self._send("HEAD", path, None, **asked)

    @blocking_or_awaited
    async def options(self, path: str = "/", **asked: Unpack[ReadArguments]) -> httpx.Response:
        """OPTIONS."""
        return await self._send("OPTIONS", path, None, **asked)

    @blocking_or_awaited
    async def post(self, path: str = "/", **asked: Unpack[SendArguments]) -> httpx.Response:
        """POST."""
        return await self._send("POST", path, **asked)

    @blocking_or_awaited
    async def put(self, path: str = "/", **asked: Unpack[SendArguments]) -> httpx.Response:
        """PUT."""
        return await self._send("PUT", path, **asked)

    @blocking_or_awaited
    async def patch(self, path: str = "/", **asked: Unpack[SendArguments]) -> httpx.Response:
        """PATCH."""
        return await self._send("PATCH", path, **asked)

    @blocking_or_awaited
    async def delete(self, path: str = "/", **asked: Unpack[SendArguments]) -> httpx.Response:
        """DELETE."""
        return await self._send("DELETE", path, **asked)

    def stream(self, method: str, path: str = "/", **asked: Unpack[SendArguments]) -> ProxyStream[D]:
        """`client.stream` with this route; see there."""
        return self._client._stream(self._asked(method, path, **asked))

    async def _send(
        self, method: str, path: str, body: object = None, **asked: Unpack[ReadArguments]
    ) -> httpx.Response:
        return await self._client._proxy.call(self._asked(method, path, body, **asked))

    def _asked(self, method: str, path: str, body: object = None, **asked: Unpack[ReadArguments]) -> ProxyCall:
        from knoxcall.data_plane import ProxyCall

        return ProxyCall(self._route, method, path, body, **asked).with_defaults(**self._defaults)


def _proxy_call(route: str, asked: ProxyArguments) -> ProxyCall:
    """The call as one value; an argument that does not exist is a TypeError."""
    from knoxcall.data_plane import ProxyCall

    return ProxyCall(route, **asked)
