"""One budget of seconds for attempts, pauses and the reading of bodies."""

from __future__ import annotations

import math
import time
from contextlib import closing
from typing import Any

import pytest
from sdk_engine.bodies import typed
from sdk_engine.call import call
from sdk_engine.deadline import FOREVER, Deadline
from sdk_engine.drivers import SyncDriver
from sdk_engine.messages import WireFailure
from sdk_engine.operation import Operation
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import ClientSettings, RequestOptions
from sdk_engine.wires import sync_wire

from .loopback import answer
from .walking import STEADY, Clock, Walk, client, walk

GET = Operation[dict[str, Any]]("GET", "/x", typed(lambda: dict))
TIMEOUT = WireFailure("no complete answer within 10 s", timed_out=True)


def get(clock: Clock, *script: Any, retry: RetryPolicy = STEADY, **options: float) -> Walk:
    shared = client(clock=clock, timeout=10.0, retry=retry)
    return walk(call(shared, GET, options=RequestOptions(**options)), script, clock)


def limits(walked: Walk) -> list[float]:
    return [step.timeout for step in walked.sent]


def test_each_attempt_gets_the_clients_timeout() -> None:
    assert limits(get(Clock(), 503, 503, 200)) == [10.0, 10.0, 10.0]


def test_a_call_may_set_its_own_timeout() -> None:
    assert limits(get(Clock(), 503, 200, timeout=2.5)) == [2.5, 2.5]


def test_an_attempt_gets_at_most_what_is_left() -> None:
    clock = Clock()
    walked = get(clock, clock.after(3.0, 503), clock.after(3.0, 503), 200, deadline=8.0)
    assert str(walked) == (
        "[Send GET /x] <- 503, [Sleep 0.2], [Send GET /x] <- 503, [Sleep 0.4], [Send GET /x] <- 200 -> {}"
    )
    assert [round(limit, 3) for limit in limits(walked)] == [8.0, 4.8, 1.4]


def test_a_pause_that_would_outlast_the_deadline_is_not_made() -> None:
    clock = Clock()
    walked = get(clock, clock.after(7.9, 503), deadline=8.0)
    assert str(walked) == "[Send GET /x] <- 503 -> StatusError"
    assert str(walked.error).endswith("(not retried: the next try would be 0.2 s away, beyond the call's deadline)")


def test_time_that_ran_out_ends_the_call_with_the_failure() -> None:
    clock = Clock()
    walked = get(clock, clock.after(5.0, TIMEOUT), deadline=5.0)
    assert str(walked) == "[Send GET /x] <- no complete answer within 10 s -> NetworkError"
    assert "beyond the call's deadline" in str(walked.error)


def test_a_deadline_that_has_passed_leaves_no_time_for_the_only_attempt() -> None:
    assert limits(get(Clock(), TIMEOUT, deadline=0.0)) == [0.0]


def test_without_a_deadline_every_documented_attempt_fits() -> None:
    clock = Clock()
    policy = RetryPolicy(max_attempts=4, base_delay=0.2, jitter=0)
    walked = get(clock, *[clock.after(10.0, TIMEOUT)] * 3, clock.after(10.0, 200), retry=policy)
    assert str(walked).endswith("[Sleep 0.8], [Send GET /x] <- 200 -> {}")
    assert limits(walked) == [10.0] * 4
    assert clock.now < policy.longest_total(10.0) < 1.2 * clock.now


def test_a_calls_own_timeout_may_be_longer_than_all_that_the_client_allows() -> None:
    clock = Clock()
    walked = get(clock, clock.after(600.0, TIMEOUT), clock.after(600.0, 200), timeout=600.0)
    assert limits(walked) == [600.0, 600.0]
    assert limits(get(Clock(), 200, timeout=math.inf)) == [FOREVER]


def test_attempts_end_with_the_deadline_however_many_are_allowed() -> None:
    clock = Clock()
    policy = RetryPolicy(max_attempts=1000, base_delay=0.2, max_delay=0.2, jitter=0)
    walked = get(clock, *[clock.after(9.0, TIMEOUT)] * 8, retry=policy, deadline=70.0)
    assert len(walked.sent) == 8
    assert clock.now < 80.0


def test_seconds_left_fall_with_the_clock_and_stop_at_zero() -> None:
    clock = Clock()
    deadline = Deadline(5.0, clock)
    assert (deadline.remaining, repr(deadline)) == (5.0, "<Deadline in 5.000 s>")
    clock.now = 4.0
    assert deadline.remaining == 1.0
    clock.now = 6.0
    assert deadline.remaining == 0.0


def test_a_deadline_without_end() -> None:
    deadline = Deadline(math.inf)
    assert (deadline.remaining, repr(deadline)) == (math.inf, "<Deadline never>")


def test_the_default_clock_is_monotonic() -> None:
    before = time.monotonic()
    assert before + 5.0 <= Deadline(5.0).remaining + time.monotonic() <= time.monotonic() + 5.0


ENDLESS = pytest.mark.parametrize("seconds", [math.inf, 1e300, 10**400])


@ENDLESS
def test_time_without_end_reaches_a_wire_as_a_number_that_timers_take(seconds: float) -> None:
    of_the_client = walk(call(client(timeout=seconds), GET), [200])
    of_the_call = walk(call(client(), GET, options=RequestOptions(timeout=seconds, deadline=seconds)), [200])
    assert (limits(of_the_client), limits(of_the_call)) == ([FOREVER], [FOREVER])


@ENDLESS
@pytest.mark.parametrize("client", [None, "httpx"])
def test_a_call_may_have_no_limit(client: Any, seconds: float, serve: Any) -> None:
    shared = ClientSettings(serve(answer()).base, {}, timeout=seconds)
    with closing(SyncDriver(sync_wire(client))) as driver:
        assert driver.run(call(shared, GET, options=RequestOptions(deadline=seconds))) == {}
