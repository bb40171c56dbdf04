"""The httpx clients that the wire on httpx makes itself, at the first request of each place that sends.

A place is a process, for async wires an event loop of it, and either https or http: connections belong to the loop they
were opened on, a forked child must not speak on its parent's, and plain HTTP needs no certificates. So one SDK client
lives through several `asyncio.run` calls, also at the same time.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

from sdk_engine.steps import Gate

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Mapping

    import httpx


class OwnClients:
    """Makes each `httpx.Client` once, with `settings` for its arguments. Threads share it."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._clients: dict[tuple[int, bool], httpx.Client] = {}
        self._opening = Gate()

    def get(self, *, secure: bool) -> httpx.Client:
        """The client of this process."""
        place = os.getpid(), secure
        with self._opening.after_fork().thread_lock:
            if place not in self._clients:
                import httpx

                self._clients[place] = httpx.Client(**{**_arguments(secure=secure), **self._settings})
            return self._clients[place]

    def close(self) -> None:
        """Close what belongs to this process."""
        clients, self._clients = self._clients, {}
        for (pid, _), client in clients.items():
            if pid == os.getpid():
                client.close()


class OwnAsyncClients:
    """Makes each `httpx.AsyncClient` once, with `settings` for its arguments.

    An event loop that ends closes the clients made on it: each is held by an async generator, and finishing those is
    the last thing that loops do.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._held: dict[tuple[int, Any, bool], tuple[AsyncGenerator[httpx.AsyncClient], httpx.AsyncClient]] = {}

    async def get(self, *, secure: bool) -> httpx.AsyncClient:
        """The client of this event loop; making it lets no other task run."""
        place = os.getpid(), _running_loop(), secure
        if place not in self._held:
            self._forget_ended_loops()
            holder = _held_open({**_arguments(secure=secure), **self._settings})
            self._held[place] = holder, await anext(holder)
        return self._held[place][1]

    def _forget_ended_loops(self) -> None:
        """Drop what belonged to loops that are gone, also to one of asyncio's that was closed without finishing."""
        for place, (_, client) in self._held.copy().items():
            if client.is_closed or getattr(place[1], "is_closed", bool)():
                self._held.pop(place, None)

    async def aclose(self) -> None:
        """Close what belongs to this process and event loop; other loops that run close theirs at their end."""
        places = [place for place in self._held.copy() if place[:2] == (os.getpid(), _running_loop())]
        for holder, _ in [self._held.pop(place) for place in places]:  # all at once: another task may close them, too
            await holder.aclose()


async def _held_open(arguments: dict[str, Any]) -> AsyncGenerator[httpx.AsyncClient]:
    """A client that is closed when this generator ends, unless it ends in a forked child: the sockets are shared."""
    import httpx

    pid, client = os.getpid(), httpx.AsyncClient(**arguments)
    try:
        yield client
    finally:
        if pid == os.getpid():
            await client.aclose()


def _running_loop() -> Any:
    """Asyncio's event loop, or the token of trio's; anyio wraps them since 4.11."""
    from anyio.lowlevel import current_token

    token = current_token()
    return getattr(token, "native_token", token)


def _arguments(*, secure: bool) -> dict[str, Any]:
    """Arguments of our own clients, one for https and one for http: setting TLS up costs 17 ms, once per process."""
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx

    return {
        "verify": _tls_context() if secure else False,
        "limits": httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=30.0),
        "mounts": dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]")),  # never through a proxy
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),  # no call inherits the cookies of another
    }


@functools.cache
def _tls_context() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context()
