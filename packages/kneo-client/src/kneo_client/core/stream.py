"""Items that arrive batch by batch, for both modes: the batches come from a plan."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from kneo_client.core.mode import AsyncDriver, D, SyncDriver

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


class Batches(Protocol[T]):
    """Where a stream comes from."""

    def next_batch(self) -> Coroutine[Any, Any, list[T] | None]:
        """A plan: the items that come next, or None at the end."""
        ...


class Stream(Generic[T, D]):
    """An iterator: `async for` on a `KneoClient`, `for` on a blocking client. A further loop goes on where one stopped.

    Nothing is asked for before the first item is, and nothing is lost when a loop is left or cancelled.
    """

    def __init__(self, driver: D, batches: Batches[T]) -> None:
        self._driver: D = driver
        self._batches = batches
        self._ready: deque[T] = deque()
        self._ended = False

    def __iter__(self: Stream[T, SyncDriver]) -> Stream[T, SyncDriver]:
        return self

    def __next__(self: Stream[T, SyncDriver]) -> T:
        while not self._ready and not self._ended:
            self._take(self._driver.run(self._batches.next_batch()))
        if not self._ready:
            raise StopIteration
        return self._ready.popleft()

    def __aiter__(self: Stream[T, AsyncDriver]) -> Stream[T, AsyncDriver]:
        return self

    async def __anext__(self: Stream[T, AsyncDriver]) -> T:
        while not self._ready and not self._ended:
            self._take(await self._driver.run(self._batches.next_batch()))
        if not self._ready:
            raise StopAsyncIteration
        return self._ready.popleft()

    def _take(self, batch: list[T] | None) -> None:
        if batch is None:
            self._ended = True
        else:
            self._ready.extend(batch)

    def close(self) -> None:
        """End the stream: further loops get nothing."""
        self._ended = True
        self._ready.clear()

    async def aclose(self) -> None:
        """`close`, as `contextlib.aclosing` calls it."""
        self.close()
