"""`runs.watch` and `tail_trace`: a run's events until its end, on trio's virtual clock."""

import contextlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import trio
import trio.testing
from sdk_engine.drivers import SyncDriver
from sdk_engine.messages import Response, WireFailure
from sdk_engine.testing import FakeSyncWire

from kneo_client import KneoClient
from kneo_client.client import SyncKneoClient
from kneo_client.core.errors import (
    KneoInvalidRequestError,
    KneoNetworkError,
    KneoNotFoundError,
    KneoWaitTimeoutError,
)
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy

LOST = WireFailure("the connection failed")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


class Run:
    """A platform with one run, which makes an event every `pace` seconds and ends after the last."""

    def __init__(self, count: int, *, pace: float = 1.0, clock: Any = trio.current_time) -> None:
        self.clock, self.pace, self.count = clock, pace, count
        self.began: float | None = None
        self.requests: list[str] = []
        self.away: list[WireFailure | int] = []

    def _done(self) -> int:
        self.began = self.clock() if self.began is None else self.began
        return min(int((self.clock() - self.began) / self.pace), self.count)

    def answer(self, request: Any) -> Any:
        self.requests.append(request.target)
        if self.away:
            failure = self.away.pop(0)
            return failure if isinstance(failure, WireFailure) else Response(failure, b"{}")
        done, parts = self._done(), urlsplit(request.target)
        if not parts.path.endswith("/trace"):
            status = "completed" if done == self.count else "running"
            return self.json(f'{{"run_id":"r1","status":"{status}"}}')
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert (query["sort_by"], query["sort_order"]) == ("timestamp", "asc")
        offset = int(query["offset"])
        rows = [f'{{"type":"step","event_id":"e{n}"}}' for n in range(done)][offset : offset + int(query["limit"])]
        return self.json(f'{{"run_id":"r1","events":[{",".join(rows)}]}}')

    @staticmethod
    def json(text: str) -> Response:
        return Response(200, text.encode(), [("Content-Type", "application/json")])


def watching(scripted: Any, run: Run, **settings: Any) -> KneoClient:
    client, wire = scripted(200, retry_policy=RetryPolicy(max_attempts=1))
    wire._answers = run.answer
    assert isinstance(client, KneoClient)
    return client


def ids(count: int) -> list[str]:
    return [f"e{number}" for number in range(count)]


async def test_every_event_comes_once_and_in_order_until_the_run_has_ended(scripted: Any) -> None:
    run = Run(12, pace=0.7)
    events = watching(scripted, run).platform.runs.watch("r1", page_size=2)
    assert [event["event_id"] async for event in events] == ids(12)
    assert events.run is not None
    assert (events.run.status, events.offset) == ("completed", 12)
    assert trio.current_time() == pytest.approx(12 * 0.7, abs=1.5)


async def test_a_run_that_has_ended_is_read_without_a_pause(scripted: Any) -> None:
    run = Run(250, pace=1e-9)
    run.began = -1.0
    events = watching(scripted, run).platform.runs.tail_trace("r1")
    assert [event["event_id"] async for event in events] == ids(250)
    assert trio.current_time() == 0
    assert len(run.requests) == 5, "three pages, the run's state, and what came in between"
    with pytest.raises(StopAsyncIteration):
        await anext(events)


async def test_nothing_is_asked_before_the_first_event_is(scripted: Any) -> None:
    run = Run(1)
    watching(scripted, run).platform.runs.watch("r1")
    assert not run.requests


async def test_a_loop_that_was_left_goes_on_where_it_stopped(scripted: Any) -> None:
    run = Run(10, pace=0.1)
    client = watching(scripted, run)
    events = client.platform.runs.watch("r1", page_size=4)
    first = []
    async for event in events:
        first.append(event["event_id"])
        if len(first) == 3:
            break
    assert events.offset == 3
    elsewhere = client.platform.runs.watch("r1", start_offset=events.offset)
    rest = [event["event_id"] async for event in elsewhere]
    assert first + rest == ids(10)
    assert first + [event["event_id"] async for event in events] == ids(10)


@pytest.mark.parametrize("seconds", [0.35, 1.5, 2.25, 3.9])
async def test_a_cancelled_loop_loses_nothing(scripted: Any, seconds: float) -> None:
    run = Run(6)
    events = watching(scripted, run).platform.runs.watch("r1", poll_interval=0.5)
    seen: list[str] = []
    with trio.move_on_after(seconds) as scope:
        async for event in events:
            seen.append(event["event_id"])  # noqa: PERF401 - what came before the cancellation counts
    assert scope.cancelled_caught
    seen += [event["event_id"] async for event in events]
    assert seen == ids(6)


