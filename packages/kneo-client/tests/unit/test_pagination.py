"""`PaginatedResult` and `iterate_all`, and the two ways of walking a list that the guide shows."""

import dataclasses
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from kneo_client import KneoClient, types
from kneo_client.core.pagination import MAX_PAGE_SIZE, PaginatedResult, iterate_all
from kneo_client.core.profiles import Profile
from kneo_client.core.transport import Transport


class Rows:
    """A list of numbers that is paged like the platform's, and the (limit, offset) of each page asked for."""

    def __init__(self, length: int, *, says_total: bool = True) -> None:
        self.items = list(range(length))
        self.says_total = says_total
        self.asked: list[tuple[int, int]] = []

    async def fetch(self, limit: int, offset: int) -> PaginatedResult[int]:
        self.asked.append((limit, offset))
        items = self.items[offset : offset + limit]
        return PaginatedResult(items, len(self.items) if self.says_total else len(items), limit, offset)


async def walked(rows: Rows, **settings: int) -> list[int]:
    return [item async for item in iterate_all(rows.fetch, **settings)]


@pytest.mark.promise("kneo.pagination.result-count", "kneo.pagination.result-has-more")
@pytest.mark.parametrize(
    ("items", "total", "offset", "has_more"),
    [([], 0, 0, False), ([1, 2], 5, 0, True), ([1, 2], 5, 3, False), ([1], 5, 3, True), ([1, 2], 1, 0, False)],
)
def test_result_counts_its_items(items: list[int], total: int, offset: int, has_more: bool) -> None:
    page = PaginatedResult(items=items, total=total, limit=2, offset=offset)
    assert (page.count, page.has_more) == (len(items), has_more)
    assert (page.sort_by, page.sort_order) == (None, None)


