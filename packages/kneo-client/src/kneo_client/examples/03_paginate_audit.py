"""Walk lists that are longer than a page: the audit log, and the runs.

python -m kneo_client.examples.03_paginate_audit
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

from kneo_client import KneoClient
from kneo_client.core.pagination import MAX_PAGE_SIZE, PaginatedResult, iterate_all
from kneo_client.examples.connect import connect
from kneo_client.examples.specs import WRITE_TWICE
from kneo_client.types import AuditEventListResponseEventsItem, RunListResponseRunsItem


def all_audit_events(
    client: KneoClient, *, event_type: str | None = None, run_id: str | None = None
) -> AsyncIterator[AuditEventListResponseEventsItem]:
    """Every audit event, newest first.

    Platform 0.4.0 reports no total and knows no offset here: it gives its newest events in one page, so that page has
    to be a large one. Later platforms report a total, and the walk goes on.
    """

    async def fetch(limit: int, offset: int) -> PaginatedResult[AuditEventListResponseEventsItem]:
        page = await client.platform.audit.list(event_type=event_type, run_id=run_id, limit=limit, offset=offset)
        return PaginatedResult(page.events, total=page.get("total", page.count), limit=limit, offset=offset)

    return iterate_all(fetch, page_size=MAX_PAGE_SIZE)


def all_runs(client: KneoClient, *, page_size: int) -> AsyncIterator[RunListResponseRunsItem]:
    """Every run, oldest first: in this order, runs that start meanwhile neither repeat a row nor hide one."""

    async def fetch(limit: int, offset: int) -> PaginatedResult[RunListResponseRunsItem]:
        page = await client.platform.runs.list(limit=limit, offset=offset, sort_by="created_at", sort_order="asc")
        print(f"  page at offset {offset}: {page.count} of {page.total} runs")
        return PaginatedResult(page.runs, total=page.total or 0, limit=limit, offset=offset)

    return iterate_all(fetch, page_size=page_size)


async def main() -> None:
    async with connect() as client:
        for number in range(5):
            await client.platform.runs.create({"input": f"run {number}", "spec": WRITE_TWICE, "async_mode": True})

        print("runs, two to a page:")
        ids = [run.id async for run in all_runs(client, page_size=2)]
        print(f"  {len(ids)} runs, {len(set(ids))} different")

        print("audit events:")
        kinds = Counter([event.event_type async for event in all_audit_events(client)])
        for kind, times in kinds.most_common():
            print(f"  {times:>4}  {kind}")
        about_one = [event async for event in all_audit_events(client, run_id=ids[-1])]
        print(f"  {len(about_one):>4}  about run {ids[-1]}")


if __name__ == "__main__":
    asyncio.run(main())
