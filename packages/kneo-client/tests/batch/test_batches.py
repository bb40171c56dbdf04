"""Batches on a platform in virtual time: what is sent, what is remembered, and what happens in between."""

import inspect
import json
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio
from sdk_engine.messages import Response, WireFailure

from kneo_client import KneoClient
from kneo_client.batch import (
    Batch,
    BatchRefusedError,
    Case,
    Limits,
    Progress,
    run_many,
)
from kneo_client.batch.cases import case_key
from kneo_client.core.errors import KneoAuthError, KneoNetworkError

SPEC = {"version": "v1", "workflow": {"name": "w"}}
LOST = WireFailure("the connection failed")


def cases(count: int) -> Any:
    return ({"id": number, "input": f"case {number}"} for number in range(count))


def reply(status: int, body: Any = None, *headers: tuple[str, str]) -> Response:
    return Response(status, json.dumps(body or {}).encode(), list(headers))


async def done(work: Any) -> Any:
    """What it gives, awaited or not."""
    given = work()
    return await given if inspect.isawaitable(given) else given


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "eval.sqlite"


async def test_every_case_is_run_once_and_has_its_outcome(client: KneoClient, platform: Any, store: Path) -> None:
    platform.ends = lambda text: "failed" if text.endswith("7") else "completed"
    status = await Batch(store, client=client).submit(cases(250), spec=SPEC)
    assert status.counts == {"completed": 225, "failed": 25}
    assert (status.total, status.done, status.failed, status.finished) == (250, 250, 25, True)
    assert status.tokens == 250 * 7
    results = list(Batch(store).results())
    assert [result.id for result in results] == list(range(250))
    assert {result.output for result in results if not result.failed} == {
        f"out of case {number}" for number in range(250) if number % 10 != 7
    }
    assert all(result.error == {"type": "ValueError", "message": "no"} for result in results if result.failed)
    assert {result.seconds for result in results} == {10.0}
    assert Counter(run.text for run in platform.runs.values()).most_common(1)[0][1] == 1


async def test_submitting_again_sends_nothing(client: KneoClient, platform: Any, store: Path) -> None:
    await Batch(store, client=client).submit(cases(30), spec=SPEC)
    before = len(platform.requests)
    status = await Batch(store, client=client).submit(cases(30), spec=dict(reversed(SPEC.items())))
    assert status.finished
    assert len(platform.requests) == before
    assert (await Batch(store, client=client).submit(cases(35), spec=SPEC)).total == 35, "and cases may be added"
    assert platform.count("create") == 35


async def test_the_key_is_a_matter_of_batch_case_spec_and_input(client: KneoClient, platform: Any, store: Path) -> None:
    await Batch(store, client=client).submit(cases(5), spec=SPEC)
    keys = {result.key for result in Batch(store).results()}
    assert keys == set(platform.by_key)
    spec = json.dumps(SPEC, separators=(",", ":"))
    assert case_key("eval", 3, spec, "case 3") in keys
    different = {
        case_key("eval", 3, spec, "case 3"),
        case_key("eval", "3", spec, "case 3"),
        case_key("eval2", 3, spec, "case 3"),
        case_key("eval", 3, spec + " ", "case 3"),
        case_key("eval", 3, spec, "case 3 "),
        case_key("eval", 3, spec, "case 3", attempt=2),
    }
    assert len(different) == 6
    other = store.with_name("copy.sqlite")
    await Batch(other, name="eval", client=client).submit(cases(5), spec=SPEC)
    assert len(platform.runs) == 5, "the same batch in another store finds the same runs"


@pytest.mark.parametrize("moment", [0.01, 0.5, 3.0, 9.99, 10.6])
async def test_what_is_cut_off_is_gone_on_with(client: KneoClient, platform: Any, store: Path, moment: float) -> None:
    platform.latency = 0.03
    with trio.move_on_after(moment):
        await Batch(store, client=client).submit(cases(100), spec=SPEC)
    partial = list(Batch(store).results())
    assert len(partial) == 100, "partial results are there at any time"
    status = await Batch(store, client=client).resume()
    assert status.counts == {"completed": 100}
    assert len(platform.runs) == 100
    assert sorted(result.run_id for result in Batch(store).results()) == sorted(platform.runs)


async def test_failures_are_tried_again_under_a_new_key(client: KneoClient, platform: Any, store: Path) -> None:
    platform.ends = lambda text: "timed_out" if text in ("case 3", "case 4") else "completed"
    batch = Batch(store, client=client)
    assert (await batch.submit(cases(10), spec=SPEC)).counts == {"completed": 8, "timed_out": 2}
    platform.ends = lambda text: "completed"
    assert (await batch.retry_failed(["failed"])).counts == {"completed": 8, "timed_out": 2}
    assert (await batch.retry_failed()).counts == {"completed": 10}
    assert len(platform.runs) == 12
    assert {result.id: result.attempts for result in batch.results() if result.attempts > 1} == {3: 2, 4: 2}


