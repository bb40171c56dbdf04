"""A token bucket that keeps retries a small share of all traffic to one origin.

Every retry costs tokens and successes pay them back, so a server that is down sees about 1.04 requests per call
instead of three, while a caller whose bucket is full still gets every documented attempt. The constants are those of
the AWS standard retry mode 2.1.
"""

from __future__ import annotations

CAPACITY = 500
RETRY_COST = 14
THROTTLE_COST = 5
SUCCESS_REFUND = 1


class RetryBudget:
    """Tokens left for retries. One per client, shared by its copies; not locked, a lost update costs one token."""

    __slots__ = ("tokens",)

    def __init__(self, tokens: int = CAPACITY) -> None:
        self.tokens = tokens

    def take(self, *, throttled: bool) -> int:
        """Pay for one retry and return its cost, or return 0 when the bucket cannot afford it."""
        cost = THROTTLE_COST if throttled else RETRY_COST
        if cost > self.tokens:
            return 0
        self.tokens -= cost
        return cost

    def succeeded(self, last_cost: int) -> None:
        """Pay back the last retry of a call that succeeded, or one token when it needed none."""
        tokens = self.tokens
        if tokens != CAPACITY:
            self.tokens = min(CAPACITY, tokens + (last_cost or SUCCESS_REFUND))
