"""When to try again, and after how long. Pure values and functions: the plan in `call.py` applies them."""

from __future__ import annotations

import math
import random
import re
import time
from dataclasses import dataclass
from datetime import timezone

RETRYABLE_STATUS_CODES = frozenset({429, 502, 503, 504})
"""Answers that say "not now": the only statuses that are retried by themselves."""

IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods that may be sent twice without a key (RFC 9110, 9.2.2)."""

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
_HTTP_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"  # IMF-fixdate
    r"|[A-Z][a-z]{5,8}, [0-9]{2}-[A-Z][a-z]{2}-[0-9]{2} [0-9:]{8} GMT"  # RFC 850
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4})",  # asctime
    re.ASCII,
)


@dataclass(frozen=True)
class RetryPolicy:
    """How often to try, and how long to wait in between. The policy does no I/O.

    Attributes:
        max_attempts: total attempts including the first; 1 disables retries.
        base_delay: seconds before the second attempt; each further one doubles it.
        max_delay: cap in seconds on the computed delay, before jitter.
        jitter: fraction of the delay to randomize by, in [0, 1]; 0.1 turns 1 s into 0.9-1.1 s.

    Raises:
        ValueError: a field is out of its range; raised at construction.
    """

    max_attempts: int = 3
    base_delay: float = 0.2
    max_delay: float = 30.0
    jitter: float = 0.1

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts must be at least 1, got {self.max_attempts}")
        if not (0 <= self.base_delay < math.inf):
            raise ValueError(f"base_delay must be a finite number of seconds >= 0, got {self.base_delay}")
        if not (self.base_delay <= self.max_delay < math.inf):
            raise ValueError(f"max_delay must be finite and >= base_delay ({self.base_delay}), got {self.max_delay}")
        if not (0 <= self.jitter <= 1):
            raise ValueError(f"jitter must lie in [0, 1], got {self.jitter}")

    def delay_for(self, attempt: int, retry_after: float | None = None) -> float:
        """Seconds to sleep before `attempt` (1-indexed; 0.0 before the first).

        A `retry_after` hint from the server is returned verbatim, without jitter.
        """
        if attempt <= 1:
            return 0.0
        if retry_after is not None:
            return retry_after
        delay = self.backoff(attempt)
        return delay * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311 - spreading load, not secrets

    def backoff(self, attempt: int) -> float:
        """The delay before `attempt`, capped, without jitter."""
        doublings = min(attempt - 2, 64)  # beyond this every delay is at its cap; keeps the power finite
        return min(self.max_delay, self.base_delay * 2.0**doublings)

    def longest_total(self, timeout: float) -> float:
        """Seconds that a call can take at most: every attempt uses up `timeout`, every back-off its full jitter.

        A call's default deadline. It has a tenth and a second to spare, so that a busy machine does not cost the
        last attempt, and is generous beyond 64 attempts.
        """
        sleeps = sum(self.backoff(attempt) for attempt in range(2, min(self.max_attempts, 64) + 1))
        sleeps += max(0, self.max_attempts - 64) * self.max_delay
        return 1.1 * (timeout * self.max_attempts + sleeps * (1 + self.jitter)) + 1.0


def parse_retry_after(value: str | None, date: str | None = None) -> float | None:
    """Seconds asked for by a Retry-After value, or None when it is absent or not valid (RFC 9110, 10.2.3).

    Takes a number of seconds, with decimals as many servers send them, or an HTTP date in any of its three forms. A
    date is read against the answer's own `date` (its Date header), so that a client's clock that is wrong does no harm;
    one in the past is 0. Everything else (negative, "inf", words) is nonsense from a broken server and ignored.
    """
    if value is None:
        return None
    value = value.strip(" \t")
    if _SECONDS.fullmatch(value):
        return float(value)
    moment = _http_date(value)
    if moment is None:
        return None
    now = _http_date((date or "").strip(" \t"))
    return max(0.0, moment - (time.time() if now is None else now))


def _http_date(value: str) -> float | None:
    """Seconds since the epoch, or None for what is no HTTP date."""
    if not _HTTP_DATE.fullmatch(value):
        return None
    try:
        import email.utils

        moment = email.utils.parsedate_to_datetime(value)  # raises for a date that does not exist
    except (ValueError, OSError):
        return None
    return moment.replace(tzinfo=timezone.utc).timestamp()
