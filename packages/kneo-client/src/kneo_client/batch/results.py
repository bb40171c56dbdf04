"""What a batch tells about its cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

OPEN = ("pending", "running")
"""Statuses of cases that have no outcome yet: not sent, and sent."""

REFUSED = "refused"
"""The platform did not take the case."""

LOST = "lost"
"""The platform no longer knows the run."""

FAILURES = ("failed", "timed_out", "expired", "cancelled", REFUSED, LOST)
"""Outcomes that `retry_failed` tries again."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case and what has become of it.

    Attributes:
        id: the case's id.
        input: its input.
        status: pending or running; completed, failed, cancelled, timed_out, expired as the platform ended the run;
            blocked when it waits for a person; refused when the platform did not take the case; lost when it no longer
            knows the run.
        run_id: its run, once there is one.
        output: what the run answered.
        error: `{"type": ..., "message": ...}` of a failure.
        key: the idempotency key of its last attempt.
        attempts: how often it was tried, retries that you asked for included.
        seconds: from its creation to its end, on the platform's clock where it tells, else as seen from here.
        tokens: that the run used, where the platform counts them.
    """

    id: str | int
    input: str
    status: str
    run_id: str | None = None
    output: str | None = None
    error: dict[str, Any] | None = None
    key: str = ""
    attempts: int = 1
    seconds: float | None = None
    tokens: int | None = None

    @property
    def failed(self) -> bool:
        """Whether it has an outcome that is a failure."""
        return self.status in FAILURES


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """How far a batch is.

    Attributes:
        name: the batch's name.
        counts: cases by status.
        tokens: that its runs have used.
        queue_full: attempts that the platform met with a full queue. Each has left a run of its own there, failed with
            `queue_full`, that belongs to no case.
        stopped: why it stopped before its end, or None.
    """

    name: str
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    tokens: int = 0
    queue_full: int = 0
    stopped: str | None = None

    @property
    def total(self) -> int:
        """All cases."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Cases without an outcome."""
        return sum(self.counts.get(status, 0) for status in OPEN)

    @property
    def done(self) -> int:
        """Cases with an outcome."""
        return self.total - self.open

    @property
    def failed(self) -> int:
        """Cases whose outcome is a failure."""
        return sum(self.counts.get(status, 0) for status in FAILURES)

    @property
    def finished(self) -> bool:
        """Whether every case has an outcome."""
        return not self.open

    def __str__(self) -> str:
        parts = ", ".join(f"{count:,} {status}" for status, count in sorted(self.counts.items()) if count)
        text = f"{self.name}: {self.done:,} of {self.total:,} done ({parts or 'no cases'})"
        if self.queue_full:
            text += f"; {self.queue_full} attempts met a full queue, each left a failed run on the platform"
        return f"{text}; stopped: {self.stopped}" if self.stopped else text
