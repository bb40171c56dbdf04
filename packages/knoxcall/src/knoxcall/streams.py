"""Answers whose body is read as it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from sdk_engine.messages import Response
from sdk_engine.steps import Invoke, Shielded

from knoxcall.mode import AsyncDriver, D, SyncDriver, check_awaited, check_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import TracebackType

    import httpx


class OpenResponse(Response):
    """An answer whose body is still to come: iterate and close its `stream`."""

    __slots__ = ("stream",)

    def __init__(self, stream: httpx.Response) -> None:
        super().__init__(stream.status_code, b"", stream.headers.multi_items)
        self.stream = stream


class ProxyStream(Generic[D]):
    """An answer whose body is read inside a `with` or `async with` block; the connection is free again after it."""

    def __init__(self, driver: D, plan: Callable[[], Coroutine[Any, Any, httpx.Response]]) -> None:
        self._driver: D = driver
        self._plan = plan
        self._response: httpx.Response

    def __enter__(self: ProxyStream[SyncDriver]) -> httpx.Response:
        check_blocks(self._driver, "async with client.stream(...)")
        self._response = self._driver.run(self._plan())
        return self._response

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._response.close()

    async def __aenter__(self: ProxyStream[AsyncDriver]) -> httpx.Response:
        check_awaited(self._driver, "with client.stream(...)")
        self._response = await self._driver.run(self._plan())
        return self._response

    async def __aexit__(
        self: ProxyStream[AsyncDriver],
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._driver.run(_released(self._response))


async def _released(response: httpx.Response) -> None:
    """A plan: close the response, also when its reader was cancelled."""

    async def close() -> None:
        await Invoke(response.aclose)

    await Shielded(close())
