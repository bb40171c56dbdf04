"""The token bucket that keeps retries a small share of all traffic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sdk_engine.bodies import typed
from sdk_engine.budget import CAPACITY, RETRY_COST, SUCCESS_REFUND, THROTTLE_COST, RetryBudget
from sdk_engine.call import call
from sdk_engine.drivers import SyncDriver
from sdk_engine.errors import NetworkError
from sdk_engine.messages import WireFailure
from sdk_engine.operation import Operation
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import ClientSettings
from sdk_engine.testing import FakeSyncWire

from .walking import Walk, client, walk

GET = Operation[dict[str, Any]]("GET", "/x", typed(lambda: dict))
VECTORS = json.loads((Path(__file__).parent / "data" / "retries.json").read_text())["aws_retry_2_1"]


def shared(tokens: int, **settings: Any) -> ClientSettings:
    return client(budget=RetryBudget(tokens), **settings)


def get(settings: ClientSettings, *script: Any) -> Walk:
    return walk(call(settings, GET), script)


def test_the_constants_are_the_published_ones() -> None:
    assert tuple(VECTORS[name] for name in ("bucket", "cost", "throttle_cost", "success_without_retry_increment")) == (
        CAPACITY,
        RETRY_COST,
        THROTTLE_COST,
        SUCCESS_REFUND,
    )
    assert RetryBudget().tokens == CAPACITY


@pytest.mark.promise("kneo.retries.budget-per-origin")
@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: f"{case['initial']}-{case['responses']}")
def test_the_published_cases_token_for_token(case: dict[str, Any]) -> None:
    settings = shared(case["initial"], retry=RetryPolicy(max_attempts=case["max_attempts"], jitter=0))
    # a 500 is not retried here, unlike there: 503 stands for "a server error that is"
    script = [
        WireFailure("timeout") if answer == "timeout" else 503 if answer == 500 else answer
        for answer in case["responses"]
    ]
    walked = get(settings, *script)
    assert len(walked.sent) == case["attempts"]
    assert settings.budget.tokens == case["quota_after"]
    if case["result"] == "success":
        assert walked.error is None
    else:
        assert walked.error.status == script[-1]


def test_an_empty_bucket_is_said_in_the_error() -> None:
    assert (
        str(get(shared(13), 503).error)
        == "GET http://h/x: HTTP 503 (not retried: the retry budget for this client is used up)"
    )
    assert str(get(shared(13), WireFailure("lost")).error) == (
        "GET http://h/x: lost (not retried: the retry budget for this client is used up)"
    )


def test_a_429_costs_less() -> None:
    settings = shared(500)
    get(settings, 429, 429, 429)
    assert settings.budget.tokens == 490


def test_what_is_not_retried_costs_nothing() -> None:
    settings = shared(500)
    get(settings, 404)
    get(settings, WireFailure("certificate", transient=False))
    assert settings.budget.tokens == 500


def test_successes_fill_the_bucket_but_never_beyond_its_size() -> None:
    settings = shared(498)
    for _ in range(5):
        get(settings, 200)
    assert settings.budget.tokens == CAPACITY


def test_a_dead_server_sees_hardly_more_requests_than_calls() -> None:
    settings = shared(CAPACITY, retry=RetryPolicy(base_delay=0, jitter=0))
    wire = FakeSyncWire(lambda request: WireFailure("dead"))
    driver = SyncDriver(wire)
    for _ in range(VECTORS["storm"]["calls"]):
        with pytest.raises(NetworkError):
            driver.run(call(settings, GET))
    assert len(wire.requests) <= VECTORS["storm"]["calls"] + VECTORS["storm"]["retries_max"]


def test_a_server_that_recovers_is_retried_again() -> None:
    settings = shared(0)
    assert len(get(settings, 503).sent) == 1
    for _ in range(RETRY_COST):
        get(settings, 200)
    assert len(get(settings, 503, 200).sent) == 2
