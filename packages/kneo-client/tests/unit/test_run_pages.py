"""`runs.pages`: every run once, while runs arrive, change and go, on platforms old and new."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sdk_engine.drivers import SyncDriver
from sdk_engine.messages import Response
from sdk_engine.testing import FakeSyncWire

from kneo_client.client import SyncKneoClient
from kneo_client.core.errors import KneoInvalidRequestError, KneoPlatformVersionError
from kneo_client.core.pagination import iterate_all
from kneo_client.core.profiles import Profile

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Books:
    """A platform that keeps books of its runs; while each page is read, runs are created, cancelled and deleted.

    `same` runs are created at the same moment. Without `windows`, it ignores times, as platform 0.4.0 does.
    """

    def __init__(self, count: int, *, same: int = 1, arriving: int = 0, windows: bool = True, z: bool = False) -> None:
        self.same, self.arriving, self.windows, self.z = same, arriving, windows, z
        self.rows: list[dict[str, Any]] = []
        self.requests: list[dict[str, str]] = []
        self.largest_offset = 0
        self.deleting = False
        self.create(count)
        self.there_at_first = [row["id"] for row in self.rows]

    def create(self, count: int) -> None:
        for _ in range(count):
            number = len(self.rows)
            moment = (BEGIN + timedelta(seconds=0.25 * (number // self.same))).isoformat()
            moment = moment.replace("+00:00", "Z") if self.z else moment
            self.rows.append({"id": f"r{number}", "status": "running", "created_at": moment, "updated_at": moment})

    def answer(self, request: Any) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
        self.requests.append(query)
        limit, offset = int(query["limit"]), int(query["offset"])
        assert limit <= 1000
        assert offset <= 10_000, "422 on the real platform"
        rows = [row for row in self.rows if "gone" not in row]
        if "status" in query:
            rows = [row for row in rows if row["status"] == query["status"]]
        if self.windows and "created_after" in query:
            after = datetime.fromisoformat(query["created_after"])
            rows = [row for row in rows if datetime.fromisoformat(row["created_at"]) >= after]
        page = {"runs": rows[offset : offset + limit], "total": len(rows), "limit": limit, "offset": offset}
        more = {"count": len(page["runs"]), "sort_by": query["sort_by"], "sort_order": query["sort_order"]}
        content = json.dumps({**page, **more, **({"window": 10_000} if self.windows else {})}).encode()
        if len(self.requests) * self.arriving < 3000:
            self.create(self.arriving)
        for row in page["runs"][:3]:
            row["status"] = "cancelled"
            if self.deleting:
                row["gone"] = True
        return Response(200, content, [("Content-Type", "application/json")])


def client_of(scripted: Any, books: Books) -> Any:
    client, wire = scripted(200)
    wire._answers = books.answer
    return client


async def walked(scripted: Any, books: Books, **settings: Any) -> list[str]:
    client = client_of(scripted, books)
    return [run.id async for page in client.platform.runs.pages(**settings) for run in page]


@pytest.mark.parametrize("deleting", [False, True])
async def test_25000_runs_come_once_each_while_runs_arrive_are_cancelled_and_go(
    scripted: Any, *, deleting: bool
) -> None:
    books = Books(25_000, arriving=7)
    books.deleting = deleting
    seen = await walked(scripted, books, page_size=1000)
    assert len(seen) == len(set(seen))
    assert set(books.there_at_first) <= set(seen)
    assert seen == [row["id"] for row in books.rows][: len(seen)], "the oldest first"
    assert len(books.requests) <= 28
    assert {query["offset"] for query in books.requests} == {"0"}


async def test_runs_of_the_same_moment_may_fill_pages(scripted: Any) -> None:
    books = Books(950, same=300)
    assert await walked(scripted, books, page_size=100) == books.there_at_first


@pytest.mark.parametrize("z", [False, True])
async def test_moments_with_and_without_fractions_are_told_apart(scripted: Any, *, z: bool) -> None:
    books = Books(50, z=z)
    assert await walked(scripted, books, page_size=3) == books.there_at_first
    assert len(books.requests) <= 27


async def test_runs_that_leave_the_filter_while_they_are_walked_are_not_missed(scripted: Any) -> None:
    books = Books(60)
    assert await walked(scripted, books, page_size=10, status="running") == books.there_at_first


async def test_nothing_is_asked_ahead(scripted: Any) -> None:
    books = Books(100)
    pages = client_of(scripted, books).platform.runs.pages(page_size=10)
    assert not books.requests
    page = await anext(pages)
    assert (len(page), page.total, page.limit, page.sort_by, page.sort_order) == (10, 100, 10, "created_at", "asc")
    assert len(books.requests) == 1
    rest = [run.id async for page in pages for run in page]
    assert [run.id for run in page] + rest == books.there_at_first


async def test_no_runs(scripted: Any) -> None:
    assert await walked(scripted, Books(0)) == []


async def test_iterate_all_walks_pages_run_by_run(scripted: Any) -> None:
    books = Books(30)
    pages = client_of(scripted, books).platform.runs.pages(page_size=7)
    assert [run.id async for run in iterate_all(pages)] == books.there_at_first


async def test_filters_are_sent_with_every_page(scripted: Any) -> None:
    books = Books(30)
    await walked(scripted, books, page_size=10, session_id="s", has_error=True, created_before="2027-01-01")
    assert len(books.requests) >= 3
    for query in books.requests:
        assert (query["session_id"], query["has_error"], query["created_before"]) == ("s", "true", "2027-01-01")


async def test_older_platform_is_walked_by_counting(scripted: Any) -> None:
    books = Books(10_700, windows=False)
    assert await walked(scripted, books, page_size=1000) == books.there_at_first
    assert max(int(query["offset"]) for query in books.requests) == 10_000


async def test_older_platform_says_where_its_list_ends(scripted: Any) -> None:
    with pytest.raises(KneoPlatformVersionError, match=r"after the first 10000; version 1\.2\.0") as caught:
        await walked(scripted, Books(12_000, windows=False), page_size=1000)
    assert caught.value.needs == "1.2.0"


async def test_older_platform_is_not_asked_for_what_it_ignores(scripted: Any) -> None:
    with pytest.raises(KneoPlatformVersionError, match="filter 'q'"):
        await walked(scripted, Books(5, windows=False), q="x")


async def test_rows_without_times_are_walked_by_counting(scripted: Any) -> None:
    books = Books(25)
    for row in books.rows:
        row["created_at"] = "yesterday"
    assert await walked(scripted, books, page_size=10) == books.there_at_first


@pytest.mark.parametrize("page_size", [0, -1, True, 2.5, "10", None])
async def test_unusable_page_size_is_refused_before_any_io(scripted: Any, page_size: Any) -> None:
    client, wire = scripted(200)
    with pytest.raises(KneoInvalidRequestError, match="page_size"):
        client.platform.runs.pages(page_size=page_size)
    assert not wire.requests


async def test_closed_client(scripted: Any) -> None:
    client = client_of(scripted, Books(5))
    await client.aclose()
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        await anext(client.platform.runs.pages())


def test_blocking_client_walks_with_for(profile: Profile) -> None:
    books = Books(95, arriving=1)
    with SyncKneoClient(profile) as client:
        client._transport._driver = SyncDriver(FakeSyncWire(books.answer))
        seen = [run.id for page in client.platform.runs.pages(page_size=10) for run in page]
    assert seen[:95] == books.there_at_first
    assert len(seen) == len(set(seen))
