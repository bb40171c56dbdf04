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
