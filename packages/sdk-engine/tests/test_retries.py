"""When to try again and after how long: the policy, and what Retry-After is believed."""

from __future__ import annotations

import email.utils
import json
import math
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdk_engine import retries
from sdk_engine.retries import IDEMPOTENT_METHODS, RETRYABLE_STATUS_CODES, RetryPolicy, parse_retry_after

VECTORS = json.loads((Path(__file__).parent / "data" / "retries.json").read_text())
EPOCH = VECTORS["http_dates"]["all_equal_epoch"]
DECIMALS = ("1.5",)  # RFC 9110 has none; servers send them, and our documents say float


# --- the policy


@pytest.mark.promise("kneo.retries.default-policy")
def test_the_documented_defaults() -> None:
    assert RetryPolicy() == RetryPolicy(max_attempts=3, base_delay=0.2, max_delay=30.0, jitter=0.1)
    assert {429, 502, 503, 504} == RETRYABLE_STATUS_CODES
    assert {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"} == IDEMPOTENT_METHODS


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("max_attempts", 0, "max_attempts must be at least 1, got 0"),
        ("base_delay", -0.1, "base_delay must be a finite number of seconds >= 0, got -0.1"),
        ("base_delay", math.nan, "base_delay must be a finite number of seconds >= 0, got nan"),
        ("base_delay", math.inf, "base_delay must be a finite number of seconds >= 0, got inf"),
        ("max_delay", 0.1, r"max_delay must be finite and >= base_delay \(0.2\), got 0.1"),
        ("max_delay", math.inf, r"max_delay must be finite and >= base_delay \(0.2\), got inf"),
        ("jitter", -0.1, r"jitter must lie in \[0, 1\], got -0.1"),
        ("jitter", 1.1, r"jitter must lie in \[0, 1\], got 1.1"),
        ("jitter", math.nan, r"jitter must lie in \[0, 1\], got nan"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(field: str, value: float, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        RetryPolicy(**{field: value})  # type: ignore[arg-type]


def test_the_edges_are_allowed() -> None:
    assert RetryPolicy(max_attempts=1, base_delay=0, max_delay=0, jitter=1).delay_for(2) == 0.0


@pytest.mark.promise("kneo.retries.delay-doubles", "kneo.retries.no-delay-before-first-attempt")
def test_delays_double_up_to_the_cap() -> None:
    policy = RetryPolicy(max_attempts=10, base_delay=1, max_delay=10, jitter=0)
    assert [policy.delay_for(attempt) for attempt in range(-1, 8)] == [0, 0, 0, 1, 2, 4, 8, 10, 10]


def test_a_million_attempts_stay_finite() -> None:
    assert RetryPolicy(jitter=0).delay_for(1_000_000) == 30.0
    assert RetryPolicy(base_delay=1e-300, max_delay=1.0, jitter=0).delay_for(1_000_000) < 1.0
    assert math.isfinite(RetryPolicy(max_attempts=1_000_000).longest_total(30.0))


@pytest.mark.promise("kneo.retries.jitter-range", "kneo.retries.cap-before-jitter")
def test_jitter_spreads_a_delay_evenly_over_its_range() -> None:
    policy = RetryPolicy(base_delay=1, max_delay=1, jitter=0.25)
    state = random.getstate()
    random.seed("jitter")
    delays = sorted(policy.delay_for(5) for _ in range(10_000))
    random.setstate(state)
    assert 0.75 <= delays[0] < delays[-1] <= 1.25
    expected = [0.75 + 0.5 * (rank + 0.5) / len(delays) for rank in range(len(delays))]
    furthest = max(abs(seen - wanted) / 0.5 for seen, wanted in zip(delays, expected, strict=True))
    assert furthest < 1.63 / math.sqrt(len(delays))  # Kolmogorov-Smirnov, p = 0.01


@pytest.mark.promise("kneo.retries.delay-for-retry-after")
def test_a_hint_is_taken_as_it_is() -> None:
    assert RetryPolicy().delay_for(2, 7.5) == 7.5
    assert RetryPolicy().delay_for(2, 0.0) == 0.0
    assert RetryPolicy().delay_for(1, 7.5) == 0.0


@given(
    st.integers(1, 200),
    st.floats(0, 100),
    st.floats(0, 100),
    st.floats(0, 1),
    st.floats(0.001, 1000),
)
def test_no_call_outlasts_its_default_deadline(
    attempts: int, base: float, more: float, jitter: float, timeout: float
) -> None:
    policy = RetryPolicy(attempts, base, base + more, jitter)
    pauses = sum(policy.delay_for(attempt) for attempt in range(1, attempts + 1))
    assert attempts * timeout + pauses <= policy.longest_total(timeout)


# --- Retry-After


@pytest.mark.parametrize("value", VECTORS["retry_after"]["valid"])
def test_what_the_grammar_allows_is_read(value: str) -> None:
    seconds = VECTORS["retry_after"]["valid"][value]
    assert parse_retry_after(value) == (0.0 if seconds == "past -> 0" else seconds)


@pytest.mark.parametrize("value", ["7", " 7", "7\t", "007"])
def test_blanks_and_zeros_around_a_number_do_not_matter(value: str) -> None:
    assert parse_retry_after(value) == 7.0


@pytest.mark.parametrize(("value", "seconds"), [("0.3", 0.3), ("1.5", 1.5), ("0.0", 0.0), (" 12.25\t", 12.25)])
def test_decimals_are_common_and_honoured(value: str, seconds: float) -> None:
    assert parse_retry_after(value) == seconds


@pytest.mark.parametrize("slow", [-3600, -60, 0, 60, 3600])
def test_a_date_is_read_against_the_answers_own(slow: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries.time, "time", lambda: EPOCH - slow)
    now, then = (email.utils.formatdate(EPOCH + ahead, usegmt=True) for ahead in (0, 3))
    assert parse_retry_after(then, now) == 3.0
    assert parse_retry_after(then, "not a date") == parse_retry_after(then) == max(0.0, 3.0 + slow)


@pytest.mark.parametrize(
    "value",
    [
        *(value for value in VECTORS["retry_after"]["must_ignore"] if value not in ("9*5000 digits", *DECIMALS)),
        *("9" * 5000, "1234567890", "+7", "7 s", "7,8", "\n7", "٣", "-0", "1e0", "None"),
        *(
            "Sun, 06 Nov 1994",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 +0000",
            "06 Nov 1994 08:49:37 GMT",
        ),
        *("Sun, 00 Nov 2094 08:49:37 GMT", "Sun, 06 Foo 2094 08:49:37 GMT", "Sun, 31 Feb 2094 08:49:37 GMT"),
        *("Sun, 06 Nov 2094 99:99:99 GMT", "Sun, 06 Nov 2094 :::::::: GMT", "Sun, 06 Nov 2094 12345678 GMT"),
    ],
)
def test_nonsense_is_ignored(value: str) -> None:
    assert parse_retry_after(value) is None


def test_no_header_is_no_hint() -> None:
    assert parse_retry_after(None) is None


@pytest.mark.parametrize("form", VECTORS["http_dates"]["forms"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_all_three_forms_of_a_date_mean_the_same_moment(form: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries.time, "time", lambda: EPOCH - 3.5)
    with monkeypatch.context() as context:
        context.setenv("TZ", zone)
        time.tzset()
        seconds = parse_retry_after(form)
    time.tzset()
    assert seconds == 3.5


@given(st.one_of(st.text(), st.from_regex(retries._HTTP_DATE, fullmatch=True), st.from_regex(r"[0-9:]{1,12}")))
def test_no_value_whatever_breaks_the_reader(value: str) -> None:
    seconds = parse_retry_after(value)
    assert seconds is None or 0 <= seconds < math.inf


@given(st.integers(0, 100_000_000))
def test_a_date_ahead_is_the_time_until_then(seconds: int) -> None:
    moment = int(time.time()) + seconds
    read: Any = parse_retry_after(email.utils.formatdate(moment, usegmt=True))
    assert seconds - 2.0 <= read <= seconds
