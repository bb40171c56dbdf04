"""How many runs may be under way at once: more while the platform takes them well, fewer when it says "not now"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.retries import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST = 8.0
_LESS = 0.6  # of the limit is left after a "not now"
_BETWEEN = RetryPolicy(base_delay=0.5, max_delay=15.0, jitter=0.3)
_LONGEST_HINT = 60.0


class Pace:
    """Additive increase, multiplicative decrease; until the first "not now" the limit doubles with every round.

    Args:
        most: the limit never grows above this.
        clock: seconds that only go forward.

    Attributes:
        most: the limit never grows above this.
        refusals: how often the platform said "not now" without taking a case in between.
        refused_since: when it first did.
    """

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self.most = most
        self._clock = clock
        self._limit = min(_FIRST, float(most))
        self._until = float("-inf")
        self._careful = False
        self.refusals = 0
        self.refused_since = 0.0

    @property
    def limit(self) -> int:
        """Runs that may be under way now; at least one."""
        return int(self._limit)

    @property
    def pause(self) -> float:
        """Seconds in which nothing is to be sent."""
        return max(0.0, self._until - self._clock())

    def taken(self) -> None:
        """The platform took a case."""
        self.refusals = 0
        self._limit = min(self.most, self._limit + (1.0 / self._limit if self._careful else 1.0))

    def not_now(self, under_way: int, retry_after: float | None = None) -> None:
        """The platform, or the way there, took no case: 429, 503, a full queue, no connection.

        Many say so at once; they count as one.

        Args:
            under_way: runs that it had taken before.
            retry_after: seconds that it asked to wait.
        """
        now = self._clock()
        if now < self._until:
            return
        self.refused_since = self.refused_since if self.refusals else now
        self.refusals += 1
        self._careful = True
        self._limit = max(1.0, min(self._limit, max(under_way, 1)) * _LESS)
        hint = None if retry_after is None else min(retry_after, _LONGEST_HINT)
        self._until = now + max(_BETWEEN.delay_for(self.refusals + 1), hint or 0.0)
