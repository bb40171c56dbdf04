"""`wait_for_completion`, on trio's virtual clock: hours of waiting take no time."""

import random
from typing import Any

import pytest
import trio
import trio.testing
from sdk_engine.messages import WireFailure

from kneo_client.core.errors import (
    KneoInvalidRequestError,
    KneoNetworkError,
    KneoNotFoundError,
    KneoServerError,
    KneoWaitTimeoutError,
)
from kneo_client.core.retries import RetryPolicy
from kneo_client.platform import DEFAULT_TERMINAL_STATUSES

LOST = WireFailure("the connection failed")
NO_RETRIES = RetryPolicy(max_attempts=1)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


def status(name: str, **fields: Any) -> dict[str, Any]:
    return {"run_id": "r1", "status": name, **fields}


RUNNING = status("running")


@pytest.mark.promise("kneo.platform.runs.wait-polls-get")
async def test_polls_the_run_until_it_ends(scripted: Any) -> None:
    client, wire = scripted(status("created"), RUNNING, status("paused"), status("completed", output_text="42"))
    ended = await client.platform.runs.wait_for_completion("r1")
    assert (ended.status, ended.output_text) == ("completed", "42")
    assert [f"{request.method} {request.target}" for request in wire.requests] == ["GET /v1/runs/r1"] * 4


@pytest.mark.promise("kneo.platform.runs.terminal-timed-out-and-expired", "kneo.platform.runs.wait-polls-get")
@pytest.mark.parametrize("end", sorted(DEFAULT_TERMINAL_STATUSES))
async def test_statuses_at_which_a_run_has_ended(scripted: Any, end: str) -> None:
    client, wire = scripted(status(end))
    assert (await client.platform.runs.wait_for_completion("r1")).status == end
    assert len(wire.requests) == 1


@pytest.mark.promise("kneo.platform.runs.wait-custom-statuses", "kneo.platform.runs.paused-human-review")
@pytest.mark.parametrize("statuses", [["blocked"], {"paused_human_review", "blocked"}, iter(["blocked"])])
async def test_other_statuses_may_be_waited_for(scripted: Any, statuses: Any) -> None:
    client, _ = scripted(RUNNING, status("completed"), status("blocked", continuation_id="c1"))
    seen = await client.platform.runs.wait_for_completion("r1", terminal_statuses=statuses)
    assert (seen.status, seen.continuation_id) == ("blocked", "c1")


@pytest.mark.promise("kneo.platform.runs.wait-signature")
@pytest.mark.parametrize("interval", [1.0, 0.2, 60.0])
async def test_pauses_are_the_interval_give_or_take_a_tenth(scripted: Any, interval: float) -> None:
    random.seed(7)
    client, wire = scripted(*[RUNNING] * 200, status("completed"))
    await client.platform.runs.wait_for_completion("r1", poll_interval=interval)
    pauses = [pause / interval for pause in wire.pauses]
    assert 0.9 <= min(pauses) < 0.91
    assert 1.09 < max(pauses) <= 1.1 + 1e-9


async def test_default_interval_is_one_second(scripted: Any) -> None:
    client, wire = scripted(RUNNING, status("completed"))
    await client.platform.runs.wait_for_completion("r1")
    assert wire.pauses == [pytest.approx(1, abs=0.1)]


@pytest.mark.promise("kneo.platform.runs.wait-indefinitely")
async def test_without_a_timeout_it_waits_as_long_as_it_takes(scripted: Any) -> None:
    client, _ = scripted(*[RUNNING] * 50, status("completed"))
    await client.platform.runs.wait_for_completion("r1", poll_interval=86400)
    assert trio.current_time() > 40 * 86400


@pytest.mark.promise("kneo.platform.runs.wait-timeout")
@pytest.mark.parametrize(("timeout", "interval"), [(10, 1), (0.5, 3), (7, 2.5), (0, 1)])
async def test_time_is_up(scripted: Any, timeout: float, interval: float) -> None:
    client, wire = scripted(RUNNING)
    started = trio.current_time()
    with pytest.raises(TimeoutError, match=f"run r1 did not end within {timeout} s; it was last seen 'running'") as up:
        await client.platform.runs.wait_for_completion("r1", timeout=timeout, poll_interval=interval)
    assert trio.current_time() - started == pytest.approx(timeout)
    assert wire.times[-1] - started == pytest.approx(timeout), "the last look falls on the deadline"
    assert isinstance(up.value, KneoWaitTimeoutError)
    assert (up.value.run_id, up.value.last_status.status) == ("r1", "running")


async def test_end_between_the_last_poll_and_the_deadline_is_seen(scripted: Any) -> None:
    client, _ = scripted(RUNNING, status("completed"))
    ended = await client.platform.runs.wait_for_completion("r1", timeout=5, poll_interval=60)
    assert ended.status == "completed"


async def test_polls_that_hang_count_into_the_timeout(scripted: Any) -> None:
    async def hangs(request: Any, timeout: float, patience: float) -> Any:
        timeouts.append(timeout)
        await trio.sleep(timeout)
        raise WireFailure(f"no complete answer within {timeout} s")

    timeouts: list[float] = []
    client, wire = scripted(RUNNING, retry_policy=NO_RETRIES)
    wire.send = hangs
    started = trio.current_time()
    with pytest.raises(TimeoutError, match="it was never seen"):
        await client.platform.runs.wait_for_completion("r1", timeout=45)
    assert trio.current_time() - started == pytest.approx(45, abs=0.1)
    assert timeouts[0] == 30


