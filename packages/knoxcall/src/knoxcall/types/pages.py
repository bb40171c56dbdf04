"""What comes with every page of a list."""

from __future__ import annotations

from typing_extensions import TypedDict


class CursorMeta(TypedDict):
    """Where a page is in a feed."""

    next_cursor: str | None  # null: no more yet
    limit: int
    delivery: str
    dedupe_on: str
    watermark_seconds: int


class PageMeta(TypedDict):
    """Where a page is in its list."""

    total: int
    page: int
    per_page: int
    total_pages: int
    request_id: str
