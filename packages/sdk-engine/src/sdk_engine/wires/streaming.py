"""Wires on httpx that hand over an answer whose body has not been read yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.wire import Response
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire

if TYPE_CHECKING:
    import httpx

    from sdk_engine.deadline import Deadline

_FIRST_REFUSAL = 400


class OpenResponse(Response):
    """An answer whose body is still to come: iterate and close its `stream`."""

    __slots__ = ("stream",)

    def __init__(self, stream: httpx.Response) -> None:
        super().__init__(stream.status_code, b"", stream.headers.multi_items())
        self.stream = stream


class SyncStreamWire(SyncHttpxWire):
    """Like `SyncHttpxWire`, but an answer below 400 comes back as an `OpenResponse`; a refusal is read as usual."""

    def _take(self, answer: httpx.Response, deadline: Deadline) -> Response:
        return OpenResponse(answer) if answer.status_code < _FIRST_REFUSAL else super()._take(answer, deadline)


class AsyncStreamWire(AsyncHttpxWire):
    """Like `AsyncHttpxWire`, but an answer below 400 comes back as an `OpenResponse`; a refusal is read as usual."""

    async def _take(self, answer: httpx.Response) -> Response:
        return OpenResponse(answer) if answer.status_code < _FIRST_REFUSAL else await super()._take(answer)