@pytest.mark.promise("kneo.pagination.result-frozen-generic")
def test_result_is_frozen_and_generic() -> None:
    page = PaginatedResult[int]([1], 1, 1, 0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        page.total = 2  # type: ignore[misc]


@pytest.mark.promise("kneo.pagination.iterate-all-fetch-page", "kneo.pagination.iterate-all-walks-offset")
@pytest.mark.promise("kneo.pagination.iterate-all-stops")
@pytest.mark.parametrize(
    ("length", "settings", "asked"),
    [
        (0, {}, [(100, 0)]),
        (3, {}, [(100, 0)]),
        (250, {}, [(100, 0), (100, 100), (100, 200)]),
        (4, {"page_size": 2}, [(2, 0), (2, 2)]),
        (3, {"page_size": 1}, [(1, 0), (1, 1), (1, 2)]),
        (5, {"page_size": 2, "start_offset": 3}, [(2, 3)]),
        (5, {"page_size": 1, "start_offset": 9}, [(1, 9)]),
    ],
)
async def test_all_items_are_walked(length: int, settings: dict[str, int], asked: list[tuple[int, int]]) -> None:
    rows = Rows(length)
    assert await walked(rows, **settings) == rows.items[settings.get("start_offset", 0) :]
    assert rows.asked == asked


@pytest.mark.promise("kneo.pagination.iterate-all-clamps", "kneo.pagination.platform-clamps-limit")
@pytest.mark.parametrize(("page_size", "limit"), [(1000, 1000), (1001, 1000), (10**9, 1000), (999, 999)])
async def test_page_size_is_clamped(page_size: int, limit: int) -> None:
    rows = Rows(MAX_PAGE_SIZE + 1)
    assert await walked(rows, page_size=page_size) == rows.items
    assert {asked for asked, _ in rows.asked} == {limit}


@pytest.mark.promise("kneo.pagination.iterate-all-without-total")
async def test_total_equal_to_count_ends_after_one_page() -> None:
    rows = Rows(5, says_total=False)
    assert await walked(rows, page_size=2) == [0, 1]
    assert rows.asked == [(2, 0)]


async def test_next_page_is_fetched_only_when_it_is_asked_for() -> None:
    rows = Rows(4)
    walk = iterate_all(rows.fetch, page_size=2)
    assert [await anext(walk), await anext(walk)] == [0, 1]
    assert rows.asked == [(2, 0)]
    assert await anext(walk) == 2
    assert rows.asked == [(2, 0), (2, 2)]
    await walk.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize("settings", [{"page_size": 0}, {"page_size": -1}, {"start_offset": -1}])
async def test_unusable_arguments(settings: dict[str, int]) -> None:
    rows = Rows(1)
    with pytest.raises(ValueError, match=next(iter(settings))):
        await walked(rows, **settings)
    assert not rows.asked


class Platform:
    """Answers `GET /v1/runs` from a list of runs as the platform does: filter, sort, window."""

    def __init__(self, count: int) -> None:
        self.runs = [{"id": f"r{n}", "status": "failed" if n % 2 else "completed"} for n in range(count)]
        self.queries: list[dict[str, list[str]]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        query = parse_qs(urlsplit(str(request.url)).query)
        self.queries.append(query)
        limit, offset = int(query["limit"][0]), int(query["offset"][0])
        matching = [run for run in self.runs if run["status"] in query.get("status", [run["status"]])]
        page = matching[offset : offset + limit]
        numbers = {"count": len(page), "total": len(matching), "limit": limit, "offset": offset}
        echo = {"sort_by": query["sort_by"][0], "sort_order": query["sort_order"][0]}
        return httpx.Response(200, json={"runs": page, **numbers, **echo})

    def client(self, profile: Profile) -> KneoClient:
        client = KneoClient(profile)
        theirs = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        client.platform.runs._transport = Transport(profile, http_client=theirs)
        return client


@pytest.mark.promise("kneo.pagination.manual-walk", "kneo.pagination.response-fields")
@pytest.mark.promise("kneo.pagination.items-named-after-resource", "kneo.pagination.raw-models-not-results")
async def test_manual_walk_of_the_guide(profile: Profile) -> None:
    platform = Platform(5)
    client = platform.client(profile)
    offset, page_size, walked = 0, 2, []
    while True:
        page = await client.platform.runs.list(limit=page_size, offset=offset)
        assert type(page) is types.RunListResponse
        assert (page.limit, page.offset, page.total) == (2, offset, 5)
        assert (page.sort_by, page.sort_order, page.count) == ("updated_at", "desc", len(page.runs))
        walked += [run.id for run in page.runs]
        if page.count < page_size:
            break
        offset += page.count
    assert walked == ["r0", "r1", "r2", "r3", "r4"]


@pytest.mark.promise("kneo.pagination.iterate-all-fetch-page", "kneo.pagination.filters-compose")
async def test_recipe_of_the_guide_with_a_filter(profile: Profile) -> None:
    platform = Platform(9)
    client = platform.client(profile)

    async def fetch_page(limit: int, offset: int) -> PaginatedResult[Any]:
        answer = await client.platform.runs.list(status="failed", limit=limit, offset=offset)
        return PaginatedResult(items=answer.runs, total=answer.total or 0, limit=limit, offset=offset)

    assert [run.id async for run in iterate_all(fetch_page, page_size=3)] == ["r1", "r3", "r5", "r7"]
    assert [query["offset"] for query in platform.queries] == [["0"], ["3"]]


@pytest.mark.promise("kneo.pagination.none-is-omitted")
async def test_none_leaves_the_parameter_out(scripted: Any) -> None:
    client, wire = scripted({"runs": [], "count": 0})
    nothing: Any = None
    await client.platform.runs.list(limit=nothing, offset=nothing, sort_by=nothing, sort_order=nothing)
    await client.platform.runs.list(status=None, sort_by=nothing)
    assert [request.target for request in wire.requests] == ["/v1/runs", "/v1/runs?limit=100&offset=0&sort_order=desc"]
