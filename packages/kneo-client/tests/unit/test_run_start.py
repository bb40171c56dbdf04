"""`runs.create_and_wait`: one run, whatever becomes of the request for it; on trio's virtual clock."""

import json
from typing import Any

import pytest
import trio
import trio.testing
from sdk_engine.drivers import SyncDriver
from sdk_engine.errors import Outcome
from sdk_engine.messages import Response, WireFailure
from sdk_engine.testing import FakeSyncWire

from kneo_client import types
from kneo_client.client import SyncKneoClient
from kneo_client.core.errors import (
    KneoBadRequestError,
    KneoInvalidRequestError,
    KneoNetworkError,
    KneoProtocolError,
    KneoServerError,
    KneoWaitTimeoutError,
)
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy

ONCE = RetryPolicy(max_attempts=1)
LOST = WireFailure("the answer was lost", outcome=Outcome.UNKNOWN)
UNSENT = WireFailure("no connection", outcome=Outcome.NOT_SENT)
BODY = {"input": "hello", "spec": {"name": "x"}}
STARTED = {"run_id": "r1", "status": "running"}


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


def status(name: str) -> dict[str, Any]:
    return {"run_id": "r1", "status": name}


async def test_one_act(scripted: Any) -> None:
    client, wire = scripted(STARTED, status("running"), status("completed"))
    run = await client.platform.runs.create_and_wait(BODY)
    assert (run.run_id, run.status) == ("r1", "completed")
    assert [f"{request.method} {request.target}" for request in wire.requests] == [
        "POST /v1/runs",
        *["GET /v1/runs/r1"] * 2,
    ]
    assert json.loads(wire.requests[0].content) == {**BODY, "async_mode": True}
    assert BODY == {"input": "hello", "spec": {"name": "x"}}, "the caller's own stays as it is"


@pytest.mark.parametrize("body", [types.RunCreateRequest(input="x"), {"input": "x", "async_mode": False}])
async def test_typed_and_synchronous_bodies(scripted: Any, body: Any) -> None:
    client, wire = scripted({"run_id": "r1", "status": "completed"})
    assert (await client.platform.runs.create_and_wait(body)).status == "completed"
    sent = json.loads(wire.requests[0].content)
    assert sent == {"input": "x", "async_mode": not isinstance(body, dict)}


@pytest.mark.parametrize(
    "lost",
    [
        [LOST],
        [LOST] * 30,
        [502],
        [LOST, UNSENT, UNSENT],
        [LOST, 503, (429, "", {"Retry-After": "2"})],
        [504, (409, {"detail": {"error": "idempotency_key_in_progress", "message": "wait"}}, {"Retry-After": "1"})],
        ["<html>", ["not", "a", "run"]],
    ],
)
async def test_lost_answers_are_asked_for_again_under_the_same_key(scripted: Any, lost: list[Any]) -> None:
    client, wire = scripted(*lost, STARTED, status("completed"), retry_policy=ONCE)
    run = await client.platform.runs.create_and_wait(BODY)
    assert run.status == "completed"
    posts = [request for request in wire.requests if request.method == "POST"]
    assert len(posts) == len(lost) + 1
    assert len({request.headers["Idempotency-Key"] for request in posts}) == 1
    assert len({request.content for request in posts}) == 1
    assert max(wire.pauses) < 5.001


async def test_the_callers_own_key(scripted: Any) -> None:
    client, wire = scripted(LOST, STARTED, status("failed"), retry_policy=ONCE)
    await client.platform.runs.create_and_wait(BODY, idempotency_key="mine")
    assert [r.headers["Idempotency-Key"] for r in wire.requests if r.method == "POST"] == ["mine"] * 2


@pytest.mark.parametrize(
    ("answers", "error", "requests"),
    [
        ([UNSENT], KneoNetworkError, 1),
        ([400], KneoBadRequestError, 1),
        ([500], KneoServerError, 1),
        ([LOST, 400], KneoBadRequestError, 2),
        ([LOST, (409, {"detail": {"error": "idempotency_key_conflict", "message": "m"}})], Exception, 2),
        ([{"no": "run"}], KneoProtocolError, 3),
    ],
)
async def test_what_is_settled_is_raised(scripted: Any, answers: list[Any], error: Any, requests: int) -> None:
    client, wire = scripted(*answers, retry_policy=ONCE)
    with pytest.raises(error):
        await client.platform.runs.create_and_wait(BODY)
    assert len(wire.requests) == requests


