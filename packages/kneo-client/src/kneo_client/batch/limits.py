"""Ceilings of cost and time."""

from __future__ import annotations

from dataclasses import dataclass

from kneo_client.core.errors import KneoInvalidRequestError


@dataclass(frozen=True, slots=True)
class Limits:
    """What a batch may use up. At a ceiling nothing further is sent; `resume` with a higher one goes on.

    Attributes:
        seconds: of one `submit` or `resume`. When they are over, runs under way go on without being waited for.
        tokens: of all runs of the batch, earlier ones included. Runs under way are waited for, so that they can exceed
            it by what they use. A platform that counts no tokens never reaches it.
    """

    seconds: float | None = None
    tokens: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("seconds", self.seconds), ("tokens", self.tokens)):
            if value is not None and not (isinstance(value, (int, float)) and value >= 0):
                raise KneoInvalidRequestError(f"the limit of {name} must be a number >= 0 or None, got {value!r}")