async def test_only_events_of_a_type(scripted: Any) -> None:
    run = Run(3, pace=0.1)
    async for _ in watching(scripted, run).platform.runs.watch("r1", event_type="tool call"):
        pass
    assert all("event_type=tool%20call" in target for target in run.requests if "/trace" in target)


async def test_passing_failures_are_waited_out(scripted: Any) -> None:
    run = Run(5)
    run.away = [LOST] * 20 + [503, 429, 500] * 3
    events = watching(scripted, run).platform.runs.watch("r1")
    assert [event["event_id"] async for event in events] == ids(5)
    assert trio.current_time() < 29 * 5.5 + 10


async def test_platform_that_stays_away_ends_it_after_ten_minutes(scripted: Any) -> None:
    run = Run(5)
    run.away = [LOST] * 1000
    with pytest.raises(KneoNetworkError):
        await anext(watching(scripted, run).platform.runs.watch("r1"))
    assert trio.current_time() == pytest.approx(600, abs=6)


@pytest.mark.parametrize("timeout", [2.5, 30, 0])
async def test_time_is_up(scripted: Any, timeout: float) -> None:
    run = Run(1000)
    events = watching(scripted, run).platform.runs.watch("r1", timeout=timeout, poll_interval=0.5)
    seen: list[str] = []

    async def watch() -> None:
        async for event in events:
            seen.append(event["event_id"])  # noqa: PERF401 - what came before the error counts

    with pytest.raises(KneoWaitTimeoutError, match=f"run r1 did not end within {timeout} s") as caught:
        await watch()
    assert trio.current_time() == pytest.approx(timeout, abs=0.1)
    assert seen == ids(int(timeout))
    assert caught.value.run_id == "r1"


async def test_failures_until_the_time_is_up(scripted: Any) -> None:
    run = Run(5)
    run.away = [LOST] * 1000
    with pytest.raises(TimeoutError, match="it was never seen"):
        await anext(watching(scripted, run).platform.runs.watch("r1", timeout=700))
    assert trio.current_time() == pytest.approx(700, abs=0.1)


async def test_other_statuses_may_end_it(scripted: Any) -> None:
    run = Run(500)
    events = watching(scripted, run).platform.runs.watch("r1", terminal_statuses={"running"})
    assert [event async for event in events] == []


async def test_missing_run(scripted: Any) -> None:
    client, _ = scripted((404, {"detail": {"error": "not_found", "message": "no"}}))
    with pytest.raises(KneoNotFoundError):
        await anext(client.platform.runs.watch("r1"))


async def test_events_that_the_platform_does_not_give_are_told_of(
    scripted: Any, caplog: pytest.LogCaptureFixture
) -> None:
    run = Run(20_000, pace=1e-9)
    run.began = -1.0
    events = watching(scripted, run).platform.runs.watch("r1", page_size=5000)
    assert len([event async for event in events]) == 11_000
    assert "cannot be read" in caplog.text


async def test_closing_it_or_the_client_ends_it(scripted: Any) -> None:
    run = Run(5, pace=0.01)
    client = watching(scripted, run)
    async with contextlib.aclosing(client.platform.runs.watch("r1", poll_interval=0.05)) as events:
        await anext(events)
    assert [event async for event in events] == []
    await client.aclose()
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        await anext(client.platform.runs.watch("r1"))


@pytest.mark.parametrize(
    "settings",
    [
        {"start_offset": -1},
        {"start_offset": "5"},
        {"page_size": 0},
        {"page_size": 1.5},
        {"poll_interval": -1},
        {"timeout": "soon"},
        {"terminal_statuses": "completed"},
        {"run_id": ""},
        {"run_id": None},
    ],
)
async def test_unusable_arguments_are_refused_before_any_io(scripted: Any, settings: Any) -> None:
    client, wire = scripted(200)
    with pytest.raises(KneoInvalidRequestError):
        client.platform.runs.watch(**{"run_id": "r1", **settings})
    assert not wire.requests


def test_blocking_client_loops_without_an_event_loop(profile: Profile) -> None:
    ticks = iter(range(10**9))
    run = Run(7, clock=lambda: next(ticks) / 10)
    with SyncKneoClient(profile) as client:
        client._transport._driver = SyncDriver(FakeSyncWire(run.answer))
        events = client.platform.runs.watch("r1", poll_interval=0)
        assert [event["event_id"] for event in events] == ids(7)
        assert list(events) == []
