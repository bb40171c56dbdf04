"""KnoxCall's retry timing, and the keys that make a repeated write safe."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from sdk_engine.retries import RetryPolicy

LONGEST_RETRY_AFTER = 30.0
"""Seconds; a server that asks for more is asked again after this."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_LENGTH = 26
_RANDOM_BITS = 80


@dataclass(frozen=True)
class Backoff(RetryPolicy):
    """Doubling delays, each between half of itself and all of it; `Retry-After` goes first, up to 30 s."""

    base_delay: float = 0.1
    max_delay: float = 5.0
    jitter: float = 0.5

    def delay_for(self, attempt: int, retry_after: float | None = None) -> float:
        """Seconds to sleep before `attempt` (1-indexed)."""
        if retry_after is not None:
            return min(retry_after, LONGEST_RETRY_AFTER)
        import random

        return self.backoff(attempt) * random.uniform(1 - self.jitter, 1)  # noqa: S311 - spreading load, not secrets

    def longest_total(self, timeout: float) -> float:
        """Seconds that a call can take at most, every pause as long as a server may ask for."""
        return timeout * self.max_attempts + max(self.max_delay, LONGEST_RETRY_AFTER) * (self.max_attempts - 1)


def new_ulid() -> str:
    """A fresh ULID: 26 characters that sort by time."""
    number = time.time_ns() // 1_000_000 << _RANDOM_BITS | int.from_bytes(os.urandom(_RANDOM_BITS // 8), "big")
    return "".join([_ALPHABET[number >> shift & 31] for shift in range(5 * (_ULID_LENGTH - 1), -1, -5)])
