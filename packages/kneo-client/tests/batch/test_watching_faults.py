"""Waiting for many runs on a platform that is away, of another kind, or none; in virtual time."""

import json
from typing import Any

import anyio
import pytest
import trio
from sdk_engine.messages import Response, WireFailure

from kneo_client import KneoClient
from kneo_client.core.errors import (
    KneoAuthError,
    KneoInvalidRequestError,
    KneoNetworkError,
    KneoNotFoundError,
    KneoProtocolError,
    KneoWaitTimeoutError,
)

LOST = WireFailure("the connection failed")


def reply(status: int, body: Any = None) -> Response:
    return Response(status, json.dumps(body or {}).encode(), [])


async def ended_at(client: KneoClient, run_ids: list[str], **settings: Any) -> dict[str, float]:
    """When each run was seen to have ended."""
    return {run.run_id: anyio.current_time() async for run in client.platform.runs.as_completed(run_ids, **settings)}


@pytest.mark.parametrize("seconds", [45, 145])
async def test_a_platform_that_is_away_is_waited_for_and_found_again_soon(
    client: KneoClient, platform: Any, seconds: float
) -> None:
    ids = platform.add(60, takes=20.0)
    back = trio.current_time() + 5 + seconds
    platform.fault = lambda kind, _: LOST if back - seconds < trio.current_time() < back else None
    budget = client._transport.settings.budget.tokens
    await client.platform.runs.wait_many(ids, timeout=400)
    assert trio.current_time() - back <= 6
    assert client._transport.settings.budget.tokens == budget, "looks have a budget of their own"


async def test_a_wait_without_end_gives_up_after_ten_minutes_without_an_answer(
    client: KneoClient, platform: Any
) -> None:
    (run_id,) = platform.add(1, takes=1e5)
    gone = trio.current_time() + 5
    platform.fault = lambda kind, _: LOST if trio.current_time() > gone else None
    with pytest.raises(
        KneoNetworkError, match=f"run {run_id}: it was last seen 'running'; the last .* it goes on"
    ) as up:
        await client.platform.runs.wait_for_completion(run_id)
    assert 600 < trio.current_time() - gone < 700
    assert up.value.attempts


async def test_an_outage_shows_in_the_timeout(client: KneoClient, platform: Any) -> None:
    (run_id,) = platform.add(1)
    platform.fault = lambda kind, _: LOST
    with pytest.raises(KneoWaitTimeoutError, match=r"it was never seen; the last \d+ polls failed") as up:
        await client.platform.runs.wait_for_completion(run_id, timeout=30)
    assert isinstance(up.value.__cause__, KneoNetworkError)
    assert up.value.last_status is None


@pytest.mark.parametrize("status", [404, 405])
async def test_a_platform_without_such_a_list_is_asked_run_by_run(
    client: KneoClient, platform: Any, status: int
) -> None:
    platform.fault = lambda kind, _: reply(status) if kind == "list" else None
    ids = platform.add(40)
    assert set(await ended_at(client, ids)) == set(ids)
    assert platform.count("list") == 1


async def test_a_list_without_the_filters_is_used_without_them(client: KneoClient, platform: Any) -> None:
    def refuse(kind: str, _: Any) -> Any:
        if "created_after" in platform.requests[-1]:
            return reply(422, {"detail": {"error": "unknown_query_parameters", "message": "no"}})
        return None

    platform.fault = refuse
    ids = platform.add(40)
    assert set(await ended_at(client, ids)) == set(ids)
    assert sum("created_after" in each for each in platform.requests) == 1


async def test_a_page_of_a_proxy_in_the_list_s_place_delays_it_only(client: KneoClient, platform: Any) -> None:
    platform.fault = lambda kind, _: reply(200, ["welcome"]) if platform.count("list") == 2 and kind == "list" else None
    ids = platform.add(40)
    assert set(await ended_at(client, ids)) == set(ids)
    assert platform.count("get") == 0


async def test_what_is_no_platform_ends_the_wait(client: KneoClient, platform: Any) -> None:
    platform.fault = lambda kind, _: reply(200, ["welcome"])
    with pytest.raises(KneoProtocolError):
        await client.platform.runs.wait_many(platform.add(40))


async def test_a_key_that_is_refused_ends_all_waits(client: KneoClient, platform: Any) -> None:
    ids = platform.add(40)
    gone = trio.current_time() + 3
    platform.fault = lambda kind, _: reply(401) if trio.current_time() > gone else None
    refused: list[str] = []

    async def wait(run_id: str) -> None:
        with pytest.raises(KneoAuthError):
            await client.platform.runs.wait_for_completion(run_id)
        refused.append(run_id)

    async with trio.open_nursery() as nursery:
        for run_id in ids:
            nursery.start_soon(wait, run_id)
    assert sorted(refused) == sorted(ids)


async def test_an_id_without_a_run_is_reported_and_the_others_are_not_lost(client: KneoClient, platform: Any) -> None:
    ids = [*platform.add(30), "nobody", "nothing"]
    with pytest.raises(KneoNotFoundError):
        await client.platform.runs.wait_many(ids)
    runs = client.platform.runs.as_completed(ids).__aiter__()
    seen = [(await anext(runs)).run_id for _ in ids[:-2]]
    with pytest.raises(KneoNotFoundError):
        await anext(runs)
    assert sorted(seen) == sorted(ids[:-2])


async def test_rows_of_another_shape_are_asked_for_by_themselves(client: KneoClient, platform: Any) -> None:
    ids = platform.add(40)
    platform.runs[ids[0]].fields = {"visited_steps": "one"}  # which makes it no run status
    platform.runs[ids[1]].fields = {"created_at": None, "updated_at": 7}
    original = platform.row

    def row(run: Any) -> Any:
        made = original(run)
        return {**made, "id": 5} if run.id == ids[2] else made

    platform.row = row
    platform.fault = lambda kind, _: setattr(platform, "row", original if kind == "get" else row)
    with pytest.raises(KneoProtocolError):  # by itself it is as wrong
        await client.platform.runs.wait_many(ids[:1])
    assert len(await client.platform.runs.wait_many(ids[2:])) == 38


async def test_people_are_waited_for_and_told_once(
    client: KneoClient, platform: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ids = platform.add(30)
    platform.runs[ids[4]].fields = {"status": "blocked", "continuation_id": "c4"}
    with caplog.at_level("INFO", "kneo_client.runs"):
        runs = await client.platform.runs.wait_many(ids, terminal_statuses={"completed", "blocked"})
    assert (runs[4].status, runs[4].continuation_id) == ("blocked", "c4")
    assert caplog.messages == [f"run {ids[4]} waits for a person: human task c4"]


@pytest.mark.parametrize("settings", [{"timeout": -1}, {"poll_interval": None}, {"terminal_statuses": []}])
@pytest.mark.parametrize("ids", [["r1"], "r1", [""], ["a", ".."], [5]])
async def test_unusable_arguments_are_refused_before_any_io(
    client: KneoClient, platform: Any, settings: Any, ids: Any
) -> None:
    with pytest.raises(KneoInvalidRequestError):
        await client.platform.runs.wait_many(ids, **settings)
    with pytest.raises(KneoInvalidRequestError):
        client.platform.runs.as_completed(ids, **settings)
    assert not platform.requests


async def test_a_closed_client_looks_no_more(client: KneoClient, platform: Any) -> None:
    ids = platform.add(3)
    await client.aclose()
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        await client.platform.runs.wait_many(ids)
    assert not platform.requests
