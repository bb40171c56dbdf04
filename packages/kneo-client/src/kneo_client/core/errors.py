"""What can go wrong, by what it means for the caller.

    KneoError
    ├── KneoInvalidRequestError            nothing was sent: the call or the client is set up wrongly (a ValueError)
    ├── KneoNetworkError                   no usable answer; `outcome` says whether the request may have arrived
    ├── KneoProtocolError                  a 2xx whose body cannot be used; the effect may have happened
    ├── KneoWaitTimeoutError               wait_for_completion ran out of time; the run goes on (a TimeoutError)
    ├── KneoAuthError                      401  missing or invalid API key
    ├── KneoPermissionError                403  the key lacks the scope
    ├── KneoNotFoundError                  404  no such resource
    ├── KneoConflictError                  409  the resource is in another state, or locked
    │   └── KneoIdempotencyMismatchError   409  the key was used with another payload
    ├── KneoRateLimited                    429  slow down; see `retry_after`
    └── KneoServerError                    5xx  the platform failed

Any other status is a plain `KneoError`. Every one of them carries `status`, `code`, `body`, `request_id`,
`idempotency_key`, `retry_after`, `attempts` and `outcome` (see `sdk_engine.errors.SdkError`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import error_body
from sdk_engine.errors import ConfigurationError, NetworkError, Outcome, ProtocolError, SdkError
from sdk_engine.retries import RETRYABLE_STATUS_CODES, parse_retry_after

if TYPE_CHECKING:
    import httpx
    from sdk_engine.messages import Response

    from kneo_client.types import RunStatusResponse

__all__ = [
    "KneoAuthError",
    "KneoConflictError",
    "KneoError",
    "KneoErrors",
    "KneoIdempotencyMismatchError",
    "KneoInvalidRequestError",
    "KneoNetworkError",
    "KneoNotFoundError",
    "KneoPermissionError",
    "KneoProtocolError",
    "KneoRateLimited",
    "KneoServerError",
    "KneoWaitTimeoutError",
    "Outcome",
    "from_response",
]

_LONGEST_REASON = 300
_CONFLICT = 409
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SERVER_ERRORS = range(500, 600)
_MISMATCH_CODE = "idempotency_key_conflict"
_TRANSIENT_CONFLICTS = frozenset({"idempotency_key_in_progress", "resource_locked"})


class KneoError(SdkError):
    """Base of every failure; itself raised for a status that has no class of its own.

    Attributes:
        status: HTTP status, or None for failures below HTTP.
        code: the platform's error code, such as `not_found`, when it sent one.
        body: parsed JSON, raw text or None; at most 4 kB.
        request_id: the X-Request-ID of the call, to look it up in the platform's logs.
        idempotency_key: the key of a failed POST; pass it again to repeat the call safely.
        retry_after: seconds the platform asked to wait, when it did.
        attempts: how many requests were tried.
        outcome: `Outcome.NOT_SENT`, `UNKNOWN` (it may have taken effect) or `ANSWERED`.
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
        run_id: the run that was waited for.
        last_status: its status when last seen, or None if it was never seen.
    """

    def __init__(
        self, message: str = "", *, run_id: str = "", last_status: RunStatusResponse | None = None, **facts: Any
    ) -> None:
        facts.setdefault("outcome", Outcome.UNKNOWN if last_status is None else Outcome.ANSWERED)
        super().__init__(message, **facts)
        self.run_id = run_id
        self.last_status = last_status


class KneoAuthError(KneoError):
    """HTTP 401: the API key is missing, wrong or revoked. Check the profile."""


class KneoPermissionError(KneoError):
    """HTTP 403: the key is valid but lacks the scope; the message names it. Use another key or role."""


class KneoNotFoundError(KneoError):
    """HTTP 404: there is no such run, task or environment. Often a stale id."""


class KneoConflictError(KneoError):
    """HTTP 409: the resource is in another state, or locked by another request; `code` tells which."""


class KneoIdempotencyMismatchError(KneoConflictError):
    """HTTP 409: this idempotency key was used with a different payload. A caller's bug; never repeat as it is."""


class KneoRateLimited(KneoError):
    """HTTP 429: too many requests. Wait `retry_after` seconds, or a while if it is None."""


class KneoServerError(KneoError):
    """HTTP 5xx: the platform failed. 502, 503 and 504 were retried first; a 500 never is."""


_BY_STATUS: dict[int, type[KneoError]] = {
    401: KneoAuthError,
    403: KneoPermissionError,
    404: KneoNotFoundError,
    429: KneoRateLimited,
}


def from_response(response: httpx.Response | Response, *, idempotency_key: str | None = None) -> KneoError:
    """The error for an answer that is not a success. It is returned, not raised."""
    request_id = response.headers.get("X-Request-ID")
    return _from_answer(response, idempotency_key=idempotency_key, request_id=request_id, attempts=1)


def _from_answer(response: httpx.Response | Response, *, suffix: str = "", **facts: Any) -> KneoError:
    status = response.status_code
    parsed, kept = error_body(response.content)
    code, reason = _read_detail(parsed)
    if status in _REDIRECTS:
        reason = f"redirects are not followed, and this one leads to {_shortened(response.headers.get('Location'))}"
    message = " ".join(part for part in (f"HTTP {status}", code) if part) + (f": {reason}" if reason else "")
    return _class_for(status, code, keyed=facts.get("idempotency_key") is not None)(
        message + suffix,
        status=status,
        code=code,
        body=kept,
        retry_after=parse_retry_after(response.headers.get("Retry-After")),
        **facts,
    )


def _class_for(status: int, code: str | None, *, keyed: bool) -> type[KneoError]:
    if status == _CONFLICT:
        mismatch = code == _MISMATCH_CODE or (code is None and keyed)
        return KneoIdempotencyMismatchError if mismatch else KneoConflictError
    if status in _SERVER_ERRORS:
        return KneoServerError
    return _BY_STATUS.get(status, KneoError)


def _read_detail(parsed: Any) -> tuple[str | None, str]:
    """Code and reason out of `{"detail": {"error", "message"} | [{"loc", "msg"}] | text}`; never echoed input."""
    detail: Any = parsed.get("detail") if isinstance(parsed, dict) else None
    code: str | None = None
    reason = ""
    if isinstance(detail, str):
        reason = detail
    elif isinstance(detail, dict):
        code, reason = _text(detail.get("error")), _text(detail.get("message")) or ""
    elif isinstance(detail, list):
        reason = "; ".join(_problem(item) for item in detail[:5])
    return code, _shortened(reason)


def _problem(item: Any) -> str:
    location = item.get("loc") if isinstance(item, dict) else None
    place = ".".join(str(part) for part in location) if isinstance(location, list) else ""
    return f"{place}: {_text(item.get('msg')) or 'invalid'}" if place else "invalid"


def _shortened(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + "…"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


class KneoErrors:
    """The platform's exceptions and retry rules, as the engine asks for them."""

    configuration = KneoInvalidRequestError
    network = KneoNetworkError
    protocol = KneoProtocolError

    def from_answer(self, response: Response, *, suffix: str, **facts: Any) -> KneoError:
        """The error for an answer that ends a call."""
        return _from_answer(response, suffix=suffix, **facts)

    def is_transient(self, response: Response) -> bool:
        """The retryable statuses, and the two conflicts that pass by themselves (same key, same payload)."""
        if response.status_code == _CONFLICT:
            return _read_detail(error_body(response.content)[0])[0] in _TRANSIENT_CONFLICTS
        return response.status_code in RETRYABLE_STATUS_CODES
