"""One monotonic budget of seconds for everything a call does."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Clock = Callable[[], float]

FOREVER = 1e9
"""Seconds that stand for no end (31 years): timers of operating systems and libraries overflow not far above."""


class Deadline:
    """A moment on the monotonic clock that attempts, back-off and body reads all share."""

    __slots__ = ("_clock", "_expires")

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._expires = clock() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never below 0; infinite for a deadline without end."""
        left = self._expires - self._clock()
        return left if left > 0.0 else 0.0

    def __repr__(self) -> str:
        return "<Deadline never>" if math.isinf(self._expires) else f"<Deadline in {self.remaining:.3f} s>"
