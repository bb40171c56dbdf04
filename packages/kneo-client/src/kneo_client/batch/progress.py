"""How a batch gets on: the figures, and what shows them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kneo_client.batch.results import BatchStatus, CaseResult

_WINDOW = 20.0  # seconds over which the rate is taken
_EVERY = 0.5  # seconds between two tellings


@dataclass(frozen=True, slots=True)
class Progress:
    """Figures of one moment.

    Attributes:
        done: cases with an outcome, failures included.
        failed: those of them that are failures.
        running: cases that were sent.
        total: all cases.
        rate: outcomes a second, lately.
        eta: seconds that are left at this rate, or None while there is no rate.
    """

    done: int
    failed: int
    running: int
    total: int
    rate: float
    eta: float | None

    def __str__(self) -> str:
        share = self.done / self.total if self.total else 1.0
        left = "" if self.eta is None or self.done == self.total else f", {duration(self.eta)} left"
        return (
            f"{self.done:,} of {self.total:,} done ({share:.0%}), {self.failed:,} failed, {self.running:,} running,"
            f" {self.rate:.1f}/s{left}"
        )


def duration(seconds: float) -> str:
    """`7 s`, `3:20` or `2:05:00`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Meter:
    """Counts while a batch runs."""

    def __init__(self, status: BatchStatus, clock: Callable[[], float]) -> None:
        self._done, self._failed, self._total = status.done, status.failed, status.total
        self.tokens = status.tokens
        self._clock = clock
        self._past: deque[tuple[float, int]] = deque([(clock(), self._done)])
        self._told: tuple[int, int] | None = None
        self._next = clock()

    def done(self, case: CaseResult) -> None:
        """A case has its outcome."""
        self._done += 1
        self._failed += case.failed
        self.tokens += case.tokens or 0

    def news(self, running: int) -> Progress | None:
        """The figures, when they have changed and were not told a moment ago."""
        now = self._clock()
        if (self._done, running) == self._told or (now < self._next and running):
            return None
        self._told, self._next = (self._done, running), now + _EVERY
        self._past.append((now, self._done))
        while len(self._past) > 2 and self._past[0][0] < now - _WINDOW:
            self._past.popleft()
        since, before = self._past[0]
        rate = (self._done - before) / (now - since) if now > since else 0.0
        eta = (self._total - self._done) / rate if rate else None
        return Progress(self._done, self._failed, running, self._total, rate, eta)
