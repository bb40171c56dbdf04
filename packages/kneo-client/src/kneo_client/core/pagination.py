"""Walking lists that are paged by limit and offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import (
        AsyncIterable,
        AsyncIterator,
        Awaitable,
        Callable,
        Iterator,
        KeysView,
        Mapping,
        ValuesView,
    )

    from kneo_client.core.models import Maybe

T = TypeVar("T")

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000


class Paged(Protocol[T]):
    """What can be walked: a `PaginatedResult`, or what a list method of the client answered."""

    @property
    def items(self) -> list[T]:
        """The items of this page."""
        ...

    @property
    def total(self) -> Maybe[int | None]:
        """Items across all pages."""
        ...


@dataclass(frozen=True)
class PaginatedResult(Generic[T]):
    """One page of a list, whatever the endpoint calls its items.

    Attributes:
        items: the items of this page.
        total: items across all pages, as the platform reports it; if it does not, there are no more than these.
        limit: page size that was asked for.
        offset: position of the first item.
        sort_by, sort_order: the order in effect, if the platform said so.
    """

    items: list[T]
    total: Maybe[int | None]
    limit: Maybe[int | None]
    offset: Maybe[int | None]
    sort_by: Maybe[str | None] = None
    sort_order: Maybe[str | None] = None

    @property
    def count(self) -> int:
        """Items on this page."""
        return len(self.items)

    @property
    def has_more(self) -> bool:
        """Whether there are items after this page."""
        return (self.offset or 0) + self.count < (self.total or 0)


@dataclass(frozen=True)
class Page(PaginatedResult[T]):
    """A page as kneo-client 1.x has it: iterable, and only its items are needed to make one.

    Attributes:
        window: how many rows of the list can be paged through, if the platform said so.
        complete, dropped: whether a trace holds all its events, and how many it lost, if the platform said so.
    """

    total: Maybe[int | None] = None
    limit: Maybe[int | None] = None
    offset: Maybe[int | None] = None
    window: Maybe[int | None] = None
    complete: Maybe[bool | None] = None
    dropped: Maybe[int | None] = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: Any) -> Any:
        return self.items[place]


@dataclass(frozen=True)
class Map(Generic[T]):
    """Objects by name, as kneo-client 1.x has them. Answers of the client are maps of this shape by themselves.

    Attributes:
        items: the objects by their names.
    """

    items: Mapping[str, T]

    def __iter__(self) -> Iterator[str]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, name: str) -> T:
        return self.items[name]

    def __contains__(self, name: object) -> bool:
        return name in self.items

    def keys(self) -> KeysView[str]:
        """The names."""
        return self.items.keys()

    def values(self) -> ValuesView[T]:
        """The objects."""
        return self.items.values()


async def iterate_all(
    fetch_page: Callable[[int, int], Awaitable[Paged[T]]] | AsyncIterable[Paged[T]],
    *,
    page_size: int = DEFAULT_PAGE_SIZE,
    start_offset: int = 0,
) -> AsyncIterator[T]:
    """Walk all items, one page at a time; the next page is fetched when its first item is asked for.

    Lists that change while they are walked shift under an offset: prefer a stable order such as
    `sort_by="created_at", sort_order="asc"`, which neither repeats nor misses rows when new ones arrive.

    Args:
        fetch_page: called with (limit, offset); may return what a list method answers as it is. Or pages, such as
            `runs.pages()`; the other arguments then say nothing.
        page_size: items per page, clamped to `MAX_PAGE_SIZE`.
        start_offset: where to begin.

    Raises:
        ValueError: `page_size` is below 1 or `start_offset` below 0.
    """
    if page_size < 1:
        raise ValueError(f"page_size must be at least 1, got {page_size}")
    if start_offset < 0:
        raise ValueError(f"start_offset must not be negative, got {start_offset}")
    if not callable(fetch_page):
        async for page in fetch_page:
            for item in page.items:
                yield item
        return
    offset = start_offset
    while True:
        page = await fetch_page(min(page_size, MAX_PAGE_SIZE), offset)
        for item in page.items:
            yield item
        offset += len(page.items)
        if not page.items or offset >= (page.total or 0):
            return
