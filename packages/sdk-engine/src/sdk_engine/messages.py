"""What crosses the wire: a request, its answer, or the reason why there is none.

These three are plain values that belong to no HTTP library. A wire (see `wires/`) turns a `Request` into a
`Response`, or raises a `WireFailure` that says how far the request got and whether another try can help.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from sdk_engine.errors import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

DEFAULT_MAX_BODY = 32 * 1024 * 1024
"""Largest body, decoded, that a wire reads: 32 MiB."""

DEFAULT_CONNECT_TIMEOUT = 10.0
"""Seconds for making a connection, where a client names no limit of its own."""


def connect_limit(timeout: float) -> float:
    """Seconds for making a connection in an attempt of `timeout`: a little less, to know that nothing was sent.

    A tenth of a second at least, where there is one: a busy machine needs it to tell the two apart.
    """
    return min(0.95 * timeout, max(timeout - 0.1, 0.5 * timeout))


class Headers:
    """Header fields of an answer, in order, looked up without regard to case."""

    __slots__ = ("_items",)

    def __init__(self, items: list[tuple[str, str]]) -> None:
        self._items = items

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value of the field, or `default`."""
        wanted = name.lower()
        for key, value in self._items:
            if key.lower() == wanted:
                return value
        return default

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._items)

    def __repr__(self) -> str:
        return f"<Headers {[name for name, _ in self._items]}>"


class Request:
    """One request, ready to send. Its repr never shows headers or body: they hold secrets and customers' data.

    `streamed` asks a wire that can do so to leave the answer's body unread.
    """

    __slots__ = ("base", "content", "headers", "method", "streamed", "target")

    def __init__(
        self,
        method: str,
        base: str,
        target: str,
        headers: dict[str, str],
        content: bytes | None,
        *,
        streamed: bool = False,
    ) -> None:
        self.streamed = streamed
        self.method = method
        self.base = base
        self.target = target
        self.headers = headers
        self.content = content

    @property
    def url(self) -> str:
        """The absolute URL: the configured base plus path and query."""
        return self.base + self.target

    def with_headers(self, extra: dict[str, str]) -> Request:
        """A copy with these headers added; attempts never share a mutable request."""
        headers = {**self.headers, **extra}
        return Request(self.method, self.base, self.target, headers, self.content, streamed=self.streamed)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.target.partition('?')[0]}>"


class Response:
    """One answer, body read to its end and content codings undone.

    `final` is set by an auth flow that knows that nothing may be sent again, whatever the answer is.
    """

    __slots__ = ("_headers", "content", "final", "status_code")

    def __init__(
        self,
        status_code: int,
        content: bytes = b"",
        headers: Iterable[tuple[str, str]] | Callable[[], Iterable[tuple[str, str]]] = (),
    ) -> None:
        self.status_code = status_code
        self.content = content
        self.final = False
        self._headers = headers

    @property
    def headers(self) -> Headers:
        """The header fields; a wire may leave reading them until somebody asks."""
        headers = self._headers
        if not isinstance(headers, Headers):
            self._headers = headers = Headers(list(headers() if callable(headers) else headers))
        return headers

    def __repr__(self) -> str:
        return f"<Response {self.status_code}, {len(self.content)} bytes>"


class WireFailure(Exception):
    """A request without a usable answer.

    Attributes:
        outcome: NOT_SENT when no byte of the request can have reached the server, else UNKNOWN.
        transient: whether the same request may succeed on another try.
        timed_out: whether time ran out, as opposed to a connection that broke or never came about.
    """

    def __init__(
        self,
        message: str,
        *,
        outcome: Outcome = Outcome.UNKNOWN,
        transient: bool = True,
        timed_out: bool = False,
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.transient = transient
        self.timed_out = timed_out


class Reach(NamedTuple):
    """Where requests go: on this machine, where no proxy has a place; over TLS."""

    local: bool
    secure: bool


@functools.lru_cache(256)
def reach_of(base: str) -> Reach:
    """The reach of requests to this base URL.

    Raises:
        WireFailure: it names no host, or a port that does not exist. HTTP libraries take such a port modulo 65536, or
            the first name in the path for the host, and would send the credential there.
    """
    try:
        parts = urlsplit(base)
        problem = None if parts.hostname else "it names no host"
        _ = parts.port
    except ValueError:
        problem = "its host or port makes no sense"
    if problem is not None:
        raise WireFailure(f"the base URL is not usable: {problem}", outcome=Outcome.NOT_SENT, transient=False)
    local = re.match(r"https?://(localhost|127(\.[0-9]+){3}|\[::1\])(:[0-9]+)?(/|$)", base, re.IGNORECASE) is not None
    return Reach(local, secure=not base.lower().startswith("http:"))


def already_closed() -> WireFailure:
    """The failure of a request that comes after the wire was closed."""
    return WireFailure("the client is closed; create a new one", outcome=Outcome.NOT_SENT, transient=False)


def framed_twice() -> WireFailure:
    """The failure of an answer that says in two ways where it ends, a sign of request smuggling."""
    return WireFailure("the answer has both Content-Length and Transfer-Encoding", transient=False)


def check_framing(content_length: str | None, transfer_encoding: str | None) -> None:
    """Refuse an answer whose end cannot be trusted (RFC 9112, 6.3).

    Raises:
        WireFailure: it is framed in two ways at once, or in an unknown way.
    """
    if transfer_encoding is None:
        return
    if content_length is not None:
        raise framed_twice()
    if transfer_encoding.strip().lower() != "chunked":
        raise WireFailure("the answer uses a transfer coding that was not asked for", transient=False)


def safe_cause(error: BaseException) -> BaseException:
    """The lower layer's exception, kept for `__cause__` but stripped of everything that may hold a credential.

    HTTP libraries hang the request, its headers included, on their exceptions; tracebacks keep the locals.
    """
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        current.__traceback__ = None
        state: dict[str, Any] = getattr(current, "__dict__", {})
        for name in ("_request", "request", "_response", "response"):
            state.pop(name, None)
        current = current.__cause__ or current.__context__
    return error
