"""The ways to a server: one small module per HTTP library. Here is what they have in common, and the choice.

A wire turns a `Request` into a `Response`, or raises a `WireFailure` that says how far the request got. `aiohttp`
serves asyncio, `blocking` threads and `trio` trio, both on httpcore2; `httpx` serves clients that were passed in, and
everything where the word "httpx" is passed in or stands in `SDK_HTTP`: then whatever knows httpx (respx, vcrpy, a
patched client, instrumentation) sees every request.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any, Protocol

from sdk_engine import places
from sdk_engine.errors import ConfigurationError
from sdk_engine.messages import already_closed
from sdk_engine.steps import Gate
from sdk_engine.wires.settings import DEFAULT, WireSettings

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sdk_engine.messages import Request, Response

__all__ = ["DEFAULT", "AsyncWire", "SyncWire", "WireSettings", "async_wire", "sync_wire"]

SWITCH = "SDK_HTTP"
"""The environment variable that may say "httpx"."""


class SyncWire(Protocol):
    """Sends requests on the calling thread; safe to share between threads.

    A wire that imports much may also have a `load()` that does so: drivers call it before the first plan begins, and
    with it the clocks of its attempts and deadline.
    """

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send, and read the whole answer within `timeout` seconds of the moment that a connection is free for it.

        Waiting for one of the client's own connections and all the rest end after `patience` seconds.
        """
        ...

    def close(self) -> None:
        """Release the connections this wire opened. May be called twice."""
        ...


class AsyncWire(Protocol):
    """Sends requests from the running event loop. It may have a `load()`, as above."""

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Coroutine[Any, Any, Response]:
        """Send, and read the whole answer within `timeout` seconds; `patience` as above."""
        ...

    async def aclose(self) -> None:
        """Release the connections this wire opened. May be called twice."""
        ...


def async_wire(http_client: Any = None, settings: WireSettings = DEFAULT) -> AsyncWire:
    """The wire of an async client.

    Args:
        http_client: an `httpx.AsyncClient` or `httpx2.AsyncClient`, used as it is; "httpx" for plain httpx of our own;
            None for what `SDK_HTTP` says, else the default: aiohttp on asyncio, httpcore2 on trio.
        settings: of our own connections; a client that is passed in has its own.

    Raises:
        ConfigurationError: it is none of these, or `SDK_HTTP` says anything else.
    """
    client = _chosen(http_client, "AsyncClient")
    if client is None and settings.write_timeout is None:
        return DefaultAsyncWire(settings)
    from sdk_engine.wires.httpx import AsyncHttpxWire

    return AsyncHttpxWire(None if client in (None, "httpx") else client, settings=settings)


def sync_wire(http_client: Any = None, settings: WireSettings = DEFAULT) -> SyncWire:
    """The wire of a blocking client; the same with `httpx.Client` and `httpx2.Client`, and httpcore2 by default."""
    client = _chosen(http_client, "Client")
    if client is None:
        return DefaultSyncWire(settings)
    from sdk_engine.wires.httpx import SyncHttpxWire

    return SyncHttpxWire(None if client == "httpx" else client, settings=settings)


def _chosen(http_client: Any, wanted: str) -> Any:
    """The client, the word "httpx", or None."""
    if http_client is None:
        word = os.environ.get(SWITCH) or None
        if word not in (None, "httpx"):
            raise ConfigurationError(f'{SWITCH} may say "httpx" or be left out, not {word!r}')
        return word
    if http_client == "httpx":
        return http_client
    kinds = {(cls.__module__.partition(".")[0], cls.__name__) for cls in type(http_client).__mro__}
    if not kinds & {("httpx", wanted), ("httpx2", wanted)}:
        raise ConfigurationError(
            f'http_client must be an httpx.{wanted}, an httpx2.{wanted} or the word "httpx", not {_named(http_client)}'
        )
    return http_client


def _named(value: Any) -> str:
    """What to call it in a message: never by its value, which may hold a secret."""
    kind = type(value)
    return "another word" if isinstance(value, str) else f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"


class DefaultAsyncWire:
    """aiohttp on asyncio, httpcore2 on trio: chosen at each request, because one client may serve both."""

    def __init__(self, settings: WireSettings = DEFAULT) -> None:
        self._settings = settings
        self._asyncio: Any = None
        self._trio: Any = None
        self._closed = False

    def load(self) -> None:
        """Import the library that serves here, and what a retry needs."""
        import random  # noqa: F401  # pyright: ignore[reportUnusedImport]

        if places.running_loop() is not None:
            self._here()

    async def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer within `timeout` seconds, once a connection is free for it."""
        if self._closed:
            raise already_closed()
        response: Response = await self._here().send(request, timeout, patience)
        return response

    def _here(self) -> Any:
        if places.on_asyncio():
            if self._asyncio is None:
                from sdk_engine.wires.aiohttp import AiohttpWire

                self._asyncio = AiohttpWire(self._settings)
            return self._asyncio
        if places.running_loop() is None:
            from sdk_engine.wires.failures import no_loop

            raise no_loop()
        if self._trio is None:
            from sdk_engine.wires.trio import TrioWire

            self._trio = TrioWire(self._settings)
        return self._trio

    async def aclose(self) -> None:
        """Release the connections; other event loops that run keep theirs until they end. May be called twice."""
        self._closed = True
        wire = self._asyncio if places.on_asyncio() else self._trio
        if wire is not None:
            await wire.aclose()


class DefaultSyncWire:
    """httpcore2, imported when the first request needs it."""

    def __init__(self, settings: WireSettings = DEFAULT) -> None:
        self._settings = settings
        self._wire: Any = None
        self._loading = Gate()
        self._closed = False

    def load(self) -> None:
        """Import the library, and what a retry needs."""
        import random  # noqa: F401  # pyright: ignore[reportUnusedImport]

        from sdk_engine.wires.blocking import SyncHttpcoreWire

        with self._loading.after_fork().thread_lock:
            if self._wire is None:
                self._wire = SyncHttpcoreWire(self._settings)

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer within `timeout` seconds, once a connection is free for it."""
        if self._closed:
            raise already_closed()
        if self._wire is None:
            self.load()
        wire: Any = self._wire
        response: Response = wire.send(request, timeout, patience)
        return response

    def close(self) -> None:
        """Release the connections. May be called twice."""
        self._closed = True
        if self._wire is not None:
            self._wire.close()
