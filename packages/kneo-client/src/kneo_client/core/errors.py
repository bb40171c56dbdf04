"""What can go wrong, by what it means for the caller.

    KneoError
    ├── KneoInvalidRequestError            nothing was sent: the call or the client is set up wrongly (a ValueError)
    ├── KneoNetworkError                   no usable answer; `outcome` says whether the request may have arrived
    ├── KneoProtocolError                  a 2xx whose body cannot be used; the effect may have happened
    ├── KneoWaitTimeoutError               wait_for_completion ran out of time; the run goes on (a TimeoutError)
    ├── KneoBadRequestError                400  the platform does not take the request; `code` says why
    ├── KneoAuthError                      401  missing or invalid API key
    ├── KneoPermissionError                403  the key lacks the scope
    ├── KneoNotFoundError                  404  no such resource
    │   └── KneoPlatformVersionError       the platform is too old for this; `needs` names the version that has it
    ├── KneoConflictError                  409  the resource is in another state, or locked
    │   ├── KneoIdempotencyMismatchError   409  the key was used with another payload
    │   └── KneoHumanTaskExpiredError      409  the decision came too late; see `expires_at`
    ├── KneoPayloadTooLargeError           413  the body is larger than `max_body_bytes`
    ├── KneoValidationError                422  fields of the body are wrong; the message names them
    ├── KneoRateLimitedError               429  slow down; see `retry_after`
    └── KneoServerError                    5xx  the platform failed
        └── KneoServiceUnavailableError    503  not now: not ready, or its store is away; see `retry_after`

`KneoRateLimited`, `KneoPayloadTooLarge` and `KneoServiceUnavailable` are older names of the same classes. Any other
status is a plain `KneoError`. Every one carries `status`, `code`, `body`, `request_id`, `idempotency_key`,
`retry_after`, `attempts`, `outcome`, `method`, `path` and `host` (see `sdk_engine.errors.SdkError`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.answers import ErrorTypes
from sdk_engine.bodies import error_body
from sdk_engine.errors import ConfigurationError, NetworkError, Outcome, ProtocolError, SdkError
from sdk_engine.retries import parse_retry_after

from kneo_client.core.versions import needed

if TYPE_CHECKING:
    import httpx
    from sdk_engine.messages import Response, WireFailure

    from kneo_client.types import RunStatusResponse

__all__ = [
    "KneoAuthError",
    "KneoBadRequestError",
    "KneoConflictError",
    "KneoError",
    "KneoErrors",
    "KneoHumanTaskExpiredError",
    "KneoIdempotencyMismatchError",
    "KneoInvalidRequestError",
    "KneoNetworkError",
    "KneoNotFoundError",
    "KneoPayloadTooLarge",
    "KneoPayloadTooLargeError",
    "KneoPermissionError",
    "KneoPlatformVersionError",
    "KneoProtocolError",
    "KneoRateLimited",
    "KneoRateLimitedError",
    "KneoServerError",
    "KneoServiceUnavailable",
    "KneoServiceUnavailableError",
    "KneoValidationError",
    "KneoWaitTimeoutError",
    "Outcome",
    "from_response",
]

_LONGEST_REASON = 300
_NO_PRINCIPAL = (
    "platform 1.2.0 cannot filter audit events by principal (0.4.0 ignored it); compare the events' `actor` instead."
)
_CONFLICT = 409
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SERVER_ERRORS = range(500, 600)
_UNAVAILABLE = 503
_MISMATCH_CODE = "idempotency_key_conflict"
_EXPIRED_CODES = frozenset({"human_task_expired"})
_TRANSIENT_CONFLICTS = frozenset({"idempotency_key_in_progress", "resource_locked"})


class KneoError(SdkError):
    """Base of every failure; itself raised for a status that has no class of its own.

    Attributes:
        status: HTTP status, or None for failures below HTTP.
        code: the platform's error code, such as `not_found`, when it sent one.
        body: parsed JSON, raw text or None; at most 4 kB.
        request_id: the X-Request-ID that the platform returned, else the one that was sent.
        idempotency_key: the key of a failed POST; pass it again to repeat the call safely.
        retry_after: seconds the platform asked to wait, when it did.
        attempts: how many requests were tried.
        outcome: `Outcome.NOT_SENT`, `UNKNOWN` (it may have taken effect) or `ANSWERED`.
        method, path, host: what was called (the path as a template) and where.
    """


class KneoInvalidRequestError(KneoError, ConfigurationError):
    """The call was refused before anything was sent. Fix what the message names."""


class KneoNetworkError(KneoError, NetworkError):
    """No usable answer after all allowed attempts.

    `outcome` is NOT_SENT when no connection came about: repeat at will. It is UNKNOWN when the request may have
    arrived: repeat a POST only with the same `idempotency_key`. `__cause__` is the HTTP library's exception.
    """


class KneoProtocolError(KneoError, ProtocolError):
    """The platform said success, but the body is not what was promised; the message names the field.

    The effect may have happened: look before repeating, or repeat with the same `idempotency_key`. Usually a proxy
    answered, or the platform is of another version.
    """


class KneoWaitTimeoutError(KneoError, TimeoutError):
    """The run was not at its end when the time for waiting was up. The run itself goes on.

    Attributes:
        run_id, last_status: the run (of several, the first that is open), and its state when last seen, or None.
        open_run_ids, ended: of several, those that had not ended, and those that had.
    """

    def __init__(
        self,
        message: str = "",
        *,
        run_id: str = "",
        last_status: RunStatusResponse | None = None,
        open_run_ids: tuple[str, ...] = (),
        ended: tuple[RunStatusResponse, ...] = (),
        **facts: Any,
    ) -> None:
        facts.setdefault("outcome", Outcome.UNKNOWN if last_status is None else Outcome.ANSWERED)
        super().__init__(message, **facts)
        self.run_id = run_id
        self.last_status = last_status
        self.open_run_ids = open_run_ids or ((run_id,) if run_id else ())
        self.ended = ended


class KneoBadRequestError(KneoError):
    """HTTP 400: the platform does not take the request; `code` says why. Fix it, it fails the same way again."""


class KneoAuthError(KneoError):
    """HTTP 401: the API key is missing, wrong or revoked. Check the profile."""


class KneoPermissionError(KneoError):
    """HTTP 403: the key is valid but lacks the scope; the message names it. Use another key or role."""


class KneoNotFoundError(KneoError):
    """HTTP 404: there is no such run, task or environment. Often a stale id."""


class KneoPlatformVersionError(KneoNotFoundError):
    """The platform is too old for this operation, field or filter; `needs` is the first version that has it."""

    def __init__(self, message: str = "", *, needs: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.needs = needs


class KneoConflictError(KneoError):
    """HTTP 409: the resource is in another state, or locked by another request; `code` tells which."""


class KneoIdempotencyMismatchError(KneoConflictError):
    """HTTP 409: this idempotency key was used with a different payload. A caller's bug; never repeat as it is."""


