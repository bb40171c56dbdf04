"""Between us and httpcore2, whose pools are what httpx2 stands on: requests in its words, answers and failures in ours.

`blocking` and `trio` send with it. What they add goes through the public `network_backend` of the pools: all of an
attempt's reads and writes together have one limit, it is known whether the request began to leave, and idle connections
are closed when they should be.
"""

from __future__ import annotations

import logging
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import httpcore2 as core

from sdk_engine.deadline import Deadline
from sdk_engine.messages import WireFailure
from sdk_engine.wires import failures
from sdk_engine.wires.environment import Proxy, Route, route_to
from sdk_engine.wires.slots import Slots
from sdk_engine.wires.sockets import is_readable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sdk_engine.messages import Request
    from sdk_engine.wires.idle import IdleConnections
    from sdk_engine.wires.pools import Lease
    from sdk_engine.wires.settings import WireSettings

_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
PIECE = 64 * 1024
"""Bytes that are written at a time: each waits for room at most until the attempt's limit."""


class Base(NamedTuple):
    """A base URL, taken apart."""

    scheme: bytes
    host: bytes
    port: int | None
    path: bytes
    name: bytes
    route: Route


class Kind(NamedTuple):
    """Requests of the same kind share a pool."""

    keepalive: float
    max_idle: int | None
    route: Route


class Attempt:
    """One request on its way: how long it may take, and whether it began to leave."""

    __slots__ = ("closed", "deadline", "scope", "sent", "settings", "stream")

    def __init__(self, settings: WireSettings, seconds: float) -> None:
        self.settings = settings
        self.deadline = Deadline(seconds)
        self.sent = False
        self.closed = False
        self.stream: Any = None
        self.scope: Any = None

    def writes(self, stream: Any, buffer: bytes) -> None:
        """Note that these bytes are about to leave; raises `Stale` if it is too late for this connection."""
        if self.stream is not stream:
            stream.begin()
            self.stream = stream
        if not buffer.startswith(b"CONNECT "):  # that is for the proxy
            self.sent = True

    def seconds(self, limit: float | None) -> float:
        """The limit of a single wait: what is left of the attempt, or less."""
        left = self.deadline.remaining
        return left if limit is None or left < limit else limit


current: ContextVar[Attempt] = ContextVar("attempt")


class Stale(Exception):
    """The connection was idle for so long that it has just been closed. Nothing was sent on it."""


class Idler:
    """Half of a stream: it is new, or idle, or in use."""

    def __init__(self, stream: Any, idle: IdleConnections[Any], *, used: bool = False) -> None:
        self.inner = stream
        self.idle = idle
        self._used = used

    def begin(self) -> None:
        """A request begins."""
        if self._used and not self.idle.in_use(self):
            raise Stale
        self._used = True

    def get_extra_info(self, info: str) -> Any:
        """What the library asks about the connection."""
        if info == "is_readable":
            return is_readable(self.inner.get_extra_info("socket"))
        return self.inner.get_extra_info(info)


class Seat:
    """What one client has in one place."""

    def __init__(self, settings: WireSettings) -> None:
        self.slots = Slots(settings.max_connections)
        self.under_way: set[Attempt] = set()
        self.leases: dict[Kind, Lease[Any]] = {}
        self.lock = threading.Lock()


def outgoing(request: Request, base: Base, attempt: Attempt) -> Any:
    """The library's request object."""
    content = request.content or b""
    headers = [(b"Host", base.name)]
    headers += [(name.encode("ascii"), value.encode("ascii")) for name, value in request.headers.items()]
    if content or request.method not in _WITHOUT_BODY:
        headers.append((b"Content-Length", b"%d" % len(content)))
    target = base.path + request.target.encode("ascii")
    url = core.URL(scheme=base.scheme, host=base.host, port=base.port, target=target)
    connect = attempt.seconds(attempt.settings.connect_timeout)
    return core.Request(
        request.method, url, headers=headers, content=content, extensions={"timeout": {"connect": connect}}
    )


def may_stay(answer: Any) -> bool:
    """Whether nothing came behind this answer: nobody asked for it, and the next call would take it for its own.

    Not public: httpcore2 does not tell. Where the way there has changed, no connection is used twice.
    """
    try:
        return not answer.stream._stream._connection._h11_state.trailing_data[0]
    except AttributeError:
        return False


def arguments(kind: Kind) -> dict[str, Any]:
    """Arguments of a pool: how many connections there are is our own business."""
    proxy, tls = kind.route
    return {
        "ssl_context": tls,
        "max_connections": None,
        "max_keepalive_connections": None,
        "keepalive_expiry": kind.keepalive,
        "proxy": None if proxy is None else _proxy(proxy, tls),
    }


def _proxy(proxy: Proxy, tls: Any) -> Any:
    return core.Proxy(proxy.url, headers=list(proxy.headers.items()), ssl_context=tls if proxy.secure else None)


def taken_apart(base: str, settings: WireSettings) -> Base:
    """The parts of a base URL; raises `WireFailure` where they make no sense."""
    route, parts = route_to(base, settings), urlsplit(base)
    scheme, place = parts.scheme.lower(), parts.netloc.rpartition("@")[2]
    host = str(parts.hostname)
    if scheme not in ("http", "https"):
        raise failures.refused("UnsupportedProtocol")
    name = place.removesuffix(":443" if scheme == "https" else ":80")
    if not host.isascii():
        try:
            host, name = host.encode("idna").decode(), name.encode("idna").decode()
        except UnicodeError:
            host = ""
        if not host:
            raise failures.refused("URL")
    return Base(scheme.encode(), host.encode(), parts.port, parts.path.encode("ascii", "replace"), name.encode(), route)


def meaning(exc: Exception, timeout: float, attempt: Attempt) -> WireFailure:
    """What an exception of the library means; one that is none of its own is raised again."""
    sent = attempt.sent
    if attempt.closed:
        return failures.closed_meanwhile(sent=sent)
    if isinstance(exc, WireFailure):
        return exc
    if isinstance(exc, (TimeoutError, core.TimeoutException)):
        return failures.too_late(timeout, sent=sent)
    if isinstance(exc, (core.LocalProtocolError, core.UnsupportedProtocol, UnicodeError)):
        return failures.refused(type(exc).__name__)
    if failures.is_head_too_large(exc):
        return failures.head_too_large()
    if not isinstance(exc, (core.NetworkError, core.ProtocolError, core.ProxyError, OSError)):
        raise exc
    if isinstance(exc, core.ProxyError):
        return failures.no_connection(f"the proxy answered {exc}")
    if not sent:
        return failures.no_connection(failures.reason(exc), transient=not failures.tls_refused(exc))
    kind = "RemoteProtocolError" if isinstance(exc, core.ProtocolError) else "ReadError"
    return failures.broken_off(failures.reason(exc), kind)


def _hide_answers_from_logs(names: Iterable[str] = ("connection", "http11", "proxy")) -> None:
    """The library writes whole heads at DEBUG, cookies included: not those of our requests."""
    for name in names:
        logging.getLogger(f"httpcore2.{name}").addFilter(lambda record: current.get(None) is None)


_hide_answers_from_logs()
