"""The wire on httpx: for clients that the caller passed in (httpx or httpx2), and for plain httpx of our own.

A caller's client is used as it is: it builds the requests, its auth, headers, proxies, limits, TLS settings and hooks
apply, redirects are never followed, and it is never closed. Two things are ours: each request goes to its own base
URL, whatever the client's is, and carries the cookies that the client had when it was passed in, never those that an
answer set since.
"""

from __future__ import annotations

import contextlib
import functools
import math
import sys
from typing import TYPE_CHECKING, Any

from sdk_engine.deadline import Deadline
from sdk_engine.errors import Outcome
from sdk_engine.messages import (
    Response,
    WireFailure,
    already_closed,
    connect_limit,
    reach_of,
    safe_cause,
)
from sdk_engine.wires import failures
from sdk_engine.wires.heads import body_reader
from sdk_engine.wires.own_clients import OwnAsyncClients, OwnClients
from sdk_engine.wires.settings import DEFAULT, WireSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import ModuleType

    import httpx

    from sdk_engine.messages import Request


class _Callers:
    """A caller's client: what its answers must not change."""

    def __init__(self, client: Any) -> None:
        self.client = client
        kind: Any = type(client)
        self.library = library_of(kind)
        self._cookies = self.library.Cookies(client.cookies)

    def build(self, request: Request, phases: dict[str, float | None]) -> Any:
        """The client's own request."""
        client = self.client
        made = client.build_request(
            request.method,
            _parsed(self.library, request.url),
            headers=request.headers,
            content=request.content,
            extensions={"timeout": phases},
        )
        if client.cookies and "Cookie" not in client.headers and "cookie" not in map(str.lower, request.headers):
            self._restore_cookies(made)
        return made

    def _restore_cookies(self, made: Any) -> None:
        bare = self.library.Request(made.method, made.url)
        self._cookies.set_cookie_header(bare)
        own = bare.headers.get("Cookie")
        if own is None:
            made.headers.pop("Cookie", None)
        else:
            made.headers["Cookie"] = own  # in its place


class AsyncHttpxWire:
    """Sends through an `httpx.AsyncClient` or `httpx2.AsyncClient`; through plain httpx of our own if there is none."""

    _leaves_open = False
    """Whether bodies may be read after `send` has returned, with nothing but the library's own limits around it."""

    def __init__(self, client: httpx.AsyncClient | None = None, *, settings: WireSettings = DEFAULT) -> None:
        self._callers = None if client is None else _Callers(client)
        self._own = OwnAsyncClients(settings)
        self._settings = settings
        self._closed = False

    async def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer within `timeout` seconds, once a connection is free for it."""
        if self._closed or (self._callers is not None and self._callers.client.is_closed):
            raise already_closed()
        if self._callers is not None:
            reach_of(request.base)
            return await self._send(self._callers, request, min(timeout, patience))
        async with self._own.client(request, timeout, patience) as (client, left):
            return await self._send(_Callers(client), request, left)

    async def _send(self, through: _Callers, request: Request, timeout: float) -> Response:
        import anyio

        library: Any = through.library
        failure: WireFailure | None = None
        try:
            with anyio.move_on_after(timeout):
                each = timeout if self._leaves_open else None  # else the attempt's own limit is enough
                made = through.build(request, self._phases(timeout, each))
                return await self._take(await through.client.send(made, stream=True, follow_redirects=False))
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

    def _phases(self, timeout: float, each: float | None) -> dict[str, float | None]:
        return _phases(timeout, each, self._settings if self._callers is None else None)

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
        body, chunks = body_reader(answer.headers.raw, self._settings.max_body), answer.aiter_raw()
        try:
            async for chunk in chunks:
                body.feed(chunk)
        except WireFailure:
            await answer.aclose()
            await _run_out(chunks)
            raise
        return Response(answer.status_code, body.finish(), answer.headers.multi_items)

    async def aclose(self) -> None:
        """Close our own clients of this event loop; a caller's client is left open."""
        self._closed = True
        await self._own.aclose()


