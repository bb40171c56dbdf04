"""Wires on httpx that hand over an answer whose body has not been read yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.wire import Response, WireFailure
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire, _failure, _library, _outgoing

if TYPE_CHECKING:
    import httpx

    from sdk_engine.wire import Request

_FIRST_REFUSAL = 400


class OpenResponse(Response):
    """An answer whose body is still to come: iterate and close its `stream`."""

    __slots__ = ("stream",)

    def __init__(self, stream: httpx.Response) -> None:
        super().__init__(stream.status_code, b"", stream.headers.multi_items())
        self.stream = stream


class SyncStreamWire(SyncHttpxWire):
    """Like `SyncHttpxWire`, but an answer below 400 comes back as an `OpenResponse`; a refusal is read as usual."""

    def send(self, request: Request, timeout: float) -> Response:
        """Send one request and read the head of its answer; `timeout` bounds each single wait."""
        client = self._client(request)
        library = _library(client)
        failure: WireFailure | None = None
        try:
            answer = client.send(_outgoing(client, request, timeout), stream=True, follow_redirects=False)
            if answer.status_code < _FIRST_REFUSAL:
                return OpenResponse(answer)
            try:
                return self._read(answer)
            finally:
                answer.close()
        except library.HTTPError as exc:
            failure = _failure(library, exc, timeout)
        raise failure


class AsyncStreamWire(AsyncHttpxWire):
    """Like `AsyncHttpxWire`, but an answer below 400 comes back as an `OpenResponse`; a refusal is read as usual."""

    async def send(self, request: Request, timeout: float) -> Response:
        """Send one request and read the head of its answer; `timeout` bounds each single wait."""
        client = self._client(request)
        library = _library(client)
        failure: WireFailure | None = None
        try:
            answer = await client.send(_outgoing(client, request, timeout), stream=True, follow_redirects=False)
            if answer.status_code < _FIRST_REFUSAL:
                return OpenResponse(answer)
            try:
                return await self._read(answer)
            finally:
                await answer.aclose()
        except library.HTTPError as exc:
            failure = _failure(library, exc, timeout)
        raise failure
