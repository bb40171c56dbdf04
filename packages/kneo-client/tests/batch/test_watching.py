"""Waiting for many runs, in virtual time."""

import json
import threading
from typing import Any

import anyio
import pytest
import trio
from sdk_engine.drivers import SyncDriver
from sdk_engine.messages import Response, WireFailure

from kneo_client import KneoClient
from kneo_client.client import SyncKneoClient
from kneo_client.core.errors import (
    KneoAuthError,
    KneoInvalidRequestError,
    KneoNetworkError,
    KneoNotFoundError,
    KneoProtocolError,
    KneoWaitTimeoutError,
)
from kneo_client.core.profiles import Profile

LOST = WireFailure("the connection failed")


def reply(status: int, body: Any = None) -> Response:
    return Response(status, json.dumps(body or {}).encode(), [])


async def ended_at(client: KneoClient, run_ids: list[str], **settings: Any) -> dict[str, float]:
    """When each run was seen to have ended."""
    return {run.run_id: anyio.current_time() async for run in client.platform.runs.as_completed(run_ids, **settings)}


@pytest.mark.parametrize(("count", "most"), [(1000, 25), (10_000, 60)])
async def test_runs_that_end_one_after_the_other_cost_few_requests_and_are_seen_soon(
    client: KneoClient, platform: Any, count: int, most: int
) -> None:
    ids = platform.add(count)
    for number, run_id in enumerate(ids):
        platform.runs[run_id].ends = platform.runs[run_id].created + 10 * (number + 1) / count
    seen = await ended_at(client, ids)
    assert len(platform.requests) <= most
    lags = [moment - platform.runs[run_id].ends for run_id, moment in seen.items()]
    assert len(lags) == count
    assert min(lags) >= 0
    assert sum(lags) / count <= 0.6


@pytest.mark.parametrize("order", ["backwards", "at once", "shuffled"])
async def test_the_order_in_which_they_end_does_not_matter(client: KneoClient, platform: Any, order: str) -> None:
    ids = platform.add(600)
    for number, run_id in enumerate(ids):
        place = {"backwards": 600 - number, "at once": 600, "shuffled": number * 7 % 600}[order]
        platform.runs[run_id].ends = platform.runs[run_id].created + place / 60
    assert set(await ended_at(client, ids)) == set(ids)
    assert len(platform.requests) <= 40


async def test_waits_side_by_side_share_their_looks(client: KneoClient, platform: Any) -> None:
    ids = platform.add(300)
    ended: list[Any] = []

    async def wait(run_id: str) -> None:
        ended.append(await client.platform.runs.wait_for_completion(run_id))

    async with trio.open_nursery() as nursery:
        for run_id in ids:
            nursery.start_soon(wait, run_id)
    assert sorted(run.run_id for run in ended) == sorted(ids)
    assert {run.status for run in ended} == {"completed"}
    assert len(platform.requests) <= 25
    assert not client.platform.runs._watching._polls, "nothing is kept of it"


async def test_creating_and_waiting_side_by_side(client: KneoClient, platform: Any) -> None:
    platform.latency = 0.03
    platform.takes = lambda text: 3.0

    async def one(number: int) -> None:
        await anyio.sleep(number / 100)
        run = await client.platform.runs.create({"input": f"i{number}", "spec": {"v": 1}, "async_mode": True})
        ended = await client.platform.runs.wait_for_completion(run.run_id)
        assert ended.output_text == f"out of i{number}"

    async with trio.open_nursery() as nursery:
        for number in range(500):
            nursery.start_soon(one, number)
    assert platform.count("create") == 500
    assert platform.count("list") + platform.count("get") <= 100


async def test_results_come_in_the_order_of_the_ids_and_whole(client: KneoClient, platform: Any) -> None:
    ids = platform.add(30)
    platform.runs[ids[3]].end = "failed"
    runs = await client.platform.runs.wait_many([*reversed(ids), ids[0]])
    assert [run.run_id for run in runs] == [*reversed(ids), ids[0]]
    assert [run.status for run in runs].count("failed") == 1
    assert runs[0].output_text == f"out of {ids[-1]}"
    assert runs[0].usage.total_tokens == 7
    assert not runs[0].session_id, "the list hides it"
    assert await client.platform.runs.wait_many([]) == []


async def test_old_runs_among_thousands_of_others_are_asked_for_by_themselves(
    client: KneoClient, platform: Any
) -> None:
    old = platform.add(30, takes=1.0, ago=5000)
    platform.add(3000, takes=1.0, ago=100, prefix="other")
    running = platform.add(5)
    seen = await ended_at(client, [*old, *running])
    assert set(seen) == {*old, *running}
    assert platform.count("get") <= 100, "one by one, since the list is long and they are few"
    assert platform.count("list") <= 15


async def test_runs_that_no_list_shows_are_found(client: KneoClient, platform: Any) -> None:
    ids = platform.add(100)
    platform.hides = set(ids[::10])
    assert set(await ended_at(client, ids)) == set(ids)


async def test_a_change_that_the_list_kept_to_itself_is_found(client: KneoClient, platform: Any) -> None:
    ids = platform.add(60, takes=5.0)
    platform.runs[ids[7]].ends = float("inf")

    async def end_unseen() -> None:
        await anyio.sleep(20)
        run = platform.runs[ids[7]]
        run.ends, run.fields = 0.0, {"updated_at": run.fields.get("updated_at", "2000")}

    async with trio.open_nursery() as nursery:
        nursery.start_soon(end_unseen)
        seen = await ended_at(client, ids)
    assert seen[ids[7]] <= trio.current_time()


