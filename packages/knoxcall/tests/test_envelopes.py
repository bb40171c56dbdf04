"""What "typed" promises: the envelope is checked, what is in it is the caller's to see."""

from typing import Any

import pytest
from conftest import Make, done, rows
from contract_messages import Answer
from contract_server import ContractServer

from knoxcall import UnusableResponseError


@pytest.mark.promise("knox.errors.unusable")
@pytest.mark.parametrize("body", [[], 5, {}, {"data": None}, {"data": "rows"}, {"data": [], "meta": []}])
async def test_a_page_without_its_envelope(make: Make, server: ContractServer, body: Any) -> None:
    client = make()
    for attempt in (lambda: done(client.routes.list()), lambda: rows(client.routes.iterate())):
        server.script.append(Answer(200, body))
        with pytest.raises(UnusableResponseError, match="the answer to GET /v1/routes is not usable"):
            await attempt()


@pytest.mark.promise("knox.errors.unusable")
@pytest.mark.parametrize("body", [{"data": {"id": 1}}, {"data": {}, "meta": {"total_pages": 2}}])
async def test_what_is_no_list_is_not_walked(make: Make, server: ContractServer, body: Any) -> None:
    client = make()
    for attempt in (lambda: rows(client.vaults.iterate()), lambda: rows(client.audit_logs.iterate_events())):
        server.script.append(Answer(200, body))
        with pytest.raises(UnusableResponseError, match="there is no list under data"):
            await attempt()
    server.script.append(Answer(200, body))
    with pytest.raises(UnusableResponseError, match="there is no list under data"):
        await done(client.agents.list())


async def test_rows_and_fields_of_another_shape_are_the_callers_to_see(make: Make, server: ContractServer) -> None:
    found: list[Any] = [{"id": 5, "unknown": {"x": 1}}, {}, "text", None]
    client = make()
    server.script += [Answer(200, {"data": found, "meta": None}) for _ in range(3)]
    assert (await done(client.routes.list()))["data"] == found
    assert await rows(client.routes.iterate()) == found
    assert await done(client.agents.list()) == found
    server.script.append(Answer(200, {"data": {"name": 5}}))
    assert await done(client.vaults.get("v")) == {"name": 5}


async def test_only_deletions_may_answer_with_nothing(make: Make, server: ContractServer) -> None:
    client = make()
    server.script += [Answer(204), Answer(204), Answer(200, {"data": {"revoked": True}})]
    assert await done(client.api_keys.revoke("k")) is None
    with pytest.raises(UnusableResponseError):
        await done(client.vaults.get("v"))
    assert await done(client.api_keys.revoke("k")) == {"revoked": True}
