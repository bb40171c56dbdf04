"""When the client tries again, and after how long; on trio's virtual clock, so that waiting takes no time."""

import random
from typing import Any

import httpx
import pytest
import trio.testing
from sdk_engine.errors import Outcome
from sdk_engine.messages import WireFailure

from kneo_client.core.errors import (
    KneoError,
    KneoNetworkError,
    KneoRateLimited,
    KneoServerError,
    KneoServiceUnavailableError,
)
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RETRYABLE_STATUS_CODES, RetryPolicy
from kneo_client.core.transport import Transport

LOST = WireFailure("the connection failed")
STEADY = RetryPolicy(jitter=0)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


async def attempts(scripted: Any, method: str, *answers: Any, **settings: Any) -> Any:
    """What was sent for one call of that method."""
    client, wire = scripted(*answers, **settings)
    try:
        await client._transport.request(method, "/v1/x")
    except KneoError as error:
        assert error.attempts == len(wire.requests)  # noqa: PT017
    return wire


@pytest.mark.promise("kneo.retries.no-delay-before-first-attempt", "kneo.retries.delay-doubles")
def test_delays_double_up_to_the_cap() -> None:
    policy = RetryPolicy(max_attempts=9, base_delay=0.5, max_delay=5, jitter=0)
    assert [policy.delay_for(attempt) for attempt in range(10)] == [0, 0, 0.5, 1, 2, 4, 5, 5, 5, 5]


@pytest.mark.promise("kneo.retries.jitter-range", "kneo.retries.cap-before-jitter")
@pytest.mark.parametrize(("attempt", "middle"), [(3, 1.0), (9, 30.0)])
def test_jitter_spreads_evenly_around_the_capped_delay(attempt: int, middle: float) -> None:
    random.seed(17)
    policy = RetryPolicy(base_delay=0.5, jitter=0.1)
    delays = [policy.delay_for(attempt) / middle for _ in range(2000)]
    assert 0.9 <= min(delays) < 0.902
    assert 1.098 < max(delays) <= 1.1
    assert sum(delays) / len(delays) == pytest.approx(1, abs=0.005)


@pytest.mark.promise("kneo.retries.delay-for-retry-after")
@pytest.mark.parametrize("hint", [0.0, 7.0, 3600.0])
def test_delay_for_returns_the_servers_hint_verbatim(hint: float) -> None:
    assert RetryPolicy(jitter=1, max_delay=1).delay_for(2, hint) == hint
    assert RetryPolicy().delay_for(1, hint) == 0


@pytest.mark.promise("kneo.retries.max-attempts-at-least-one", "kneo.retries.base-delay-not-negative")
@pytest.mark.promise("kneo.retries.max-delay-not-below-base", "kneo.retries.jitter-between-zero-and-one")
@pytest.mark.parametrize(
    "settings",
    [
        {"max_attempts": 0},
        {"max_attempts": -1},
        {"base_delay": -0.1},
        {"base_delay": float("nan")},
        {"base_delay": 2, "max_delay": 1.9},
        {"max_delay": float("nan")},
        {"jitter": -0.1},
        {"jitter": 1.1},
        {"jitter": float("nan")},
    ],
)
def test_policy_out_of_range_is_a_value_error_at_once(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=list(settings)[-1]):
        RetryPolicy(**settings)


def test_policy_at_the_edges_of_its_ranges() -> None:
    assert RetryPolicy(max_attempts=1, base_delay=0, max_delay=0, jitter=1)
    assert RetryPolicy(base_delay=2, max_delay=2, jitter=0).delay_for(7) == 2


@pytest.mark.promise("kneo.retries.idempotent-verbs", "kneo.retries.keyed-post", "kneo.retries.other-methods-sent-once")
@pytest.mark.parametrize("answer", [503, LOST], ids=["answered", "lost"])
@pytest.mark.parametrize(
    ("method", "sent"),
    [*[(method, 3) for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "post")], ("PATCH", 1)],
)
async def test_methods_that_may_be_sent_twice(scripted: Any, method: str, sent: int, answer: Any) -> None:
    wire = await attempts(scripted, method, answer)
    assert [request.method for request in wire.requests] == [method.upper()] * sent


@pytest.mark.promise("kneo.retries.retryable-statuses", "kneo.retries.other-statuses-not-retried")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 418, 422, 429, 500, 501, 502, 503, 504, 505, 599])
async def test_statuses_that_are_retried(scripted: Any, status: int) -> None:
    wire = await attempts(scripted, "GET", status)
    assert len(wire.requests) == (3 if status in RETRYABLE_STATUS_CODES else 1)


@pytest.mark.promise("kneo.retries.transport-errors")
@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), Outcome.NOT_SENT),
        (httpx.ConnectTimeout(""), Outcome.NOT_SENT),
        (httpx.PoolTimeout(""), Outcome.NOT_SENT),
        (httpx.ProxyError("407"), Outcome.NOT_SENT),
        (httpx.ReadTimeout(""), Outcome.UNKNOWN),
        (httpx.WriteTimeout(""), Outcome.UNKNOWN),
        (httpx.ReadError(""), Outcome.UNKNOWN),
        (httpx.RemoteProtocolError("peer closed connection"), Outcome.UNKNOWN),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_transport_errors_are_retried(profile: Profile, error: httpx.HTTPError, outcome: Outcome) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        raise error

    sent: list[httpx.Request] = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as theirs:
        with pytest.raises(KneoNetworkError) as caught:
            await Transport(profile, http_client=theirs).request("POST", "/v1/x")
    assert (caught.value.attempts, len(sent), caught.value.outcome) == (3, 3, outcome)
    assert caught.value.__cause__ is error


