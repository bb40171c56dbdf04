"""The wire on httpx: for clients that the caller passed in (httpx or httpx2), and for one of our own.

A caller's client is used as it is: its auth, headers, proxies, TLS settings and hooks apply, redirects are never
followed, and it is never closed. Each request goes to its own base URL, whatever the client's is. How long clients of
our own live is in `own_clients`.
"""

from __future__ import annotations

import contextlib
import functools
import math
import ssl
import sys
from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import BodyReader
from sdk_engine.deadline import Deadline
from sdk_engine.errors import Outcome
from sdk_engine.messages import (
    DEFAULT_MAX_BODY,
    Response,
    WireFailure,
    already_closed,
    check_framing,
    connect_limit,
    reach_of,
    safe_cause,
)
from sdk_engine.wires.outgoing import outgoing
from sdk_engine.wires.own_clients import OwnAsyncClients, OwnClients

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from types import ModuleType

    import httpx

    from sdk_engine.messages import Request


_TELLING = {b"transfer-encoding", b"content-encoding"}
"""Headers without which a body is its own length of plain bytes."""


class AsyncHttpxWire:
    """Sends through an `httpx.AsyncClient` or `httpx2.AsyncClient`.

    `settings` are arguments for the client that the wire makes itself (limits, verify, proxy); a `timeout` among them
    caps the single phases of an attempt.
    """

    _leaves_open = False
    """Whether bodies may be read after `send` has returned, with nothing but the library's own limits around it."""

    def __init__(
        self,
        client: httpx.AsyncClient | None = None,
        *,
        max_body: int = DEFAULT_MAX_BODY,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self._given = client
        self._settings = settings or {}
        self._own = OwnAsyncClients(self._settings)
        self._max_body = max_body
        self._closed = False

    async def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer, all within `timeout` seconds."""
        import anyio

        client = await self._client(request)
        library = _library(client)
        failure: WireFailure | None = None
        try:
            with anyio.move_on_after(timeout):
                each = timeout if self._leaves_open else None  # else the attempt's own limit is enough
                made = outgoing(library, client, request, _phases(timeout, each, self._settings))
                return await self._take(await client.send(made, stream=True, follow_redirects=False))
            failure = _too_late(library, timeout)
        except TimeoutError:
            failure = _too_late(library, timeout)
        except (library.HTTPError, library.InvalidURL, UnicodeError) as exc:
            if (answer := _refused_answer(library, exc, request)) is not None:
                return answer
            failure = _failure(library, exc, timeout)
        except RuntimeError as exc:
            if "client has been closed" not in str(exc):
                raise
            failure = already_closed()
        raise failure

    async def _take(self, answer: httpx.Response) -> Response:
        """The whole answer; its connection goes back to the pool."""
        try:
            return await self._read(answer)
        finally:
            if not answer.is_closed:
                await answer.aclose()

    async def _read(self, answer: httpx.Response) -> Response:
        if answer.is_stream_consumed:  # a mock's, or one that the client's own hooks have read
            return Response(answer.status_code, answer.content, answer.headers.multi_items)
        body = _body_reader(answer, self._max_body)
        chunks = answer.aiter_raw()
        try:
            async for chunk in chunks:
                body.feed(chunk)
        except WireFailure:
            await answer.aclose()
            await _run_out(chunks)
            raise
        return Response(answer.status_code, body.finish(), answer.headers.multi_items)

    async def _client(self, request: Request) -> httpx.AsyncClient:
        client = self._given
        if self._closed or (client is not None and client.is_closed):
            raise already_closed()
        secure = reach_of(request.base).secure
        return await self._own.get(secure=secure) if client is None else client

    async def aclose(self) -> None:
        """Close our own clients of this event loop; a caller's client is left open."""
        self._closed = True
        await self._own.aclose()


class SyncHttpxWire:
    """Sends through an `httpx.Client` or `httpx2.Client`; safe to share between threads. `settings` as above."""

    def __init__(
        self,
        client: httpx.Client | None = None,
        *,
        max_body: int = DEFAULT_MAX_BODY,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self._given = client
        self._settings = settings or {}
        self._own = OwnClients(self._settings)
        self._max_body = max_body
        self._closed = False

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer; `timeout` bounds the connection, each read, and the body as a whole."""
        client = self._client(request)
        library = _library(client)
        deadline = Deadline(timeout)
        failure: WireFailure | None = None
        try:
            made = outgoing(library, client, request, _phases(timeout, timeout, self._settings))
            return self._take(client.send(made, stream=True, follow_redirects=False), deadline)
        except TimeoutError:
            failure = _too_late(library, timeout)
        except (library.HTTPError, library.InvalidURL, UnicodeError) as exc:
            if (answer := _refused_answer(library, exc, request)) is not None:
                return answer
            failure = _failure(library, exc, timeout)
        except RuntimeError as exc:
            if "client has been closed" not in str(exc):
                raise
            failure = already_closed()
        raise failure

    def _take(self, answer: httpx.Response, deadline: Deadline) -> Response:
        """The whole answer; its connection goes back to the pool."""
        try:
            return self._read(answer, deadline)
        finally:
            answer.close()

    def _read(self, answer: httpx.Response, deadline: Deadline) -> Response:
        if answer.is_stream_consumed:
            return Response(answer.status_code, answer.content, answer.headers.multi_items)
        body = _body_reader(answer, self._max_body)
        for chunk in answer.iter_raw():
            body.feed(chunk)
            if not deadline.remaining:
                raise TimeoutError
        return Response(answer.status_code, body.finish(), answer.headers.multi_items)

    def _client(self, request: Request) -> httpx.Client:
        client = self._given
        if self._closed or (client is not None and client.is_closed):
            raise already_closed()
        secure = reach_of(request.base).secure
        return self._own.get(secure=secure) if client is None else client

    def close(self) -> None:
        """Close our own clients; a caller's client is left open."""
        self._closed = True
        self._own.close()


async def _run_out(chunks: AsyncIterator[bytes]) -> None:
    """End the six generators that httpx nests around a body, by reading on after the answer was closed.

    The innermost fails then, and all others with it. Closing the outermost would leave five to the garbage collector.
    """
    with contextlib.suppress(Exception):
        await anext(chunks)


def _body_reader(answer: httpx.Response, cap: int) -> BodyReader:
    headers = answer.headers
    if _TELLING.isdisjoint([name.lower() for name, _ in headers.raw]):
        return BodyReader(None, cap)
    check_framing(headers.get("Content-Length"), headers.get("Transfer-Encoding"))
    return BodyReader(headers.get("Content-Encoding"), cap)


def _phases(timeout: float, each: float | None, settings: Mapping[str, Any]) -> dict[str, float | None]:
    """Limits for the phases of an attempt: connect and pool, and `each` single read and write; or the phase's own.

    Waiting for a connection ends a little before the attempt does, so that it is known that nothing was sent.
    """
    early = connect_limit(timeout)
    limits: dict[str, float | None] = {"connect": early, "read": each, "write": each, "pool": early}
    own = settings.get("timeout")
    if own is not None:
        for name, seconds in own.as_dict().items():
            limit = limits[name]
            if seconds and (limit is None or seconds < limit):
                limits[name] = seconds
    return limits


def _library(client: object) -> ModuleType:
    """The module whose exceptions this client raises: httpx, httpx2, or what a subclass derives from."""
    kind: Any = type(client)
    return _library_of(kind)


@functools.lru_cache(64)
def _library_of(kind: type) -> ModuleType:
    for cls in kind.__mro__:
        name = cls.__module__.partition(".")[0]
        if name in ("httpx", "httpx2"):
            return sys.modules[name]
    raise TypeError(f"http_client must be an httpx or httpx2 client, got {kind.__name__}")


def _refused_answer(library: Any, exc: Any, request: Request) -> Response | None:
    """The answer that a hook of the caller's has raised an error for; its body, if the hook has read it."""
    if not isinstance(exc, library.HTTPStatusError) or exc.request.url != library.URL(request.url):
        return None
    answer: httpx.Response = exc.response
    content = answer.content if answer.is_stream_consumed else b""
    return Response(answer.status_code, content, answer.headers.multi_items)


def _too_late(library: Any, timeout: float) -> WireFailure:
    message = f"no complete answer within {timeout:.6g} s"
    return _with_cause(WireFailure(message, timed_out=True), library.ReadTimeout(message))


def _failure(library: Any, exc: Exception, timeout: float) -> WireFailure:
    """What a failure of the library means for the caller."""
    if isinstance(exc, (library.LocalProtocolError, library.UnsupportedProtocol, library.InvalidURL, UnicodeError)):
        # its text may quote a header's value, so it is not passed on, not even as the cause
        message = f"the HTTP library refused the request ({type(exc).__name__})"
        return WireFailure(message, outcome=Outcome.NOT_SENT, transient=False)
    text = next((str(each) for each in _chain(exc) if str(each)), type(exc).__name__)
    if isinstance(exc, library.TimeoutException):
        not_sent = isinstance(exc, (library.ConnectTimeout, library.PoolTimeout))
        stage = "no connection" if not_sent else "no complete answer"
        failure = WireFailure(f"{stage} within {timeout:.6g} s", outcome=_outcome(not_sent), timed_out=True)
    elif isinstance(exc, (library.ConnectError, library.ProxyError)):
        failure = WireFailure(f"no connection: {text}", outcome=Outcome.NOT_SENT, transient=not _tls_refused(exc))
    else:
        failure = WireFailure(f"the connection failed before the answer was complete: {text}")
    return _with_cause(failure, exc)


def _outcome(not_sent: bool) -> Outcome:
    return Outcome.NOT_SENT if not_sent else Outcome.UNKNOWN


def _with_cause(failure: WireFailure, exc: Exception) -> WireFailure:
    failure.__cause__ = safe_cause(exc)
    return failure


def _tls_refused(exc: BaseException) -> bool:
    """Whether TLS itself said no (certificate, version): trying again cannot help."""
    passing = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
    return any(isinstance(each, ssl.SSLError) and not isinstance(each, passing) for each in _chain(exc))


def _chain(exc: BaseException) -> Iterator[BaseException]:
    """The exception and what it came from; on trio only the innermost says what happened."""
    current: BaseException | None = exc
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__