class KneoHumanTaskExpiredError(KneoConflictError):
    """HTTP 409: the time for this decision is over, and the run has gone on or ended without it.

    Attributes:
        continuation_id: the task.
        expires_at: when its time was over, in seconds since the epoch.
    """

    continuation_id: str | None = None
    expires_at: float | None = None


class KneoPayloadTooLargeError(KneoError):
    """HTTP 413: the body is too large. Send less, or put it where the platform can read it.

    Attributes:
        max_body_bytes: the largest body that the platform takes, if it said so.
    """

    max_body_bytes: int | None = None


class KneoValidationError(KneoError):
    """HTTP 422: the platform refused fields of the body or the query; the message names them. Fix them."""


class KneoRateLimitedError(KneoError):
    """HTTP 429: too many requests. Wait `retry_after` seconds, or a while if it is None."""


class KneoServerError(KneoError):
    """HTTP 5xx: the platform failed. 502, 503 and 504 were retried first; a 500 never is.

    A 502 or 504 comes from a gateway in front of the platform: `outcome` is UNKNOWN for what may have had an effect.
    """


class KneoServiceUnavailableError(KneoServerError):
    """HTTP 503: not now. Wait `retry_after` seconds, or a while if it is None; `body` may hold the checks."""


KneoRateLimited = KneoRateLimitedError
KneoPayloadTooLarge = KneoPayloadTooLargeError
KneoServiceUnavailable = KneoServiceUnavailableError


_BY_STATUS: dict[int, type[KneoError]] = {
    400: KneoBadRequestError,
    401: KneoAuthError,
    403: KneoPermissionError,
    404: KneoNotFoundError,
    413: KneoPayloadTooLargeError,
    422: KneoValidationError,
    429: KneoRateLimitedError,
    503: KneoServiceUnavailableError,
}


_DETAILS: dict[type[KneoError], tuple[str, ...]] = {
    KneoHumanTaskExpiredError: ("continuation_id", "expires_at"),
    KneoPayloadTooLargeError: ("max_body_bytes",),
}
"""What the platform's `detail` adds to an error of this class."""


