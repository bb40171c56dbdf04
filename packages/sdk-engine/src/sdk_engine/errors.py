"""Every failure of a call, sorted by what the caller may safely do next.

    SdkError
    ├── ConfigurationError    NOT_SENT   the call itself is wrong: fix it, then repeat (also a ValueError)
    ├── NetworkError          NOT_SENT   no connection: always safe to repeat
    │                         UNKNOWN    sent, no usable answer: repeat with the same idempotency key, or look first
    ├── ProtocolError         UNKNOWN    a 2xx that cannot be read: it may have taken effect, do not repeat blindly
    └── StatusError           ANSWERED   the server refused: read status, code and body

`outcome` names the branch on every error; products subclass these under their own documented names.
"""

from __future__ import annotations

import enum
from typing import Any


class Outcome(enum.Enum):
    """How far the request of a failed call got."""

    NOT_SENT = "not sent"
    UNKNOWN = "sent, outcome unknown"
    ANSWERED = "answered"


class SdkError(Exception):
    """Base of every failure.

    Attributes:
        outcome: how far the request got; decides whether repeating it is safe.
        attempts: requests that were tried, 0 when the call was refused before any I/O.
        status: HTTP status, or None when there was no answer.
        code: the server's own error code, or None.
        body: parsed JSON, raw text or None; at most 4 kB of it.
        request_id: the X-Request-ID that the server gave, else the one that the call was sent with.
        idempotency_key: the key that was sent, to be reused when repeating the call.
        retry_after: seconds the server asked to wait, or None.
        method: HTTP method of the call, or None for what concerns no single call.
        path: the operation's path template, or the path that the caller wrote, without its query.
        host: scheme, host and port of the server.
    """

    outcome: Outcome = Outcome.NOT_SENT

    def __init__(
        self,
        message: str = "",
        *,
        outcome: Outcome | None = None,
        attempts: int = 0,
        status: int | None = None,
        code: str | None = None,
        body: Any = None,
        request_id: str | None = None,
        idempotency_key: str | None = None,
        retry_after: float | None = None,
        method: str | None = None,
        path: str | None = None,
        host: str | None = None,
    ) -> None:
        super().__init__(message)
        if outcome is None and status is not None:
            outcome = Outcome.ANSWERED
        if outcome is not None:
            self.outcome = outcome
        self.attempts = attempts
        self.status = status
        self.code = code
        self.body = body
        self.request_id = request_id
        self.idempotency_key = idempotency_key
        self.retry_after = retry_after
        self.method = method
        self.path = path
        self.host = host

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__.copy())


def _restore(cls: type[SdkError], args: tuple[Any, ...], state: dict[str, Any]) -> SdkError:
    """Rebuild a pickled error without asking its constructor, which subclasses may change."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(SdkError, ValueError):
    """The call or the client is set up wrongly; nothing was sent. Fix what the message names."""


class NetworkError(SdkError):
    """No usable answer arrived. `outcome` says whether the request may have reached the server."""

    outcome = Outcome.UNKNOWN


class ProtocolError(SdkError):
    """The server said success, but the answer cannot be used. The effect may have happened."""

    outcome = Outcome.UNKNOWN


class StatusError(SdkError):
    """The server answered with a status other than 2xx."""

    outcome = Outcome.ANSWERED