@pytest.mark.parametrize("failure", [LOST, 500, 503, 429, (503, "", {"Retry-After": "2"})])
async def test_failed_polls_are_repeated_with_growing_pauses(scripted: Any, failure: Any) -> None:
    client, wire = scripted(*[failure] * 9, RUNNING, *[failure] * 9, status("completed"), retry_policy=NO_RETRIES)
    await client.platform.runs.wait_for_completion("r1", poll_interval=0.1)
    first, last = wire.pauses[0], wire.pauses[8]
    assert first == pytest.approx(2 if isinstance(failure, tuple) else 0.5, rel=0.11)
    assert last == pytest.approx(2 if isinstance(failure, tuple) else 5, rel=0.11)
    assert wire.pauses[10] == pytest.approx(first, rel=0.25), "a good poll ends the row of failures"


async def test_platform_that_is_away_ends_a_wait_without_a_deadline_after_ten_minutes(scripted: Any) -> None:
    client, wire = scripted(RUNNING, LOST, retry_policy=NO_RETRIES)
    started = trio.current_time()
    with pytest.raises(
        KneoNetworkError, match=r"run r1: it was last seen 'running'; the last \d+ polls failed"
    ) as caught:
        await client.platform.runs.wait_for_completion("r1")
    assert trio.current_time() - started == pytest.approx(600, abs=20)
    assert "the connection failed" in str(caught.value)
    assert max(wire.pauses) <= 5.5


@pytest.mark.parametrize("timeout", [400, 3600])
async def test_a_wait_with_a_deadline_goes_on_until_then_whatever_fails(scripted: Any, timeout: float) -> None:
    client, _ = scripted(RUNNING, LOST)
    started = trio.current_time()
    with pytest.raises(KneoWaitTimeoutError, match="polls failed") as caught:
        await client.platform.runs.wait_for_completion("r1", timeout=timeout)
    assert trio.current_time() - started == pytest.approx(timeout, abs=1)
    assert (caught.value.run_id, caught.value.last_status.status) == ("r1", "running")


async def test_platform_that_asks_for_years_is_asked_again_within_half_a_minute(scripted: Any) -> None:
    client, wire = scripted((503, "", {"Retry-After": "999999999"}), status("completed"), retry_policy=NO_RETRIES)
    await client.platform.runs.wait_for_completion("r1")
    assert wire.pauses == [30]


async def test_closed_client_waits_for_nothing(scripted: Any) -> None:
    client, wire = scripted(RUNNING)
    await client.aclose()
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        await client.platform.runs.wait_for_completion("r1")
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        await client.platform.runs.wait_many(["r1"])
    assert not wire.requests


async def test_pause_after_a_failure_is_never_shorter_than_the_interval(scripted: Any) -> None:
    client, wire = scripted(500, status("completed"))
    await client.platform.runs.wait_for_completion("r1", poll_interval=100)
    assert wire.pauses == [100]


@pytest.mark.parametrize(("answer", "error"), [(404, KneoNotFoundError), (500, KneoServerError)])
async def test_failure_that_ends_the_wait_or_the_deadline_does(scripted: Any, answer: int, error: type) -> None:
    client, _ = scripted(answer)
    with pytest.raises(error if answer == 404 else TimeoutError):
        await client.platform.runs.wait_for_completion("r1", timeout=20)


async def test_waiting_for_a_person_is_logged_once(scripted: Any, caplog: pytest.LogCaptureFixture) -> None:
    blocked = status("blocked", continuation_id="c1")
    client, _ = scripted(RUNNING, blocked, blocked, RUNNING, blocked, status("completed"))
    with caplog.at_level("INFO", "kneo_client.runs"):
        await client.platform.runs.wait_for_completion("r1")
    assert caplog.messages == ["run r1 waits for a person: human task c1"] * 2


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"timeout": -1}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"poll_interval": -0.1}, "poll_interval"),
        ({"poll_interval": float("inf")}, "poll_interval"),
        ({"poll_interval": float("nan")}, "poll_interval"),
        ({"timeout": "5"}, "timeout"),
        ({"poll_interval": None}, "poll_interval"),
        ({"poll_interval": 10**400}, "poll_interval"),
        ({"terminal_statuses": "completed"}, "not one string"),
        ({"terminal_statuses": 5}, "set of statuses"),
        ({"terminal_statuses": [5]}, "set of statuses"),
        ({"terminal_statuses": [[]]}, "set of statuses"),
        ({"terminal_statuses": []}, "empty"),
    ],
)
async def test_unusable_arguments_are_refused_before_any_io(scripted: Any, settings: Any, problem: str) -> None:
    client, wire = scripted(status("completed"))
    with pytest.raises(KneoInvalidRequestError, match=problem):
        await client.platform.runs.wait_for_completion("r1", **settings)
    assert not wire.requests


@pytest.mark.parametrize("timeout", [float("inf"), 10**400])
async def test_a_wait_may_have_no_end(scripted: Any, timeout: float) -> None:
    client, _ = scripted(RUNNING, status("completed"))
    ended = await client.platform.runs.wait_for_completion("r1", timeout=timeout)
    assert ended.status == "completed"


async def test_cancelling_ends_the_wait_and_the_client_goes_on(scripted: Any) -> None:
    client, _ = scripted(*[RUNNING] * 3, status("completed"))
    with trio.move_on_after(2.5) as scope:
        await client.platform.runs.wait_for_completion("r1")
    assert scope.cancelled_caught
    assert (await client.platform.runs.wait_for_completion("r1")).status == "completed"
