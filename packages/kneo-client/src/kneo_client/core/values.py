"""Values that the platform knows by name. Statuses are open text: a newer platform may have more of them."""

from __future__ import annotations

from typing import Literal

SortOrder = Literal["asc", "desc"]

Decision = Literal["approved", "rejected", "edited", "selected", "provided"]
"""What a person can say to a human task."""

TaskStatus = Literal["pending", "escalated"]

RunStatus = (
    Literal["created", "running", "paused", "blocked", "completed", "failed", "cancelled", "timed_out", "expired"] | str
)
