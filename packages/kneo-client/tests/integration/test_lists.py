"""Lists that are longer than a page, and the audit log."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from kneo_client import KneoClient
from kneo_client.core.errors import KneoError
from kneo_client.core.pagination import MAX_PAGE_SIZE, PaginatedResult, iterate_all
from kneo_client.types import RunListResponseRunsItem


def all_runs(client: KneoClient, sizes: list[int], **filters: Any) -> AsyncIterator[RunListResponseRunsItem]:
    """Every run, five to a page; notes how many items each page had."""

    async def fetch(limit: int, offset: int) -> PaginatedResult[RunListResponseRunsItem]:
        page = await client.platform.runs.list(
            limit=limit, offset=offset, sort_by="created_at", sort_order="asc", **filters
        )
        assert (page.limit, page.offset, page.sort_by, page.sort_order) == (limit, offset, "created_at", "asc")
        sizes.append(page.count)
        return PaginatedResult(page.runs, total=page.total or 0, limit=limit, offset=offset)

    return iterate_all(fetch, page_size=5)


@pytest.fixture
async def seven(client: KneoClient, specs: dict[str, Any]) -> list[str]:
    """The ids of seven new runs."""
    body = {"input": "hello", "spec": specs["completes"], "async_mode": True}
    return [str((await client.platform.runs.create(body)).run_id) for _ in range(7)]


@pytest.mark.promise("kneo.platform.runs.list", "kneo.pagination.response-fields", "kneo.pagination.iterate-all-stops")
@pytest.mark.promise("kneo.pagination.iterate-all-walks-offset", "kneo.pagination.uniform-keywords")
async def test_walk_over_several_pages(client: KneoClient, seven: list[str]) -> None:
    sizes: list[int] = []
    walked = [run.id async for run in all_runs(client, sizes)]
    assert set(seven) <= set(walked)
    assert len(set(walked)) == len(walked) == sum(sizes)
    assert len(sizes) >= 2
    assert set(sizes[:-1]) == {5}
    whole = await client.platform.runs.list(limit=MAX_PAGE_SIZE, sort_by="created_at", sort_order="asc")
    assert [run.id for run in whole.runs] == walked
    assert whole.total == len(walked)


@pytest.mark.promise("kneo.weakness.23")
async def test_walk_in_creation_order_bears_runs_that_start_meanwhile(
    client: KneoClient, seven: list[str], specs: dict[str, Any]
) -> None:
    body = {"input": "meanwhile", "spec": specs["completes"], "async_mode": True}
    walked = []
    async for run in all_runs(client, []):
        walked.append(run.id)
        if len(walked) in (1, 6):
            await client.platform.runs.create(body)
    assert set(seven) <= set(walked)
    assert len(set(walked)) == len(walked)


@pytest.mark.promise("kneo.platform.runs.list-status-filter", "kneo.pagination.filters-compose")
async def test_filter_then_page(client: KneoClient, start: Any) -> None:
    failed = (await start("fails", until="failed")).run_id
    found = [run async for run in all_runs(client, [], status="failed")]
    assert failed in [run.id for run in found]
    assert {run.status for run in found} == {"failed"}
    newest = await client.platform.runs.list(status="failed", limit=1, sort_by="created_at")
    assert [run.id for run in newest.runs] == [failed]
    assert newest.runs[0].workflow_name == "fails"


@pytest.mark.promise("kneo.pagination.manual-walk")
async def test_walk_by_hand(client: KneoClient, start: Any) -> None:
    run_id = (await start("completes")).run_id
    events: list[Any] = []
    while True:
        page = await client.platform.runs.trace(run_id, limit=4, offset=len(events))
        events += page.events
        if (page.count or 0) < 4:
            break
    assert [event.event_id for event in events] == [event.event_id for event in (await trace(client, run_id)).events]


async def trace(client: KneoClient, run_id: str) -> Any:
    return await client.platform.runs.trace(run_id, limit=MAX_PAGE_SIZE)


@pytest.mark.parametrize("limit", [0, MAX_PAGE_SIZE + 1])
async def test_platform_refuses_other_page_sizes(client: KneoClient, limit: int) -> None:
    with pytest.raises(KneoError, match=r"query\.limit: Input should be") as caught:
        await client.platform.runs.list(limit=limit)
    assert caught.value.status == 422


@pytest.mark.promise(
    "kneo.platform.audit.list", "kneo.platform.audit.filters", "kneo.pagination.iterate-all-without-total"
)
async def test_audit(client: KneoClient, start: Any) -> None:
    run_id = (await start("completes")).run_id
    about = await client.platform.audit.list(run_id=run_id)
    assert [(event.event_type, event.run_id) for event in about.events] == [("run.created", run_id)]
    assert about.count == 1
    created = await client.platform.audit.list(event_type="run.created", limit=2)
    assert {event.event_type for event in created.events} == {"run.created"}

    async def fetch(limit: int, offset: int) -> PaginatedResult[Any]:
        page = await client.platform.audit.list(run_id=run_id, limit=limit, offset=offset)
        return PaginatedResult(page.events, total=page.count, limit=limit, offset=offset)

    assert [event.run_id async for event in iterate_all(fetch)] == [run_id]
