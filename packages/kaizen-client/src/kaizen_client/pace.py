"""The rate of a client's calls."""

from __future__ import annotations

import heapq
import math
import threading


class Pace:
    """Hands out one slot every `1 / rate` seconds, in the order of asking, to threads and tasks alike."""

    def __init__(self, rate: float) -> None:
        self._interval = 1 / rate
        self._next = -math.inf
        self._returned: list[float] = []  # slots to come that nobody uses; a heap
        self._lock = threading.Lock()

    def reserve(self, now: float, longest_wait: float = math.inf) -> float | None:
        """Take the next slot, and say when it begins; None if that is too far away, and then none is taken."""
        with self._lock:
            while self._returned and self._returned[0] < now:
                heapq.heappop(self._returned)
            start = self._returned[0] if self._returned else max(now, self._next)
            if start - now > longest_wait:
                return None
            if self._returned:
                heapq.heappop(self._returned)
            else:
                self._next = start + self._interval
        return start

    def give_back(self, start: float) -> None:
        """Return a slot that its owner will not use, such as that of a cancelled call."""
        with self._lock:
            heapq.heappush(self._returned, start)
