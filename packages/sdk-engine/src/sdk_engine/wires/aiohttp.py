"""The wire on asyncio: aiohttp, whose connections the clients of an event loop share.

What aiohttp is asked to leave to us: how many calls run at a time (its own pool strands a waiter that is cancelled as
it wakes), proxies, codings, cookies, redirects, sending again, and looking up names on a thread of asyncio's, which is
not there any more when the interpreter ends.
"""

from __future__ import annotations

import asyncio
import functools
import io
import math
import re
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.http_exceptions import LineTooLong
from yarl import URL

from sdk_engine import places
from sdk_engine.messages import Response, WireFailure, already_closed, framed_twice
from sdk_engine.wires import failures
from sdk_engine.wires.environment import Route, route_to
from sdk_engine.wires.heads import as_text, body_reader
from sdk_engine.wires.idle import IdleConnections
from sdk_engine.wires.names import Resolver
from sdk_engine.wires.pools import Lease, LoopPools
from sdk_engine.wires.settings import DEFAULT, WireSettings
from sdk_engine.wires.slots import Slots
from sdk_engine.wires.sockets import is_readable

if TYPE_CHECKING:
    from sdk_engine.messages import Request

_BIG = 1 << 20
_NONE_ADDED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_is_token = functools.lru_cache(256)(re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch)
_is_text = re.compile(r"[\t\x20-\x7e]*").fullmatch
_url = functools.lru_cache(256)(functools.partial(URL, encoded=True))
_limit: Any = asyncio.timeout if hasattr(asyncio, "timeout") else __import__("async_timeout").timeout


class _Attempt:
    """One request on its way. `sent` is None until aiohttp asks our connector, then whether it has a connection."""

    __slots__ = ("closed", "connection", "sent", "transport")

    def __init__(self) -> None:
        self.sent: bool | None = None
        self.closed = False
        self.connection: Any = None
        self.transport: Any = None


_attempt: ContextVar[_Attempt] = ContextVar("attempt")


class _SentBefore(aiohttp.ClientError):
    """aiohttp wants to send a request once more by itself, after the server closed the connection."""

    def __str__(self) -> str:
        return "the server closed it"


class _Connector(aiohttp.TCPConnector):
    """Hands out connections that the server has left alone, and one for each attempt."""

    pool: _Pool

    @property
    def closed(self) -> bool:
        """Also where the loop does not run any more, finished or not: the session shall not complain at its end."""
        return super().closed or not self.pool.loop.is_running()

    async def connect(self, *args: Any, **kwargs: Any) -> Any:
        attempt = _attempt.get()
        if attempt.sent:
            raise _SentBefore
        attempt.sent = False
        while True:
            connection: Any = await super().connect(*args, **kwargs)
            transport = connection.transport
            if attempt.closed or (self.pool.idle.in_use(transport) and self._is_stale(connection)):
                connection.close()
                if attempt.closed:
                    raise aiohttp.ClientConnectionError
                continue
            attempt.connection, attempt.transport, attempt.sent = connection, transport, True
            return connection

    @staticmethod
    def _is_stale(connection: Any) -> bool:
        """Whether the server has closed the connection, or spoken on it unasked: that would be taken for our answer."""
        return connection.protocol.should_close or is_readable(connection.transport.get_extra_info("socket"))

    def __del__(self, *_: object) -> None:
        """Nothing: a loop that ended without finishing has no use for a complaint, nor a forked child for a close."""


class _Pool:
    """The connections of one event loop."""

    def __init__(self, kind: tuple[float, int | None]) -> None:
        keepalive, most = kind
        self.loop = asyncio.get_running_loop()
        self.idle: IdleConnections[Any] = IdleConnections(keepalive, most, lambda transport: transport.close())
        self._connector = _Connector(
            limit=0, keepalive_timeout=keepalive, timeout_ceil_threshold=math.inf, resolver=Resolver()
        )
        self._connector.pool = self
        self._timer: asyncio.TimerHandle | None = None
        self.session = aiohttp.ClientSession(
            connector=self._connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_NONE_ADDED,
            max_line_size=failures.LARGEST_HEAD,
            max_field_size=failures.LARGEST_HEAD,
            max_headers=failures.MOST_FIELDS,
        )

    def released(self, transport: Any) -> None:
        """The answer has been read; the connection, if it may stay, waits for the next request."""
        if not transport.is_closing() and self.idle.is_idle(transport):
            self._timer = self.loop.call_later(self.idle.keepalive, self._sweep)

    def _sweep(self) -> None:
        delay = self.idle.sweep()
        self._timer = None if delay is None else self.loop.call_later(delay, self._sweep)

    async def close(self) -> None:
        """Close all connections, also those in use."""
        if self._timer is not None:
            self._timer.cancel()
        await self._connector.close()