async def test_a_case_that_the_platform_refuses_is_a_row(client: KneoClient, platform: Any, store: Path) -> None:
    def refuse(kind: str, _: Any) -> Any:
        if kind == "create" and platform.count("create") == 5:
            return reply(422, {"detail": [{"loc": ["body", "input"], "msg": "too long", "type": "string_too_long"}]})
        return None

    platform.fault = refuse
    status = await Batch(store, client=client).submit(cases(20), spec=SPEC)
    assert status.counts == {"completed": 19, "refused": 1}
    (refused,) = [result for result in Batch(store).results() if result.failed]
    assert refused.run_id is None
    assert "too long" in (refused.error or {})["message"]


async def test_a_run_that_is_gone_is_a_row(client: KneoClient, platform: Any, store: Path) -> None:
    platform.takes = lambda text: 1e6 if text == "case 3" else 1.0
    with trio.move_on_after(30):
        await Batch(store, client=client).submit(cases(5), spec=SPEC)
    for run in [run for run in platform.runs.values() if run.text == "case 3"]:
        del platform.runs[run.id]
    assert (await Batch(store, client=client).resume()).counts == {"completed": 4, "lost": 1}


async def test_a_run_that_waits_for_a_person_does_not_hold_up_the_batch(
    client: KneoClient, platform: Any, store: Path
) -> None:
    platform.ends = lambda text: "blocked" if text == "case 3" else "completed"
    batch = Batch(store, client=client)
    status = await batch.submit(cases(5), spec=SPEC)
    assert (status.counts, status.finished, status.failed) == ({"completed": 4, "blocked": 1}, True, 0)
    (run,) = [run for run in platform.runs.values() if run.end == "blocked"]
    run.end = "completed"
    assert (await batch.resume()).counts == {"completed": 5}, "it is looked at again"


async def test_when_the_platform_refuses_every_case_the_batch_stops(
    client: KneoClient, platform: Any, store: Path
) -> None:
    platform.fault = lambda kind, _: reply(400, {"detail": {"error": "spec_invalid", "message": "no step"}})
    with pytest.raises(BatchRefusedError, match=r"refuses every case, the last with: .*spec_invalid") as refused:
        await Batch(store, client=client).submit(cases(1000), spec=SPEC)
    assert (refused.value.status, refused.value.code) == (400, "spec_invalid")
    assert platform.count("create") < 50
    assert Batch(store).status().counts["pending"] > 900


async def test_a_key_that_is_refused_stops_it_and_loses_nothing(client: KneoClient, platform: Any, store: Path) -> None:
    platform.fault = lambda kind, _: reply(401)
    with pytest.raises(KneoAuthError):
        await Batch(store, client=client).submit(cases(10), spec=SPEC)
    assert Batch(store).status().counts == {"pending": 10}


async def test_a_platform_that_is_not_there_stops_it_soon(client: KneoClient, platform: Any, store: Path) -> None:
    platform.fault = lambda kind, _: LOST
    started = trio.current_time()
    with pytest.raises(KneoNetworkError):
        await Batch(store, client=client).submit(cases(10), spec=SPEC)
    assert 30 <= trio.current_time() - started < 60
    assert Batch(store).status().counts == {"pending": 10}


async def test_an_outage_of_minutes_is_sat_out(client: KneoClient, platform: Any, store: Path) -> None:
    began = trio.current_time()
    platform.fault = lambda kind, _: LOST if 5 < trio.current_time() - began < 305 else None
    assert (await Batch(store, client=client).submit(cases(500), spec=SPEC)).counts == {"completed": 500}
    assert len(platform.runs) == 500


@pytest.mark.parametrize("fault", ["lost answers", "a gateway's page", "500", "409 in progress"])
async def test_answers_that_get_lost_make_no_second_run(
    client: KneoClient, platform: Any, store: Path, fault: str
) -> None:
    original = platform._create
    count = 0

    def create(request: Any, path: str) -> Any:
        nonlocal count
        answer = original(request, path)
        count += 1
        if count % 3:
            return answer
        if fault == "lost answers":
            raise LOST
        in_progress = {"detail": {"error": "idempotency_key_in_progress", "message": "wait"}}
        page = Response(200, b"<html>", [])
        return {"a gateway's page": page, "500": reply(500), "409 in progress": reply(409, in_progress)}[fault]

    platform._create = create
    assert (await Batch(store, client=client).submit(cases(60), spec=SPEC)).counts == {"completed": 60}
    assert len(platform.runs) == 60


async def test_a_full_queue_slows_it_down_and_what_it_leaves_is_told(
    client: KneoClient, platform: Any, store: Path
) -> None:
    def full(kind: str, _: Any) -> Any:
        under_way = sum(run.ends > trio.current_time() for run in platform.runs.values())
        if kind == "create" and under_way >= 30:
            body = {"detail": {"error": "queue_full", "message": "no", "queue_depth": 30, "limit": 30}}
            return reply(503, body, ("Retry-After", "5"))
        return None

    platform.fault = full
    status = await Batch(store, client=client, concurrency=500).submit(cases(300), spec=SPEC)
    assert status.counts == {"completed": 300}
    assert 0 < status.queue_full < 60
    assert platform.count("create") == 300 + status.queue_full, "each is one attempt"
    assert f"{status.queue_full} attempts met a full queue" in str(status)
    assert f"{status.queue_full}" in str(Batch(store).report())