def from_response(response: httpx.Response | Response, *, idempotency_key: str | None = None) -> KneoError:
    """The error for an answer that is not a success. It is returned, not raised."""
    headers = response.headers
    facts: dict[str, Any] = {
        "idempotency_key": idempotency_key,
        "request_id": headers.get("X-Request-ID"),
        "attempts": 1,
        "retry_after": parse_retry_after(headers.get("Retry-After"), headers.get("Date")),
    }
    return _from_answer(response, **facts)


def _from_answer(response: httpx.Response | Response, *, place: str = "", suffix: str = "", **facts: Any) -> KneoError:
    status = response.status_code
    parsed, kept = error_body(response.content)
    code, reason, detail = _read_detail(parsed)
    if lacks := needed(facts.get("method"), facts.get("path"), status, parsed):
        what, version = lacks
        text = f"{place}: HTTP {status}: {what} needs platform {version}, and this one does not know it{suffix}"
        return KneoPlatformVersionError(text, needs=version, status=status, body=kept, **facts)
    if code == "unknown_query_parameters" and "principal" in (detail.get("unknown") or ()):
        reason = f"{_NO_PRINCIPAL} {reason}"
    if status in _REDIRECTS:
        reason = f"redirects are not followed, and this one leads to {_shortened(response.headers.get('Location'))}"
    message = " ".join(part for part in (f"HTTP {status}", code) if part) + (f": {reason}" if reason else "")
    kind = _class_for(status, code, keyed=facts.get("idempotency_key") is not None)
    text = f"{place}: {message}{suffix}" if place else message + suffix
    error = kind(text, status=status, code=code, body=kept, **facts)
    for name in _DETAILS.get(kind, ()):
        setattr(error, name, detail.get(name))
    return error


def _class_for(status: int, code: str | None, *, keyed: bool) -> type[KneoError]:
    if status == _CONFLICT and code in _EXPIRED_CODES:
        return KneoHumanTaskExpiredError
    if status == _CONFLICT:
        mismatch = code == _MISMATCH_CODE or (code is None and keyed)
        return KneoIdempotencyMismatchError if mismatch else KneoConflictError
    return _BY_STATUS.get(status, KneoServerError if status in _SERVER_ERRORS else KneoError)


def _read_detail(parsed: Any) -> tuple[str | None, str, dict[str, Any]]:
    """Code, reason and further facts out of `detail`: an object, a list of problems, or text. Never echoed input."""
    detail: Any = parsed.get("detail") if isinstance(parsed, dict) else None
    code: str | None = None
    reason = ""
    if isinstance(detail, str):
        reason = detail
    elif isinstance(detail, dict):
        code, reason = _text(detail.get("error")), _text(detail.get("message")) or ""
    elif isinstance(detail, list):
        reason = "; ".join(_problem(item) for item in detail[:5])
    return code, _shortened(reason), detail if isinstance(detail, dict) else {}


def _problem(item: Any) -> str:
    location = item.get("loc") if isinstance(item, dict) else None
    place = ".".join(str(part) for part in location) if isinstance(location, list) else ""
    return f"{place}: {_text(item.get('msg')) or 'invalid'}" if place else "invalid"


def _shortened(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + "…"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


class KneoErrors(ErrorTypes):
    """The platform's exceptions and retry rules, as the engine asks for them."""

    def configuration(self, message: str, **facts: Any) -> KneoError:
        """Refused before anything was sent."""
        return KneoInvalidRequestError(message, **facts)

    def network(self, failure: WireFailure, message: str, **facts: Any) -> KneoError:
        """No usable answer."""
        return KneoNetworkError(message, **facts)

    def protocol(self, response: Response, message: str, **facts: Any) -> KneoError:
        """A success that cannot be read."""
        return KneoProtocolError(message, status=response.status_code, body=error_body(response.content)[1], **facts)

    def refusal(self, response: Response, place: str, suffix: str, **facts: Any) -> KneoError:
        """The error for an answer that ends a call."""
        return _from_answer(response, place=place, suffix=suffix, **facts)

    def is_transient(self, response: Response) -> bool:
        """The retryable statuses, and the two conflicts that pass by themselves (same key, same payload)."""
        if response.status_code == _CONFLICT:
            return _read_detail(error_body(response.content)[0])[0] in _TRANSIENT_CONFLICTS
        return super().is_transient(response)

    def speaks_for_server(self, response: Response) -> bool:
        """Not a gateway's 502 and 504, nor a 503 in other words than the platform's."""
        if response.status_code == _UNAVAILABLE:
            parsed = error_body(response.content)[0]
            return isinstance(parsed, dict) and bool({"detail", "ok"} & parsed.keys())
        return super().speaks_for_server(response)
