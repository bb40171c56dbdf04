"""The httpx clients that the wire on httpx makes itself: one for each place and route, each for one SDK client only.

So whatever is patched or mocked while an SDK client lives is what its requests meet, and nothing that another left.
"""

from __future__ import annotations

import contextlib
import functools
import math
import time
from typing import TYPE_CHECKING, Any

from sdk_engine import places
from sdk_engine.messages import already_closed
from sdk_engine.wires import failures
from sdk_engine.wires.environment import Route, route_to
from sdk_engine.wires.pools import Lease, LoopPools, ThreadPools
from sdk_engine.wires.slots import Slots

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    import httpx

    from sdk_engine.messages import Request
    from sdk_engine.wires.settings import WireSettings


class _Own:
    """What both modes remember."""

    def __init__(self, settings: WireSettings) -> None:
        self._settings = settings
        self._routes: dict[str, Route] = {}
        self._slots: dict[Any, Slots] = {}
        self._leases: dict[tuple[Any, Route], Lease[Any]] = {}
        self._closed = False

    def _route(self, request: Request) -> Route:
        route = self._routes.get(request.base)
        if route is None:
            route = self._routes[request.base] = route_to(request.base, self._settings)
        return route

    def _slots_of(self, here: Any) -> Slots:
        return self._slots.get(here) or self._slots.setdefault(here, Slots(self._settings.max_connections))

    def _longest(self, patience: float) -> float:
        return min(patience, self._settings.slot_timeout or math.inf)

    def _leases_of(self, here: Any) -> list[Lease[Any]]:
        """Those of this place, which are forgotten all at once: somebody else may close them, too."""
        self._closed = True
        return [self._leases.pop(place) for place in list(self._leases) if place[0] == here]


class OwnClients(_Own):
    """Blocking ones, which threads share."""

    def __init__(self, settings: WireSettings) -> None:
        super().__init__(settings)
        self._pools: ThreadPools[httpx.Client] = ThreadPools(functools.partial(_blocking, settings), _close)

    @contextlib.contextmanager
    def client(self, request: Request, timeout: float, patience: float) -> Generator[tuple[httpx.Client, float]]:
        """The client for this request, once a slot is free for it, and the seconds that it has then."""
        here, route = places.process(), self._route(request)
        slots, left = self._slots_of(here), min(timeout, patience)
        if not slots.take():
            began, longest = time.monotonic(), self._longest(patience)
            if not slots.wait(longest):
                raise failures.crowded(slots.size, longest)
            left = min(timeout, max(patience - (time.monotonic() - began), 0.0))
        try:
            yield self._leased(here, route), left
        finally:
            slots.give_back()

    def _leased(self, here: Any, route: Route) -> httpx.Client:
        lease = self._leases.get((here, route))
        if lease is None:
            lease = self._leases.setdefault((here, route), self._pools.lease(route))  # one pool, however many leases
        if self._closed:
            raise already_closed()
        client: httpx.Client = lease.pool
        return client

    def close(self) -> None:
        """Close what belongs to this process."""
        for lease in self._leases_of(places.process()):
            _close(lease.pool)


class OwnAsyncClients(_Own):
    """Awaited ones; an event loop that ends closes those made on it."""

    def __init__(self, settings: WireSettings) -> None:
        super().__init__(settings)
        self._pools: LoopPools[httpx.AsyncClient] = LoopPools(functools.partial(_awaited, settings), _aclose)

    @contextlib.asynccontextmanager
    async def client(
        self, request: Request, timeout: float, patience: float
    ) -> AsyncGenerator[tuple[httpx.AsyncClient, float]]:
        """The client for this request, once a slot is free for it, and the seconds that it has then."""
        import anyio

        here, route = (places.process(), places.running_loop()), self._route(request)
        if here[1] is None:
            raise failures.no_loop()
        slots, left = self._slots_of(here), min(timeout, patience)
        if not slots.take():
            began, longest = time.monotonic(), self._longest(patience)
            with anyio.move_on_after(longest) as waiting:
                await slots.wait_for(anyio.Event())
            if waiting.cancelled_caught:
                raise failures.crowded(slots.size, longest)
            left = min(timeout, max(patience - (time.monotonic() - began), 0.0))
        try:
            yield await self._leased(here, route), left
        finally:
            slots.give_back()

    async def _leased(self, here: Any, route: Route) -> httpx.AsyncClient:
        lease = self._leases.get((here, route))
        if lease is None or lease.ended:
            if self._closed:
                raise already_closed()
            self._forget_ended_loops()
            lease = self._leases[here, route] = await self._pools.lease(route)
        client: httpx.AsyncClient = lease.pool
        return client

    def _forget_ended_loops(self) -> None:
        for place in [each for each, lease in self._leases.items() if lease.ended or places.has_ended(each[0][1])]:
            self._leases.pop(place, None)
            self._slots.pop(place[0], None)

    async def aclose(self) -> None:
        """Close what belongs to this process and event loop; other loops that run close theirs at their end."""
        for lease in self._leases_of((places.process(), places.running_loop())):
            await self._pools.give_back(lease)


def _blocking(settings: WireSettings, route: Route) -> httpx.Client:
    import httpx

    return httpx.Client(**_arguments(settings, route))


def _awaited(settings: WireSettings, route: Route) -> httpx.AsyncClient:
    import httpx

    return httpx.AsyncClient(**_arguments(settings, route))


def _close(client: httpx.Client) -> None:
    client.close()


async def _aclose(client: httpx.AsyncClient) -> None:
    await client.aclose()


def _arguments(settings: WireSettings, route: Route) -> dict[str, Any]:
    """How many connections there are is our own business, and so is the environment."""
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx

    proxy, tls = route
    limits = httpx.Limits(
        max_connections=None, max_keepalive_connections=settings.max_idle, keepalive_expiry=settings.keepalive
    )
    arguments: dict[str, Any] = {
        "verify": tls or False,  # nothing is verified where nothing speaks TLS: no certificates are read
        "limits": limits,
        "trust_env": False,
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),  # no call inherits the cookies of another
    }
    if proxy is not None:
        arguments["proxy"] = httpx.Proxy(proxy.url, auth=proxy.auth, ssl_context=tls if proxy.secure else None)
    return arguments