@pytest.mark.parametrize("most", [3, 15])
async def test_a_platform_that_limits_its_callers_is_not_run_into_all_the_time(
    client: KneoClient, platform: Any, store: Path, most: int
) -> None:
    def limit(kind: str, _: Any) -> Any:
        under_way = sum(run.ends > trio.current_time() for run in platform.runs.values())
        return reply(429, None, ("Retry-After", "1")) if kind == "create" and under_way >= most else None

    platform.fault = limit
    count = 20 * most
    assert (await Batch(store, client=client).submit(cases(count), spec=SPEC)).counts == {"completed": count}
    assert platform.count("create") < 2.5 * count


async def test_concurrency_is_bounded_and_grows(client: KneoClient, platform: Any, store: Path) -> None:
    together: list[int] = []

    def look(kind: str, _: Any) -> None:
        together.append(sum(run.ends > trio.current_time() for run in platform.runs.values()))

    platform.fault = look
    platform.latency = 0.03
    await Batch(store, client=client, concurrency=70).submit(cases(500), spec=SPEC)
    assert max(together) == 70
    assert platform.times.count(platform.times[0]) == 8, "it begins with eight"


async def test_time_is_limited(client: KneoClient, platform: Any, store: Path) -> None:
    batch = Batch(store, client=client, limits=Limits(seconds=15), concurrency=20)
    status = await batch.submit(cases(100), spec=SPEC)
    assert not status.finished
    assert status.stopped == "the time is up (15 s)"
    assert "stopped: the time is up" in str(status)
    assert (await Batch(store, client=client).resume()).counts == {"completed": 100}
    assert len(platform.runs) == 100


async def test_tokens_are_limited_and_runs_under_way_are_waited_for(
    client: KneoClient, platform: Any, store: Path
) -> None:
    status = await Batch(store, client=client, limits=Limits(tokens=140), concurrency=10).submit(cases(100), spec=SPEC)
    assert set(status.counts) == {"completed", "pending"}
    assert 140 <= status.tokens <= 280
    assert status.stopped == f"the tokens are used up ({status.tokens:,})" or "used up" in (status.stopped or "")
    again = await Batch(store, client=client, limits=Limits(tokens=140)).resume()
    assert again.counts == status.counts, "what was used before counts"


async def test_it_can_be_stopped(client: KneoClient, platform: Any, store: Path) -> None:
    batch = Batch(store, client=client, concurrency=10)

    async def stop(at_once: bool) -> None:
        await anyio.sleep(5)
        batch.stop("enough", at_once=at_once)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(stop, False)
        status = await batch.submit(cases(100), spec=SPEC)
    assert (status.stopped, set(status.counts)) == ("enough", {"completed", "pending"})
    batch = Batch(store, client=client, concurrency=10)
    started = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(stop, True)
        status = await batch.resume()
    assert trio.current_time() - started == pytest.approx(5, abs=0.1)
    assert "running" in status.counts
    batch.stop("again", at_once=True)
    assert (await batch.resume()).counts == status.counts


async def test_progress_is_told(client: KneoClient, store: Path) -> None:
    told: list[Progress] = []
    await Batch(store, client=client, on_progress=told.append).submit(cases(200), spec=SPEC)
    assert (told[-1].done, told[-1].total, told[-1].running, told[-1].failed) == (200, 200, 0, 0)
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert any(each.rate > 0 and each.eta for each in told)
    assert any(each.running > 8 for each in told)


async def test_many_runs_in_a_session(client: KneoClient, platform: Any) -> None:
    platform.ends = lambda text: "failed" if text == "b" else "completed"
    results = await run_many(["a", "b", Case("x", "c"), {"id": 7, "input": "d"}], spec=SPEC, client=client)
    assert [(each.id, each.status, each.output) for each in results] == [
        (0, "completed", "out of a"),
        (1, "failed", None),
        ("x", "completed", "out of c"),
        (7, "completed", "out of d"),
    ]
    await run_many(["a"], spec=SPEC, client=client)
    assert len(platform.runs) == 5, "each call makes new runs"


async def test_thousands_in_a_session(client: KneoClient, platform: Any) -> None:
    platform.takes = lambda text: 0.4
    results = await run_many((f"case {number}" for number in range(2000)), spec=SPEC, client=client, concurrency=500)
    assert Counter(result.status for result in results) == {"completed": 2000}
    assert platform.count("create") == 2000
    assert platform.count("list") + platform.count("get") < 100


async def test_cases_may_come_from_an_asynchronous_generator(client: KneoClient, store: Path) -> None:
    async def generate() -> Any:
        for case in cases(20):
            await anyio.sleep(0.1)
            yield case

    assert (await Batch(store, client=client).submit(generate(), spec=SPEC)).counts == {"completed": 20}
