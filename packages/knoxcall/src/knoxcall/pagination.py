"""Walking a list page by page, blocking or awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sdk_engine.operation import Operation

from knoxcall.envelopes import page_of_rows
from knoxcall.mode import AsyncDriver, D, SyncDriver, check_awaited, check_blocks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping

    from knoxcall.arguments import CallOptions
    from knoxcall.management import Management

    Query = dict[str, Any]
    Fetch = Callable[[Query], Coroutine[Any, Any, tuple[list[Any], Query | None]]]

T = TypeVar("T")


class Pager(Generic[T, D]):
    """All rows of a list: `for` on a sync client, `async for` on an async one. Pages are fetched when they are needed.

    Every loop starts anew at the first page. `next()` (`anext()`) goes on with a walk of its own, which `close()`
    (`aclose()`) ends.
    """

    def __init__(self, driver: D, pages: tuple[Callable[[], Fetch], Query]) -> None:
        self._driver: D = driver
        self._start, self._first = pages
        self._walk: Any = None

    def __iter__(self: Pager[T, SyncDriver]) -> Iterator[T]:
        check_blocks(self._driver, "async for")
        fetch = self._start()
        query: Query | None = self._first
        while query is not None:
            rows, query = self._driver.run(fetch(query))
            yield from rows

    async def __aiter__(self: Pager[T, AsyncDriver]) -> AsyncIterator[T]:
        check_awaited(self._driver, "for")
        fetch = self._start()
        query: Query | None = self._first
        while query is not None:
            rows, query = await self._driver.run(fetch(query))
            for row in rows:
                yield row

    def __next__(self: Pager[T, SyncDriver]) -> T:
        if self._walk is None:
            self._walk = iter(self)
        row: T = next(self._walk)
        return row

    async def __anext__(self: Pager[T, AsyncDriver]) -> T:
        if self._walk is None:
            self._walk = aiter(self)
        row: T = await anext(self._walk)
        return row

    def close(self: Pager[T, SyncDriver]) -> None:
        """End the walk of `next()`: it gives no more rows, and sends nothing."""
        if self._walk is None:
            self._walk = iter(self)
        self._walk.close()

    async def aclose(self: Pager[T, AsyncDriver]) -> None:
        """End the walk of `anext()`: it gives no more rows, and sends nothing."""
        if self._walk is None:
            self._walk = aiter(self)
        await self._walk.aclose()


def by_page(
    api: Management, operation: Operation[Any], segments: Mapping[str, object], query: Query, options: CallOptions
) -> tuple[Callable[[], Fetch], Query]:
    """Pages by number, up to `meta.total_pages`; a list that does not say how many it has ends with its first.

    It ends, too, when that end moves on while the pages stay the same.
    """
    pages = Operation(operation.method, operation.path, page_of_rows)

    def start() -> Fetch:
        before: tuple[list[Any], Any] = [], None

        async def fetch(query: Query) -> tuple[list[Any], Query | None]:
            nonlocal before
            page = await api.call(pages, segments, query=query, **options)
            rows, meta = page["data"], page.get("meta") or {}
            total, number = meta.get("total_pages"), query["page"]
            more = bool(rows) and isinstance(total, int) and number < total
            if more and rows == before[0] and total != before[1]:
                return [], None
            before = rows, total
            return rows, {**query, "page": number + 1} if more else None

        return fetch

    return start, query


def by_cursor(
    api: Management, operation: Operation[Any], segments: Mapping[str, object], query: Query, options: CallOptions
) -> tuple[Callable[[], Fetch], Query]:
    """Pages by `meta.next_cursor`, until it is null or one that was followed before."""
    pages = Operation(operation.method, operation.path, page_of_rows)

    def start() -> Fetch:
        followed: set[Any] = set()

        async def fetch(query: Query) -> tuple[list[Any], Query | None]:
            followed.add(query["cursor"])
            page = await api.call(pages, segments, query=query, **options)
            rows, meta = page["data"], page.get("meta") or {}
            cursor = meta.get("next_cursor")
            more = isinstance(cursor, str) and cursor not in followed
            return rows, {**query, "cursor": cursor} if more else None

        return fetch

    return start, query
