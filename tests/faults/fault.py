"""What a row of the fault catalogue is: a fault, and what a good client makes of it.

A row is a name, what the origin does, and the outcome that is right: success with the right object, or one typed
error that says how far the request got, after so many attempts. What a client promises about the content of a 2xx
differs: kneo_client's typed calls a model, kaizen_client an object, `request` nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sdk_engine.errors import Outcome

if TYPE_CHECKING:
    from tests.faults.behaviours import Behave

About = Literal["idempotency keys", "Retry-After", "host names", ""]
"""What only some clients have rules about."""

Promise = Literal["answer", "object", "model"]
"""What a client says of a success: that the server sent it, that it is a JSON object, that it has the right fields."""


@dataclass(frozen=True)
class Right:
    """What may come of a call: success, or an error with one of these outcomes after one of these attempts.

    Attributes:
        breaks: what a server breaks that answers so; clients that do not promise it may succeed.
        status: of the answer, if that decides how often is right: clients say which they retry.
    """

    outcomes: frozenset[Outcome] = frozenset()
    attempts: frozenset[int] = frozenset({1, 2, 3})
    success: bool = False
    breaks: Promise = "answer"
    status: int | None = None

    @property
    def must_fail(self) -> bool:
        """Whether success would be false."""
        return not self.success


@dataclass(frozen=True)
class Fault:
    """One row of the catalogue.

    Attributes:
        at: where the fault strikes: with a request, when a connection is accepted, or at another place altogether.
        warm: calls to make before the one that is judged.
        timeout: seconds for one attempt.
        alone: whether it keeps the machine so busy that others would be late.
        about: something that a client without rules for it need not meet.
    """

    name: str
    behave: Behave
    right: Right
    at: str = "request"
    warm: int = 0
    timeout: float = 2.0
    alone: bool = False
    about: About = ""


def failed(outcome: Outcome, *attempts: int, breaks: Promise = "answer") -> Right:
    """An error is right, with this outcome, after this many attempts; none given means any."""
    return Right(frozenset({outcome}), frozenset(attempts or (1, 2, 3)), breaks=breaks)


GATEWAYS = frozenset({502, 503, 504})
"""Statuses that a gateway gives, too: what became of a write is unknown then, a read is answered.

503 is the server's own where its body is."""


def answered(status: int) -> Right:
    """The refusal with this status is right, after as many attempts as the client makes for it."""
    said = {Outcome.ANSWERED, Outcome.UNKNOWN} if status in GATEWAYS else {Outcome.ANSWERED}
    return Right(frozenset(said), status=status)


FINE = Right(success=True)
NOT_SENT = failed(Outcome.NOT_SENT, 3)
CUT = failed(Outcome.UNKNOWN, 3)  # no whole answer: sent again, as GET and keyed POST may be
BROKEN = failed(Outcome.UNKNOWN)  # not HTTP: whether to try again is a matter of taste
REFUSED = failed(Outcome.UNKNOWN, 1)  # too large, or never offered: trying again cannot help
ANSWERED = failed(Outcome.ANSWERED, 1)
ANSWERED_AFTER_RETRIES = failed(Outcome.ANSWERED, 3)
NO_OBJECT = failed(Outcome.UNKNOWN, 1, breaks="object")  # a 2xx that is not what was promised
NO_MODEL = failed(Outcome.UNKNOWN, 1, breaks="model")
TASTE = Right(frozenset(Outcome), success=True)  # both readings have a reason; never untyped, late or mixed up
