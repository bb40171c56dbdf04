"""The wire on pyreqwest (Rust's reqwest), several times cheaper than httpx.

One HTTP/1.1 pool per wire. Proxies come from the environment, trust from the system's certificates; redirects are never
followed. It needs asyncio or a thread, and a process that has not been forked since it was first used: `wires.default`
sees to that.
"""

from __future__ import annotations

import functools
import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import BodyReader
from sdk_engine.errors import Outcome
from sdk_engine.messages import (
    DEFAULT_CONNECT_TIMEOUT,
    DEFAULT_MAX_BODY,
    Reach,
    Response,
    WireFailure,
    already_closed,
    check_framing,
    reach_of,
)
from sdk_engine.wires.hosting import load_pyreqwest, settle_at_exit

load_pyreqwest()
from pyreqwest import exceptions  # noqa: E402
from pyreqwest.client import ClientBuilder, SyncClientBuilder  # noqa: E402

if TYPE_CHECKING:
    from pyreqwest.client import Client, SyncClient

    from sdk_engine.messages import Request

ANYWHERE = Reach(local=False, secure=True)
PLAIN_LOCAL = Reach(local=True, secure=False)
_POOL = 100
_CONNECTING = "client error (Connect)"
_PASSING = ("os error", "dns error", "eof")  # of a failed connection; anything else is TLS saying no
_span = functools.lru_cache(64)(functools.partial(timedelta, 0))  # of seconds; most attempts have the same limit


class AsyncPyreqwestWire:
    """Sends from the running asyncio loop; any number of loops may share one wire."""

    def __init__(
        self,
        *,
        max_body: int = DEFAULT_MAX_BODY,
        connect_timeout: float = DEFAULT_CONNECT_TIMEOUT,
        reach: Reach = ANYWHERE,
    ) -> None:
        self._max_body = max_body
        self._reach = reach
        self._client: Client = _configured(ClientBuilder(), connect_timeout, reach).build()
        self._closed = False
        settle_at_exit(self)

    async def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer, all within `timeout` seconds."""
        if self._closed:  # the library's own close takes effect a little later
            raise already_closed()
        if reach_of(request.base) != PLAIN_LOCAL and self._reach == PLAIN_LOCAL:
            raise _no_certificates()
        try:
            async with _prepared(self._client, request, timeout) as answer:
                body = _body_reader(answer, self._max_body)
                if body is None:
                    return Response(answer.status, bytes(await answer.bytes()), functools.partial(_headers, answer))
                while (chunk := await answer.body_reader.read_chunk()) is not None:
                    body.feed(bytes(chunk))
                return Response(answer.status, body.finish(), functools.partial(_headers, answer))
        except exceptions.PyreqwestError as exc:
            failure = _failure(exc, timeout)
        raise failure

    async def aclose(self) -> None:
        """Close the pool. May be called twice."""
        self._closed = True
        await self._client.close()


class SyncPyreqwestWire:
    """Sends from any thread."""

    def __init__(
        self,
        *,
        max_body: int = DEFAULT_MAX_BODY,
        connect_timeout: float = DEFAULT_CONNECT_TIMEOUT,
        reach: Reach = ANYWHERE,
    ) -> None:
        self._max_body = max_body
        self._reach = reach
        self._client: SyncClient = _configured(SyncClientBuilder(), connect_timeout, reach).build()
        self._closed = False

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer, all within `timeout` seconds."""
        if self._closed:  # the library's own close takes effect a little later
            raise already_closed()
        if reach_of(request.base) != PLAIN_LOCAL and self._reach == PLAIN_LOCAL:
            raise _no_certificates()
        try:
            with _prepared(self._client, request, timeout) as answer:
                body = _body_reader(answer, self._max_body)
                if body is None:
                    return Response(answer.status, bytes(answer.bytes()), functools.partial(_headers, answer))
                while (chunk := answer.body_reader.read_chunk()) is not None:
                    body.feed(bytes(chunk))
                return Response(answer.status, body.finish(), functools.partial(_headers, answer))
        except exceptions.PyreqwestError as exc:
            failure = _failure(exc, timeout)
        raise failure

    def close(self) -> None:
        """Close the pool. May be called twice."""
        self._closed = True
        self._client.close()