async def test_time_is_up_before_anybody_said_which_run_it_is(scripted: Any) -> None:
    client, wire = scripted(LOST, retry_policy=ONCE)
    with pytest.raises(KneoWaitTimeoutError, match="send the same body under the key k1") as caught:
        await client.platform.runs.create_and_wait(BODY, timeout=20, idempotency_key="k1")
    assert trio.current_time() == pytest.approx(20, abs=0.1)
    assert (caught.value.idempotency_key, caught.value.outcome) == ("k1", Outcome.UNKNOWN)
    assert isinstance(caught.value.__cause__, KneoNetworkError)
    assert len(wire.requests) > 4


async def test_time_is_up_while_it_runs(scripted: Any) -> None:
    client, _ = scripted(LOST, STARTED, status("running"), retry_policy=ONCE)
    with pytest.raises(KneoWaitTimeoutError) as caught:
        await client.platform.runs.create_and_wait(BODY, timeout=10)
    assert trio.current_time() == pytest.approx(10, abs=0.1)
    assert (caught.value.run_id, caught.value.last_status.status) == ("r1", "running")


async def test_without_a_deadline_ten_minutes_of_silence_end_it(scripted: Any) -> None:
    client, _ = scripted(LOST, retry_policy=ONCE)
    with pytest.raises(KneoNetworkError) as caught:
        await client.platform.runs.create_and_wait(BODY)
    assert trio.current_time() == pytest.approx(600, abs=6)
    assert caught.value.idempotency_key


@pytest.mark.parametrize("waits", [False, True])
async def test_every_other_status_is_told_once(scripted: Any, *, waits: bool) -> None:
    def note(run: Any) -> None:
        told.append(run.status)

    async def note_and_wait(run: Any) -> None:
        await trio.sleep(0.1)
        told.append(run.status)

    told: list[str] = []
    states = ["created", "running", "running", "blocked", "running", "completed"]
    client, _ = scripted(STARTED, *map(status, states))
    run = await client.platform.runs.create_and_wait(BODY, on_status=note_and_wait if waits else note)
    assert told == ["created", "running", "blocked", "running", "completed"]
    assert run.status == "completed"


async def test_deadline_counts_with_a_callback_too(scripted: Any) -> None:
    client, _ = scripted(STARTED, status("created"), status("running"))
    told: list[Any] = []
    with pytest.raises(TimeoutError):
        await client.platform.runs.create_and_wait(BODY, timeout=12, on_status=told.append)
    assert trio.current_time() == pytest.approx(12, abs=0.1)
    assert [run.status for run in told] == ["created", "running"]


async def test_error_of_the_callback_is_the_callers(scripted: Any) -> None:
    def fails(run: Any) -> None:
        raise ZeroDivisionError

    client, _ = scripted(STARTED, status("running"))
    with pytest.raises(ZeroDivisionError):
        await client.platform.runs.create_and_wait(BODY, on_status=fails)


async def test_other_statuses_to_return_at(scripted: Any) -> None:
    client, _ = scripted(STARTED, status("running"), status("blocked"))
    run = await client.platform.runs.create_and_wait(BODY, terminal_statuses={"blocked"}, on_status=lambda run: None)
    assert run.status == "blocked"


@pytest.mark.parametrize(
    "settings",
    [
        {"timeout": -1},
        {"poll_interval": "1"},
        {"terminal_statuses": "completed"},
        {"body": "text"},
        {"body": [1]},
        {"body": {"input": float("nan")}},
        {"idempotency_key": "line\nbreak"},
    ],
)
async def test_unusable_arguments_are_refused_before_any_io(scripted: Any, settings: Any) -> None:
    client, wire = scripted(STARTED)
    with pytest.raises(KneoInvalidRequestError):
        await client.platform.runs.create_and_wait(**{"body": BODY, **settings})
    assert not wire.requests


async def test_closed_client(scripted: Any) -> None:
    client, wire = scripted(STARTED)
    await client.aclose()
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        await client.platform.runs.create_and_wait(BODY)
    assert not wire.requests


def test_blocking_client(profile: Profile) -> None:
    answers = iter([STARTED, status("running"), status("completed")])
    told: list[Any] = []
    with SyncKneoClient(profile) as client:
        wire = FakeSyncWire(lambda request: Response(200, json.dumps(next(answers)).encode()))
        client._transport._driver = SyncDriver(wire)
        run = client.platform.runs.create_and_wait(BODY, poll_interval=0, on_status=told.append)
    assert (run.status, [each.status for each in told]) == ("completed", ["running", "completed"])
