"""Walking lists that are paged by limit and offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

T = TypeVar("T")

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000


@dataclass(frozen=True)
class PaginatedResult(Generic[T]):
    """One page of a list, whatever the endpoint calls its items.

    Attributes:
        items: the items of this page.
        total: items across all pages, as the platform reports it.
        limit: page size that was asked for.
        offset: position of the first item.
        sort_by, sort_order: the order in effect, if the platform said so.
    """

    items: list[T]
    total: int
    limit: int
    offset: int
    sort_by: str | None = None
    sort_order: str | None = None

    @property
    def count(self) -> int:
        """Items on this page."""
        return len(self.items)

    @property
    def has_more(self) -> bool:
        """Whether there are items after this page."""
        return self.offset + self.count < self.total


async def iterate_all(
    fetch_page: Callable[[int, int], Awaitable[PaginatedResult[T]]],
    *,
    page_size: int = DEFAULT_PAGE_SIZE,
    start_offset: int = 0,
) -> AsyncIterator[T]:
    """Walk all items, one page at a time; the next page is fetched when its first item is asked for.

    Lists that change while they are walked shift under an offset: prefer a stable order such as
    `sort_by="created_at", sort_order="asc"`, which neither repeats nor misses rows when new ones arrive.

    Args:
        fetch_page: called with (limit, offset).
        page_size: items per page, clamped to `MAX_PAGE_SIZE`.
        start_offset: where to begin.

    Raises:
        ValueError: `page_size` is below 1 or `start_offset` below 0.
    """
    if page_size < 1:
        raise ValueError(f"page_size must be at least 1, got {page_size}")
    if start_offset < 0:
        raise ValueError(f"start_offset must not be negative, got {start_offset}")
    offset = start_offset
    while True:
        page = await fetch_page(min(page_size, MAX_PAGE_SIZE), offset)
        for item in page.items:
            yield item
        offset += page.count
        if page.count == 0 or offset >= page.total:
            return