async def test_cancelling_one_waiter_leaves_the_others(client: KneoClient, platform: Any) -> None:
    ids = platform.add(50)
    ended: list[str] = []

    async def wait(run_id: str, scope: trio.CancelScope) -> None:
        with scope:
            ended.append((await client.platform.runs.wait_for_completion(run_id)).run_id)

    async with trio.open_nursery() as nursery:
        scopes = [trio.CancelScope() for _ in ids]
        for run_id, scope in zip(ids, scopes, strict=True):
            nursery.start_soon(wait, run_id, scope)
        await anyio.sleep(2.5)
        for scope in scopes[:25]:  # the one that looks for all is among them
            scope.cancel()
    assert sorted(ended) == sorted(ids[25:])


async def test_whoever_leaves_early_from_a_loop_leaves_nothing_behind(client: KneoClient, platform: Any) -> None:
    ids = platform.add(50)
    runs = client.platform.runs.as_completed(ids)
    iterator = runs.__aiter__()
    first = await anext(iterator)
    await iterator.aclose()
    assert first.run_id in ids
    assert not client.platform.runs._watching._polls
    assert len([run async for run in runs]) == 50, "every loop begins anew"


async def test_a_joining_wait_with_a_shorter_interval_is_served(client: KneoClient, platform: Any) -> None:
    slow, quick = platform.add(1, takes=1000.0), platform.add(1, takes=3.0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: client.platform.runs.wait_for_completion(slow[0], poll_interval=500))
        await anyio.sleep(1)
        started = trio.current_time()
        await client.platform.runs.wait_for_completion(quick[0], poll_interval=0.5)
        assert trio.current_time() - started <= 3
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("count", [2, 40])
async def test_when_time_is_up_it_says_what_is_open_and_what_has_ended(
    client: KneoClient, platform: Any, count: int
) -> None:
    ids = platform.add(count)
    platform.runs[ids[0]].ends = 0.0
    started = trio.current_time()
    with pytest.raises(KneoWaitTimeoutError, match=f"{count - 1} of {count} runs, {ids[1]} among them, did not") as up:
        await client.platform.runs.wait_many(ids, timeout=4)
    assert trio.current_time() - started == pytest.approx(4)
    assert up.value.open_run_ids == tuple(ids[1:])
    assert [run.run_id for run in up.value.ended] == ids[:1]
    assert (up.value.run_id, up.value.last_status.status) == (ids[1], "running")


async def test_a_run_that_ends_just_before_the_time_is_up_is_seen(client: KneoClient, platform: Any) -> None:
    ids = platform.add(100)
    for run_id in ids:
        platform.runs[run_id].ends = platform.runs[run_id].created + 7.45
    runs = await client.platform.runs.wait_many(ids, timeout=7.5)
    assert len(runs) == 100


async def test_many_deadlines_of_their_own_are_kept_without_a_look_each(client: KneoClient, platform: Any) -> None:
    ids = platform.add(200, takes=1000.0)
    late: list[float] = []

    async def wait(run_id: str, timeout: float) -> None:
        started = trio.current_time()
        with pytest.raises(TimeoutError):
            await client.platform.runs.wait_for_completion(run_id, timeout=timeout)
        late.append(trio.current_time() - started - timeout)

    async with trio.open_nursery() as nursery:
        for number, run_id in enumerate(ids):
            nursery.start_soon(wait, run_id, 5 + number / 100)
    assert min(late) >= 0
    assert max(late) <= 0.3
    assert len(platform.requests) <= 40


async def test_after_a_late_wake_there_is_one_more_look(client: KneoClient, platform: Any) -> None:
    """As when the process was stopped past the deadline while the runs ended."""
    ids = platform.add(8, takes=6.0)
    clock = client._transport.settings
    stopped = 0.0
    clock.clock = lambda: anyio.current_time() + stopped

    async def stop() -> None:
        nonlocal stopped
        await anyio.sleep(2.2)
        stopped = 25.0
        for run_id in ids:
            platform.runs[run_id].ends = 0.0

    async with trio.open_nursery() as nursery:
        nursery.start_soon(stop)
        runs = await client.platform.runs.wait_many(ids, timeout=10)
    assert {run.status for run in runs} == {"completed"}


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


class EndingWire:
    """A blocking platform whose runs end when the list is asked for the second time."""

    def __init__(self) -> None:
        self.lists = 0
        self.lock = threading.Lock()

    def send(self, request: Any, timeout: float, patience: float) -> Any:
        with self.lock:
            self.lists += "/v1/runs?" in request.target
            status = "completed" if self.lists > 1 else "running"
        row = {"status": status, "created_at": "2026-01-01T00:00:00", "updated_at": f"2026-01-01T00:00:0{self.lists}"}
        if "/v1/runs?" in request.target:
            return reply(200, {"runs": [{**row, "id": f"r{number}"} for number in range(40)], "total": 40})
        return reply(200, {**row, "run_id": request.target.rsplit("/", 1)[1]})

    def close(self) -> None:
        pass


def test_threads_share_their_looks_too(profile: Profile) -> None:
    client = SyncKneoClient(profile)
    wire = EndingWire()
    client._transport._driver = SyncDriver(wire)
    ids = [f"r{number}" for number in range(40)]
    assert [run.run_id for run in client.platform.runs.wait_many(ids, poll_interval=0.05)] == ids
    wire.lists = 0
    assert len(list(client.platform.runs.as_completed(ids, poll_interval=0.05))) == 40
    wire.lists = 0
    ended: list[str] = []

    def wait(run_id: str) -> None:
        ended.append(client.platform.runs.wait_for_completion(run_id, poll_interval=0.05).run_id)

    threads = [threading.Thread(target=wait, args=(run_id,)) for run_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(ended) == sorted(ids)
    assert not client.platform.runs._watching._polls
