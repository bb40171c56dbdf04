"""What other clients of the platform got wrong about retries (1, 2, 3, 4, 10, 28); on trio's virtual clock."""

import time
from typing import Any

import pytest
import trio
import trio.testing
from sdk_engine.messages import WireFailure

from kneo_client.core.errors import (
    KneoConflictError,
    KneoError,
    KneoIdempotencyMismatchError,
    KneoNetworkError,
    KneoRateLimited,
)
from kneo_client.core.retries import RetryPolicy

RUN = {"run_id": "r1", "status": "running"}


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


@pytest.mark.promise("kneo.weakness.01")
@pytest.mark.parametrize("layout", ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"])
async def test_retry_after_may_be_a_date(scripted: Any, layout: str) -> None:
    moment = time.strftime(layout, time.gmtime(time.time() + 20))
    client, wire = scripted((429, {}, {"Retry-After": moment}), {"ok": True}, retry_policy=RetryPolicy())
    await client.platform.health.healthz()
    assert wire.pauses == [pytest.approx(20, abs=2)]


@pytest.mark.promise("kneo.weakness.02")
@pytest.mark.parametrize("value", ["3600", "999999999", "Thu, 31 Dec 2099 23:59:59 GMT"])
async def test_hint_beyond_the_calls_deadline_ends_it_at_once(scripted: Any, value: str) -> None:
    client, wire = scripted((429, {}, {"Retry-After": value}), retry_policy=RetryPolicy())
    started = trio.current_time()
    with pytest.raises(KneoRateLimited, match=r"not retried: the next try would be .* s away") as caught:
        await client.platform.health.healthz()
    assert trio.current_time() == started
    assert caught.value.retry_after >= 3600
    assert (caught.value.attempts, len(wire.requests)) == (1, 1)


@pytest.mark.promise("kneo.weakness.02")
@pytest.mark.parametrize(
    "value", ["inf", "Infinity", "1e400", "9" * 400, "nan", "Mon, 01 Jan 99999999999999 00:00:00 GMT"]
)
async def test_endless_hint_is_nonsense_and_ignored(scripted: Any, value: str) -> None:
    client, wire = scripted((429, {}, {"Retry-After": value}), retry_policy=RetryPolicy(jitter=0))
    with pytest.raises(KneoRateLimited) as caught:
        await client.platform.health.healthz()
    assert wire.pauses == pytest.approx([0.2, 0.4])
    assert caught.value.retry_after is None


@pytest.mark.promise("kneo.weakness.03")
@pytest.mark.parametrize("value", ["0", "Sun, 06 Nov 1994 08:49:37 GMT"])
@pytest.mark.parametrize("status", [429, 503])
async def test_zero_does_not_hammer(scripted: Any, status: int, value: str) -> None:
    policy = RetryPolicy(max_attempts=50)
    client, wire = scripted((status, {}, {"Retry-After": value}), retry_policy=policy)
    with pytest.raises(KneoError, match="retry budget" if status == 503 else "HTTP 429"):
        await client.platform.health.healthz()
    assert wire.pauses[:3] == [pytest.approx(0.2, rel=0.11), pytest.approx(0.4, rel=0.11), pytest.approx(0.8, rel=0.11)]
    assert len(set(wire.pauses)) == len(wire.pauses), "jitter spreads even the capped ones"
    assert len(wire.requests) == (50 if status == 429 else 1 + 500 // 14)


@pytest.mark.promise("kneo.weakness.03")
async def test_many_callers_of_a_busy_platform_share_one_budget(scripted: Any) -> None:
    client, wire = scripted((429, {}, {"Retry-After": "0"}), retry_policy=RetryPolicy(max_attempts=50))
    refused = []

    async def one_caller() -> None:
        with pytest.raises(KneoRateLimited) as caught:
            await client.platform.health.healthz()
        refused.append(caught.value)

    async with trio.open_nursery() as nursery:
        for _ in range(50):
            nursery.start_soon(one_caller)
    assert len(wire.requests) == 50 + 500 // 5
    assert all("retry budget" in str(error) for error in refused)


@pytest.mark.promise("kneo.weakness.04")
@pytest.mark.parametrize("passing", ["idempotency_key_in_progress", "resource_locked"])
async def test_conflict_that_passes_is_waited_for_with_the_same_key(scripted: Any, passing: str) -> None:
    conflict = (409, {"detail": {"error": passing, "message": "wait"}}, {"Retry-After": "1"})
    client, wire = scripted(conflict, conflict, RUN, retry_policy=RetryPolicy())
    assert (await client.platform.runs.create({"input": "x"})).run_id == "r1"
    assert wire.pauses == pytest.approx([1, 1])
    assert len({request.headers["Idempotency-Key"] for request in wire.requests}) == 1
    assert len({request.content for request in wire.requests}) == 1


@pytest.mark.promise("kneo.weakness.04")
@pytest.mark.parametrize(
    ("detail", "mismatch"),
    [
        ({"error": "idempotency_key_conflict", "message": "other payload", "scope": "runs:create"}, True),
        ({"error": "run_state_conflict", "message": "completed", "run_id": "r1", "status": "completed"}, False),
        ({"error": "human_task_expired", "message": "too late", "continuation_id": "c1", "expires_at": 1.5}, False),
        ({"error": "idempotency_key_in_progress", "message": "wait"}, False),
        ({"error": "resource_locked", "message": "wait", "resource": "run:r1"}, False),
    ],
)
async def test_only_a_mismatch_is_called_one(scripted: Any, detail: dict[str, Any], mismatch: bool) -> None:
    client, _ = scripted((409, {"detail": detail}))
    with pytest.raises(KneoConflictError) as caught:
        await client.platform.runs.continue_("r1")
    assert isinstance(caught.value, KneoIdempotencyMismatchError) is mismatch
    assert caught.value.code == detail["error"]
    assert caught.value.body == {"detail": detail}


@pytest.mark.promise("kneo.weakness.10")
@pytest.mark.parametrize("method", ["PATCH", "patch", "MOVE"])
async def test_method_that_may_not_be_repeated_is_sent_once(scripted: Any, method: str) -> None:
    client, wire = scripted(WireFailure("the connection failed"), {"ok": True})
    with pytest.raises(KneoNetworkError):
        await client._transport.request(method, "/v1/x", json={})
    assert len(wire.requests) == 1


@pytest.mark.promise("kneo.weakness.28")
def test_thousands_of_attempts_overflow_nothing() -> None:
    policy = RetryPolicy(max_attempts=100_000)
    assert all(0 < policy.delay_for(attempt) <= 33 for attempt in (2, 64, 65, 66, 1025, 5000, 100_000))
    assert policy.longest_total(30) >= 100_000 * 30


@pytest.mark.promise("kneo.weakness.28")
async def test_client_with_thousands_of_attempts_serves(scripted: Any) -> None:
    client, wire = scripted(*[429] * 90, {"ok": True}, retry_policy=RetryPolicy(max_attempts=5000, base_delay=1e-3))
    assert (await client.platform.health.healthz()).ok
    assert len(wire.requests) == 91