class SyncHttpxWire:
    """Sends through an `httpx.Client` or `httpx2.Client`, or plain httpx of our own; safe to share between threads."""

    def __init__(self, client: httpx.Client | None = None, *, settings: WireSettings = DEFAULT) -> None:
        self._callers = None if client is None else _Callers(client)
        self._own = OwnClients(settings)
        self._settings = settings
        self._closed = False

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer; `timeout` bounds the connection, each read, and the body as a whole."""
        if self._closed or (self._callers is not None and self._callers.client.is_closed):
            raise already_closed()
        if self._callers is not None:
            reach_of(request.base)
            return self._send(self._callers, request, min(timeout, patience))
        with self._own.client(request, timeout, patience) as (client, left):
            return self._send(_Callers(client), request, left)

    def _send(self, through: _Callers, request: Request, timeout: float) -> Response:
        library: Any = through.library
        deadline = Deadline(timeout)
        failure: WireFailure | None = None
        try:
            made = through.build(request, self._phases(timeout))
            return self._take(through.client.send(made, stream=True, follow_redirects=False), deadline)
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

    def _phases(self, timeout: float) -> dict[str, float | None]:
        return _phases(timeout, timeout, self._settings if self._callers is None else None)

    def _take(self, answer: httpx.Response, deadline: Deadline) -> Response:
        """The whole answer; its connection goes back to the pool."""
        try:
            return self._read(answer, deadline)
        finally:
            answer.close()

    def _read(self, answer: httpx.Response, deadline: Deadline) -> Response:
        if answer.is_stream_consumed:
            return Response(answer.status_code, answer.content, answer.headers.multi_items)
        body = body_reader(answer.headers.raw, self._settings.max_body)
        for chunk in answer.iter_raw():
            body.feed(chunk)
            if not deadline.remaining:
                raise TimeoutError
        return Response(answer.status_code, body.finish(), answer.headers.multi_items)

    def close(self) -> None:
        """Close our own clients; a caller's client is left open.

        httpx wakes nobody: a thread that waits for an answer goes on waiting, until its own limit.
        """
        self._closed = True
        self._own.close()


@functools.lru_cache(256)
def _parsed(library: ModuleType, url: str) -> Any:
    """The library's URL, which nothing can change: parsing it costs a tenth of a small call."""
    return library.URL(url)


async def _run_out(chunks: AsyncIterator[bytes]) -> None:
    """End the six generators that httpx nests around a body, by reading on after the answer was closed.

    The innermost fails then, and all others with it. Closing the outermost would leave five to the garbage collector.
    """
    with contextlib.suppress(Exception):
        await anext(chunks)


def _phases(timeout: float, each: float | None, own: WireSettings | None) -> dict[str, float | None]:
    """Limits for the phases of an attempt: connect and pool, and `each` single read and write; or shorter ones of ours.

    Waiting for a connection ends a little before the attempt does, so that it is known that nothing was sent.
    """
    early = connect_limit(timeout)
    if own is None:
        return {"connect": early, "read": each, "write": each, "pool": early}
    return {
        "connect": min(early, own.connect_timeout),
        "read": _shorter(each, own.read_timeout),
        "write": _shorter(each, own.write_timeout),
        "pool": early,
    }


def _shorter(limit: float | None, own: float | None) -> float | None:
    return own if limit is None or (own is not None and own < limit) else limit


@functools.lru_cache(64)
def library_of(kind: type) -> ModuleType:
    """The module whose exceptions this client raises: httpx, httpx2, or what a subclass derives from."""
    for cls in kind.__mro__:
        name = cls.__module__.partition(".")[0]
        if name in ("httpx", "httpx2"):
            return sys.modules[name]
    import httpx  # whatever a patched `httpx.AsyncClient` makes

    return httpx


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
        return failures.refused(type(exc).__name__)  # the text may quote a header's value; not even as the cause
    if failures.is_head_too_large(exc):
        return failures.head_too_large()
    text = failures.reason(exc)
    if isinstance(exc, library.PoolTimeout):
        message = f"no connection of the http_client's own pool was free within {timeout:.6g} s: see its `limits`"
        failure = WireFailure(message, outcome=Outcome.NOT_SENT, timed_out=True)
    elif isinstance(exc, library.TimeoutException):
        sent = not isinstance(exc, library.ConnectTimeout)
        stage = "no complete answer" if sent else "no connection"
        failure = WireFailure(f"{stage} within {timeout:.6g} s", outcome=failures.outcome(sent=sent), timed_out=True)
    elif isinstance(exc, (library.ConnectError, library.ProxyError)):
        final = failures.tls_refused(exc)
        failure = WireFailure(f"no connection: {text}", outcome=Outcome.NOT_SENT, transient=not final)
    else:
        failure = WireFailure(f"the connection failed before the answer was complete: {text}")
    return _with_cause(failure, exc)


def _with_cause(failure: WireFailure, exc: Exception) -> WireFailure:
    failure.__cause__ = safe_cause(exc)
    return failure