@pytest.mark.promise("kneo.retries.one-attempt-disables")
@pytest.mark.parametrize("answer", [503, LOST], ids=["answered", "lost"])
async def test_one_attempt_disables_retries(scripted: Any, answer: Any) -> None:
    wire = await attempts(scripted, "GET", answer, retry_policy=RetryPolicy(max_attempts=1))
    assert len(wire.requests) == 1


@pytest.mark.promise("kneo.retries.custom-policy")
@pytest.mark.parametrize(
    ("policy", "pauses"),
    [
        (STEADY, [0.2, 0.4]),
        (RetryPolicy(max_attempts=5, base_delay=0.5, max_delay=2, jitter=0), [0.5, 1, 2, 2]),
        (RetryPolicy(max_attempts=3, base_delay=2, max_delay=2, jitter=0), [2, 2]),
    ],
)
async def test_policy_of_the_client_is_obeyed(scripted: Any, policy: RetryPolicy, pauses: list[float]) -> None:
    wire = await attempts(scripted, "GET", 503, retry_policy=policy)
    assert wire.pauses == pytest.approx(pauses)


@pytest.mark.promise("kneo.retries.default-policy")
async def test_default_policy_of_a_client(profile: Profile) -> None:
    assert Transport(profile).settings.retry == RetryPolicy()


@pytest.mark.promise("kneo.retries.retry-after-on-429")
@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_retry_after_replaces_the_computed_delay_without_jitter(scripted: Any, status: int) -> None:
    hint = {"Retry-After": "7"}
    wire = await attempts(scripted, "GET", (status, {}, hint), retry_policy=RetryPolicy(jitter=1))
    assert wire.pauses == pytest.approx([7, 7])


@pytest.mark.parametrize("hint", ["", "-5", "1e0", "1_0", "nan", "0x10", "soon", "９", "12345678901"])
async def test_retry_after_that_is_nonsense_is_ignored(scripted: Any, hint: str) -> None:
    wire = await attempts(scripted, "GET", (429, {}, {"Retry-After": hint}), retry_policy=STEADY)
    assert wire.pauses == pytest.approx([0.2, 0.4])


@pytest.mark.promise("kneo.retries.final-attempt-decides")
@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (429, KneoRateLimited),
        (502, KneoServerError),
        (503, KneoServiceUnavailableError),
        (504, KneoServerError),
        (LOST, KneoNetworkError),
    ],
)
async def test_last_attempt_decides_about_the_exception(scripted: Any, last: Any, expected: type[KneoError]) -> None:
    client, _ = scripted(503, LOST, last)
    with pytest.raises(expected) as caught:
        await client.platform.health.healthz()
    assert type(caught.value) is expected
    assert caught.value.attempts == 3


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ((LOST, 503, 404), Outcome.ANSWERED),
        ((LOST, 503, 503), Outcome.UNKNOWN),
        (((503, {"detail": "not now"}),), Outcome.ANSWERED),
        (((503, "<html>a proxy's page</html>"),), Outcome.UNKNOWN),
        ((502,), Outcome.UNKNOWN),
        ((504, 404), Outcome.ANSWERED),
        ((WireFailure("refused", outcome=Outcome.NOT_SENT),), Outcome.NOT_SENT),
        ((LOST, WireFailure("refused", outcome=Outcome.NOT_SENT)), Outcome.UNKNOWN),
    ],
)
async def test_outcome_remembers_that_an_earlier_attempt_may_have_arrived(
    scripted: Any, answers: Any, outcome: Outcome
) -> None:
    client, _ = scripted(*answers)
    with pytest.raises(KneoError) as caught:
        await client.platform.runs.create({"input": "x"})
    assert caught.value.outcome is outcome


@pytest.mark.promise("kneo.retries.budget-per-origin")
async def test_dead_platform_is_not_hit_three_times_by_every_call(scripted: Any) -> None:
    client, wire = scripted(503)
    for _ in range(100):
        with pytest.raises(KneoServerError) as caught:
            await client.platform.health.healthz()
    assert caught.value.attempts == 1
    assert "retry budget" in str(caught.value)
    assert len(wire.requests) == 100 + 500 // 14


@pytest.mark.promise("kneo.retries.budget-per-origin")
async def test_success_pays_the_budget_back_and_each_transport_has_its_own(scripted: Any) -> None:
    client, _ = scripted(503, 200, 429, 503, 503, 200)
    budget = client._transport.settings.budget
    tokens = []
    for expected in (200, 503, 200):
        try:
            await client._transport.request("GET", "/v1/x")
        except KneoServerError:
            assert expected == 503
        tokens.append(budget.tokens)
    assert tokens == [500, 500 - 5 - 14, 500 - 5 - 14 + 1]
    assert scripted(200)[0]._transport.settings.budget.tokens == 500


async def test_call_never_outlives_what_its_policy_allows(scripted: Any) -> None:
    slow = Profile("x", "https://kneo.example.com", "k", timeout=10)
    client, wire = scripted((503, {}, {"Retry-After": "25"}), retry_policy=STEADY, profile=slow)
    with pytest.raises(KneoServerError, match="beyond the call's deadline") as caught:
        await client.platform.health.healthz()
    assert caught.value.retry_after == 25
    assert wire.pauses == pytest.approx([25])