_pools: LoopPools[_Pool] = LoopPools(_Pool, _Pool.close)


class _Seat:
    """What one client has on one event loop."""

    __slots__ = ("lease", "slots", "under_way")

    def __init__(self, lease: Lease[_Pool], slots: Slots) -> None:
        self.lease = lease
        self.slots = slots
        self.under_way: set[_Attempt] = set()


class AiohttpWire:
    """Sends from any number of asyncio event loops, and in forked children."""

    def __init__(self, settings: WireSettings = DEFAULT) -> None:
        self._settings = settings
        self._routes: dict[str, Route] = {}
        self._seats: dict[tuple[places.Process, Any], _Seat] = {}
        self._closed = False

    async def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer within `timeout` seconds, once a connection is free for it."""
        if self._closed:
            raise already_closed()
        route = self._routes.get(request.base) or self._route(request.base)
        seat = self._seats.get((places.process(), asyncio.get_running_loop()))
        if seat is None or seat.lease.ended:
            seat = await self._sit_down()
        left = min(timeout, patience)
        if not seat.slots.take():
            left = min(timeout, await self._wait(seat.slots, patience))
        attempt = _Attempt()
        seat.under_way.add(attempt)
        token = _attempt.set(attempt)
        try:
            async with _limit(left):
                return await self._exchange(seat.lease.pool, attempt, request, route, left)
        except (aiohttp.ClientError, OSError, ValueError, asyncio.TimeoutError) as exc:
            failure = _failure(exc, left, attempt)
        except RuntimeError as exc:
            if "ession is closed" not in str(exc):
                raise
            failure = already_closed()
        except asyncio.CancelledError:  # of a name that was being looked up, if it is not the caller's
            if not attempt.closed or _is_being_cancelled():
                raise
            failure = failures.closed_meanwhile(sent=False)
        finally:
            _attempt.reset(token)
            seat.under_way.discard(attempt)
            seat.slots.give_back()
        raise failure

    async def _exchange(self, pool: _Pool, attempt: _Attempt, request: Request, route: Route, left: float) -> Response:
        answer = await pool.session.request(**self._arguments(request, route, left))
        try:
            raw = answer.raw_headers or _encoded(answer.headers)
            body, reader = answer.content, body_reader(raw, self._settings.max_body)
            while not body.at_eof():
                reader.feed(await body.readany())
            content = reader.finish()
        except BaseException:
            answer.close()
            raise
        if attempt.transport is not None:
            pool.released(attempt.transport)
        return Response(answer.status, content, functools.partial(as_text, raw))

    def _arguments(self, request: Request, route: Route, left: float) -> dict[str, Any]:
        settings, base, content = self._settings, request.base, request.content
        headers: dict[str, str] = {}
        for name, value in request.headers.items():
            if not (_is_token(name) and _is_text(value)):
                raise ValueError("header")
            headers[name] = value if type(value) is str else value[:]  # plain: what records requests may copy it
        connecting = settings.connect_timeout if settings.connect_timeout < left else None
        given: dict[str, Any] = {
            "method": request.method,
            "url": _url((base if base.isascii() else str(URL(base))) + request.target),
            "headers": headers,
            "data": io.BytesIO(content) if content and len(content) > _BIG else content,  # bytes of 1 MiB warn
            "allow_redirects": False,
            "ssl": route.tls or True,
            "timeout": _limits(connecting, settings.read_timeout),
        }
        if route.proxy is not None:
            given["proxy"] = route.proxy.url
            if base[:5].lower() == "https":  # only the proxy is to see it, on the way to the server
                given["proxy_headers"] = route.proxy.headers
            else:
                headers.update(route.proxy.headers)
        return given

    async def _wait(self, slots: Slots, patience: float) -> float:
        """Wait in line; seconds of the patience that are left."""
        began = time.monotonic()
        longest = min(patience, self._settings.slot_timeout or math.inf)
        try:
            async with _limit(None if math.isinf(longest) else longest):
                await slots.wait_for(asyncio.Event())
        except asyncio.TimeoutError:
            failure = failures.crowded(slots.size, longest)
        else:
            if self._closed:
                slots.give_back()
                raise already_closed()
            return max(patience - (time.monotonic() - began), 0.0)
        raise failure

    def _route(self, base: str) -> Route:
        route = route_to(base, self._settings)
        try:
            usable = URL(base).scheme in ("http", "https")
        except ValueError:
            usable = False
        if not usable:
            raise failures.refused("URL")
        self._routes[base] = route
        return route

    async def _sit_down(self) -> _Seat:
        place = places.process(), asyncio.get_running_loop()
        for other in [each for each in self._seats.copy() if places.has_ended(each[1])]:
            self._seats.pop(other, None)
        lease = await _pools.lease((self._settings.keepalive, self._settings.max_idle))
        seat = self._seats[place] = _Seat(lease, Slots(self._settings.max_connections))
        return seat

    async def aclose(self) -> None:
        """End the calls under way on this event loop and close its connections, unless other clients use them.

        Other loops close theirs at their end. May be called twice.
        """
        self._closed = True
        seat = self._seats.pop((places.process(), asyncio.get_running_loop()), None)
        if seat is None:
            return
        for attempt in seat.under_way:
            attempt.closed = True
            if attempt.connection is not None:
                attempt.connection.close()
        await _pools.give_back(seat.lease)


@functools.lru_cache(64)
def _limits(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(connect=connect, sock_read=read, ceil_threshold=math.inf)


def _encoded(headers: Any) -> list[tuple[bytes, bytes]]:
    """The fields of an answer that was played back to aiohttp, and has never been bytes."""
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _failure(exc: BaseException, timeout: float, attempt: _Attempt) -> WireFailure:
    """What an exception of the library means."""
    sent = attempt.sent is not False  # None: it never asked our connector, so nobody knows
    if attempt.closed:
        return failures.closed_meanwhile(sent=sent)
    if isinstance(exc, asyncio.TimeoutError):
        return failures.too_late(timeout, sent=sent)
    if isinstance(exc, aiohttp.ClientResponseError):
        return _answer_refused(exc, sent=sent)
    resolving = isinstance(exc, UnicodeError) and attempt.sent is False
    if isinstance(exc, ValueError) and not resolving and not isinstance(exc, aiohttp.ClientSSLError):
        return failures.refused(type(exc).__name__)
    if isinstance(exc, aiohttp.ClientPayloadError):
        return failures.broken_off("the body ends too early, or is not framed as it says")
    if sent:
        return failures.broken_off(failures.reason(exc))
    return failures.no_connection(failures.reason(exc), transient=not failures.tls_refused(exc))


def _is_being_cancelled() -> bool:
    cancelling = getattr(asyncio.current_task(), "cancelling", None)  # since Python 3.11
    return cancelling is None or cancelling() > 0


def _answer_refused(exc: aiohttp.ClientResponseError, *, sent: bool) -> WireFailure:
    """An answer that is no HTTP, or a proxy's. The library's text quotes the URL and the answer."""
    if not sent:
        return failures.no_connection(f"the proxy answered {exc.status}")
    *_, first = failures.chain(exc)
    if isinstance(first, LineTooLong) or "oo many headers" in exc.message:
        return failures.head_too_large()
    problem = exc.message.partition(":\n\n")  # what follows is the answer's
    why = " ".join(problem[0].split()) if problem[1] else type(first).__name__
    if "Content-Length" in why and "Transfer-Encoding" in why:
        return framed_twice()
    return failures.broken_off(f"it is not HTTP ({why})", "RemoteProtocolError")
