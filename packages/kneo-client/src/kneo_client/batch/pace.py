"""How many runs may be under way at once: more while the platform takes them well, fewer when it says "not now"."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from sdk_engine.retries import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST = 8.0
_LESS = 0.6  # of the limit is left when the platform is at its own
_LOOKED_AT, _TOO_MANY_SAID, _TOO_MANY = 20, 3, 8
"""Of so many attempts, so many that were answered with "not now", or so many that failed at all, mean that it is."""
_BETWEEN = RetryPolicy(base_delay=0.5, max_delay=15.0, jitter=0.3)
_LONGEST_HINT = 60.0


class Pace:
    """The limit grows by one a case, and shrinks by a part when the platform has too many.

    Above where that last happened it grows by one a round; for good if the platform said so itself, since what it
    refuses for a full queue it keeps as failed runs, else until two rounds have gone well. One attempt that is not
    taken delays its own case only: connections break, and proxies are restarted.

    Args:
        most: the limit never grows above this.
        clock: seconds that only go forward.

    Attributes:
        most: the limit never grows above this.
        refused_since: when the platform began to take nothing at all, or None.
    """

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self.most = most
        self._clock = clock
        self._limit = min(_FIRST, float(most))
        self._known_good = float("inf")
        self._said_full = False
        self._since_less = 0
        self._until = float("-inf")
        self._last: deque[str] = deque(maxlen=_LOOKED_AT)  # what became of the last attempts
        self._in_a_row = 0
        self.refused_since: float | None = None

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
        self._last.append("taken")
        self._in_a_row = 0
        self.refused_since = None
        self._since_less += 1
        fast = self._limit < self._known_good or (not self._said_full and self._since_less > 2 * self._limit)
        step = 1.0 if fast else 1.0 / self._limit
        self._limit = min(float(self.most), self._limit + step)

    def not_taken(self, *, said: bool, full_at: int | None = None, retry_after: float | None = None) -> None:
        """The platform, or the way there, took no case.

        Args:
            said: whether it answered "not now" (429, 503), as opposed to a connection that broke.
            full_at: how many runs it had when it said that its queue is full.
            retry_after: seconds that it asked to wait.
        """
        now = self._clock()
        self._last.append("not now" if said else "failed")
        self.refused_since = now if self.refused_since is None else self.refused_since
        not_now, failed = self._last.count("not now"), self._last.count("failed")
        too_many = full_at is not None or not_now >= _TOO_MANY_SAID or not_now + failed >= _TOO_MANY
        if now < self._until or not too_many:
            return
        self._last.clear()
        self._said_full = self._said_full or full_at is not None
        self._since_less = 0
        self._in_a_row += 1
        self._limit = max(1.0, min(self._limit, self._limit if full_at is None else full_at) * _LESS)
        self._known_good = self._limit
        hint = None if retry_after is None else min(retry_after, _LONGEST_HINT)
        self._until = now + max(_BETWEEN.delay_for(self._in_a_row + 1), hint or 0.0)