def _configured(builder: Any, connect_timeout: float, reach: Reach) -> Any:
    if reach.local:
        builder = builder.no_proxy()
    if reach == PLAIN_LOCAL:  # no TLS is spoken, so the system's certificates need not be loaded (9 ms a client)
        builder = builder.danger_accept_invalid_certs(True)
    builder = builder.max_connections(_POOL).pool_max_idle_per_host(_POOL).pool_idle_timeout(timedelta(seconds=30))
    builder = builder.connect_timeout(timedelta(seconds=connect_timeout))
    builder = builder.follow_redirects(False).referer(False).default_cookie_store(False)
    return builder.gzip(False).deflate(False).brotli(False).zstd(False).http1_only()  # codings: BodyReader, capped


def _no_certificates() -> WireFailure:
    message = "a wire without certificates serves plain requests to this machine only"
    return WireFailure(message, outcome=Outcome.NOT_SENT, transient=False)


def _prepared(client: Any, request: Request, timeout: float) -> Any:
    try:
        prepared = client.request(request.method, request.url).headers(request.headers)
        prepared = prepared.timeout(_span(timeout))
        if request.content is not None:
            prepared = prepared.body_bytes(request.content)
        return prepared.build_streamed()
    except ValueError:
        pass
    raise _refused()


def _refused() -> WireFailure:
    """The request itself is wrong. The library's text may quote a header's value, so it is not passed on."""
    return WireFailure("the HTTP library refused the request", outcome=Outcome.NOT_SENT, transient=False)


def _body_reader(answer: Any, cap: int) -> BodyReader | None:
    """What takes the body in; None when it may be read in one go: its length is known and small, nothing to undo."""
    field = answer.get_header
    try:
        length, coding = field("content-length"), field("content-encoding")
        if field("transfer-encoding") is not None:
            check_framing(length, ", ".join(answer.get_header_all("transfer-encoding")) or None)
        elif coding is None and length is not None and length.isdecimal() and int(length) <= cap:
            return None
        return BodyReader(coding and ", ".join(answer.get_header_all("content-encoding")), cap)
    except ValueError:
        raise WireFailure("the answer's framing is not ASCII", transient=False) from None


def _headers(answer: Any) -> list[tuple[str, str]]:
    try:
        return list(answer.headers.items())
    except ValueError:  # a value that is not ASCII: keep the others
        return [(name, value) for name in set(answer.headers.keys()) for value in _readable(answer, name)]


def _readable(answer: Any, name: str) -> list[str]:
    try:
        return list(answer.get_header_all(name))
    except ValueError:
        return []


def _failure(exc: exceptions.PyreqwestError, timeout: float) -> WireFailure:
    """What a failure of the library means. Its types do not tell connecting from waiting; the chain of causes does."""
    details: Any = getattr(exc, "details", None) or {}
    causes = [str(cause["message"]) for cause in details.get("causes") or ()]
    reason = causes[-1] if causes else type(exc).__name__
    connecting = _CONNECTING in causes
    if isinstance(exc, exceptions.BuilderError):
        return _refused()
    if isinstance(exc, exceptions.ClientClosedError):
        return WireFailure("the client was closed before the answer was complete", transient=False)
    if isinstance(exc, exceptions.RequestTimeoutError):
        not_sent = connecting or isinstance(exc, exceptions.PoolTimeoutError)
        message = "no connection in time" if not_sent else f"no complete answer within {timeout:.6g} s"
        return _with_cause(message, "ConnectTimeout" if not_sent else "ReadTimeout", not_sent=not_sent)
    if connecting:
        passing = any(sign in cause for cause in causes for sign in _PASSING)
        return _with_cause(f"no connection: {reason}", "ConnectError", not_sent=True, transient=passing)
    kind = "RemoteProtocolError" if isinstance(exc, exceptions.DecodeError) else "ReadError"
    return _with_cause(f"the connection failed before the answer was complete: {reason}", kind)


def _with_cause(message: str, kind: str, *, not_sent: bool = False, transient: bool = True) -> WireFailure:
    """A failure caused by the httpx exception of that kind: callers know those, and they hold no request."""
    import httpx

    failure = WireFailure(
        message,
        outcome=Outcome.NOT_SENT if not_sent else Outcome.UNKNOWN,
        transient=transient,
        timed_out=kind.endswith("Timeout"),
    )
    failure.__cause__ = getattr(httpx, kind)(message)
    return failure
