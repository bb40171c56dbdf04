"""Wires that hand over an answer whose body has not been read yet, on httpx."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire
from sdk_engine.wires.settings import DEFAULT, WireSettings

from knoxcall.streams import OpenResponse

if TYPE_CHECKING:
    import httpx
    from sdk_engine.deadline import Deadline
    from sdk_engine.messages import Request, Response
    from sdk_engine.wires import AsyncWire, SyncWire

_FIRST_REFUSAL = 400


class SyncStreamWire(SyncHttpxWire):
    """Hands over the answer to a streamed request, or reads it if it is a refusal; leaves other requests to `whole`."""

    def __init__(
        self, whole: SyncWire, client: httpx.Client | None = None, *, settings: WireSettings = DEFAULT
    ) -> None:
        super().__init__(client, settings=settings)
        self._whole = whole

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request; for an open answer, `timeout` bounds each single wait."""
        if request.streamed:
            return super().send(request, timeout, patience)
        return self._whole.send(request, timeout, patience)

    def _take(self, answer: httpx.Response, deadline: Deadline) -> Response:
        return OpenResponse(answer) if answer.status_code < _FIRST_REFUSAL else super()._take(answer, deadline)


class AsyncStreamWire(AsyncHttpxWire):
    """Hands over the answer to a streamed request, or reads it if it is a refusal; leaves other requests to `whole`."""

    _leaves_open = True

    def __init__(
        self, whole: AsyncWire, client: httpx.AsyncClient | None = None, *, settings: WireSettings = DEFAULT
    ) -> None:
        super().__init__(client, settings=settings)
        self._whole = whole

    async def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request; for an open answer, `timeout` bounds each single wait."""
        if request.streamed:
            return await super().send(request, timeout, patience)
        return await self._whole.send(request, timeout, patience)

    async def _take(self, answer: httpx.Response) -> Response:
        return OpenResponse(answer) if answer.status_code < _FIRST_REFUSAL else await super()._take(answer)
