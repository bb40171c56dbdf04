"""Walking lists: lazily, to their end, and never for ever."""

import pytest
from conftest import Make, rows
from contract_messages import Answer
from contract_server import ContractServer


@pytest.mark.promise("knox.resources.iterate")
async def test_iterate_is_lazy_and_stops(make: Make, server: ContractServer) -> None:
    pages = [{"data": [{"id": f"{page}-{row}"} for row in range(2)], "meta": {"total_pages": 3}} for page in (1, 2, 3)]
    server.script += [Answer(200, page) for page in pages]
    client = make()
    pager = client.routes.iterate(per_page=2)
    assert server.seen == []
    assert [row["id"] for row in await rows(pager)] == ["1-0", "1-1", "2-0", "2-1", "3-0", "3-1"]
    assert [seen.query for seen in server.seen] == [f"page={page}&per_page=2" for page in (1, 2, 3)]


async def test_iterate_without_a_total_ends_with_its_page(make: Make, server: ContractServer) -> None:
    server.script += [Answer(200, {"data": [{"id": 1}]}), Answer(200, {"data": []})]
    client = make()
    assert await rows(client.routes.iterate()) == [{"id": 1}]
    assert await rows(client.vaults.iterate()) == []
    assert len(server.seen) == 2


async def test_a_cursor_that_stands_still_ends_the_walk(make: Make, server: ContractServer) -> None:
    page = {"data": [{"id": 1}], "meta": {"next_cursor": "same"}}
    server.script += [Answer(200, page), Answer(200, page)]
    assert len(await rows(make().audit_logs.iterate_events())) == 2


async def test_more_iterators_than_published(make: Make) -> None:
    client = make()
    assert len(await rows(client.routes.iterate_logs("r"))) == 3
    assert len(await rows(client.webhooks.iterate_logs("w"))) == 3


async def test_cursors_that_go_in_a_circle_end_the_walk(make: Make, server: ContractServer) -> None:
    cursors = ["b", "c", "a", "b", "c"]
    server.script += [Answer(200, {"data": [{"id": to}], "meta": {"next_cursor": to}}) for to in cursors]
    pager = make().audit_logs.iterate_events(cursor="a")
    assert [row["id"] for row in await rows(pager)] == ["b", "c", "a"]
    assert [seen.query for seen in server.seen] == ["cursor=a", "cursor=b", "cursor=c"]


async def test_an_end_that_moves_on_while_the_pages_stay_the_same_ends_the_walk(
    make: Make, server: ContractServer
) -> None:
    for number in range(2, 9):
        server.script.append(Answer(200, {"data": [{"id": 1}], "meta": {"page": 1, "total_pages": number}}))
    pager = make().routes.iterate()
    assert await rows(pager) == [{"id": 1}]
    assert await rows(pager) == [{"id": 1}]
    assert len(server.seen) == 4
