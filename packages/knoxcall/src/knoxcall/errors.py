"""What can go wrong, by what it means for the caller.

    KnoxCallError
    ├── InvalidRequestError               nothing was sent: an argument is unusable (also a ValueError)
    ├── BootstrapError                    nothing was sent: settings or credentials are unusable (also a ValueError)
    │   └── NotAuthenticatedError         there are no credentials, or the platform gave none
    ├── APIConnectionError                no usable answer; `outcome` says whether the request may have arrived
    │   └── APIConnectionTimeoutError     time ran out
    ├── UnusableResponseError             a 2xx that cannot be used; the effect may have happened
    ├── AuthenticationError          401  the credential is wrong, expired or revoked
    ├── PaymentRequiredError         402  the plan does not cover it
    ├── PermissionDeniedError        403  the credential lacks a scope
    ├── NotFoundError                404  no such resource
    ├── ConflictError                409  the resource is in another state
    ├── ValidationError         422, 400  `fields` says what is wrong
    ├── RateLimitError               429  slow down; see `retry_after`
    ├── ServerError                  5xx  KnoxCall failed
    ├── SignupError                       signing up was refused; see `type`
    └── WebhookSignatureVerificationError  a delivery is not to be trusted

Any other status is a plain `KnoxCallError`. Every one carries `status`, `code`, `body`, `headers`, `request_id`,
`idempotency_key`, `retry_after`, `attempts`, `outcome`, `method`, `path` and `host` (see
`sdk_engine.errors.SdkError`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.answers import ErrorTypes
from sdk_engine.bodies import error_body
from sdk_engine.errors import ConfigurationError, NetworkError, ProtocolError, SdkError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sdk_engine.messages import Response, WireFailure

RETRYABLE = frozenset({408, 429, 500, 502, 503, 504})
"""Answers to management requests that are tried again."""

_BAD_REQUEST = 400
_CLOCKS_AGREE = 30
"""Seconds; proofs are not refused for less."""
_SERVER_ERRORS = range(500, 600)

E = TypeVar("E", bound="KnoxCallError")


class KnoxCallError(SdkError):
    """Base of every failure; itself raised for a status that has no class of its own.

    Attributes:
        status: HTTP status, or None when there was no answer.
        code: KnoxCall's error code, such as `not_found`, when it sent one.
        request_id: KnoxCall's id of the request, to quote to its support, when it sent one.
        headers: the answer's header fields, names in lower case.
        body: parsed JSON, raw text or None; at most 4 kB.
        retry_after: seconds the server asked to wait, or None.
        attempts: how many requests were tried.
        idempotency_key: the key of a failed write; pass it again to repeat the call safely.
        outcome: `Outcome.NOT_SENT`, `UNKNOWN` (it may have taken effect) or `ANSWERED`.
        method: HTTP method of the call, or None for what concerns no single call.
        path: its template, such as `/v1/routes/{route_id}`; a proxied path is never shown.
        host: scheme, host and port that were called.
    """

    headers: Mapping[str, str] = MappingProxyType({})


class InvalidRequestError(KnoxCallError, ConfigurationError):
    """The call was refused before anything was sent. Fix what the message names."""


class BootstrapError(KnoxCallError, ConfigurationError):
    """Settings, credentials or the tenant are missing or contradict each other. Fix what the message names."""


class NotAuthenticatedError(BootstrapError):
    """No credential was found, or the platform that should give one did not; the message says where was looked."""


class APIConnectionError(KnoxCallError, NetworkError):
    """No usable answer after all allowed attempts.

    `outcome` is NOT_SENT when no connection came about: repeat at will. It is UNKNOWN when the request may have
    arrived: repeat a write only with the same `idempotency_key`.
    """


class APIConnectionTimeoutError(APIConnectionError):
    """Time ran out; `outcome` says at which stage."""


class UnusableResponseError(KnoxCallError, ProtocolError):
    """The server said success, but the body is not what was promised. Usually something in between answered.

    The effect may have happened: look before repeating, or repeat with the same `idempotency_key`.
    """


class AuthenticationError(KnoxCallError):
    """HTTP 401, also after a fresh token was tried. Check the credential, or log in again."""


class PaymentRequiredError(KnoxCallError):
    """HTTP 402: the plan does not include it, or its limit is reached."""


class PermissionDeniedError(KnoxCallError):
    """HTTP 403: the credential is valid but may not do this. Use one with more scopes."""


class NotFoundError(KnoxCallError):
    """HTTP 404: there is no such resource."""


class ConflictError(KnoxCallError):
    """HTTP 409: the resource is in another state; `code` tells which. Never retried."""


class ValidationError(KnoxCallError):
    """HTTP 422, or 400 with code `validation_error`: fix the fields and call again.

    Attributes:
        fields: problems by field name.
    """

    fields: Mapping[str, list[str]] = MappingProxyType({})


class RateLimitError(KnoxCallError):
    """HTTP 429, after the allowed attempts. Wait `retry_after` seconds, or a while if it is None."""


class ServerError(KnoxCallError):
    """HTTP 5xx, after the allowed attempts."""


class SignupError(KnoxCallError):
    """Signing up was refused.

    Attributes:
        type: KnoxCall's word for the reason, such as `slug_taken`; the same as `code`.
    """

    @property
    def type(self) -> str | None:
        """KnoxCall's word for the reason."""
        return self.code


class WebhookSignatureVerificationError(KnoxCallError):
    """The delivery is forged, damaged, too old or repeated, or the secret is wrong. Answer 400 and do nothing else."""


_BY_STATUS: dict[int, type[KnoxCallError]] = {
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: ValidationError,
    429: RateLimitError,
}


class KnoxCallErrors(ErrorTypes):
    """KnoxCall's exceptions, and what the management API's answers mean."""

    def configuration(self, message: str, **facts: Any) -> SdkError:
        """The call is set up wrongly; nothing was sent."""
        return InvalidRequestError(message, **facts)

    def network(self, failure: WireFailure, message: str, **facts: Any) -> SdkError:
        """No usable answer came."""
        return (APIConnectionTimeoutError if failure.timed_out else APIConnectionError)(message, **facts)

    def protocol(self, response: Response, message: str, **facts: Any) -> SdkError:
        """A 2xx that cannot be read."""
        kept = error_body(response.content)[1]
        error = UnusableResponseError(message, status=response.status_code, body=kept, **facts)
        error.headers = _headers(response)
        return error

    def refusal(self, response: Response, place: str, suffix: str, **facts: Any) -> SdkError:
        """An answer that is no 2xx: the server's own words, if it has any."""
        return build_error(_class_of(response), response, suffix, **facts)

    def is_transient(self, response: Response) -> bool:
        """The retryable statuses; never a conflict."""
        return response.status_code in RETRYABLE


class ProxyErrors(KnoxCallErrors):
    """The same for proxied calls, where any answer is the result: the upstream's status belongs to the caller."""

    def passes(self, response: Response) -> bool:
        """Always."""
        return True


def build_error(kind: type[E], response: Response, suffix: str = "", **facts: Any) -> E:
    """An error of this class with everything the answer says."""
    parsed, kept = error_body(response.content)
    code, message, request_id = _read(parsed)
    headers = _headers(response)
    facts["request_id"] = headers.get("x-request-id") or request_id
    error = kind(
        (message or f"HTTP {response.status_code}") + _clock_problem(code, message, headers) + suffix,
        status=response.status_code,
        code=code,
        body=kept,
        **facts,
    )
    error.headers = headers
    if isinstance(error, ValidationError):
        error.fields = _fields(parsed)
    return error


def _headers(response: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers}


def _clock_problem(code: str | None, message: str | None, headers: Mapping[str, str]) -> str:
    """What the server's Date says about this machine's clock, where that may be why a proof was refused."""
    challenge = headers.get("www-authenticate", "")
    if code != "invalid_dpop_proof" and "invalid_dpop_proof" not in challenge:
        return ""
    import time
    from email.utils import parsedate_to_datetime

    try:
        ahead = round(time.time() - parsedate_to_datetime(headers["date"]).timestamp())
    except (KeyError, ValueError, TypeError):
        return ""
    if abs(ahead) < _CLOCKS_AGREE and "iat" not in f"{message} {challenge}":
        return ""
    side = "ahead of" if ahead > 0 else "behind"
    return f" (this machine's clock is {abs(ahead)} s {side} the server's, and a proof says when it was made)"


def _class_of(response: Response) -> type[KnoxCallError]:
    status = response.status_code
    if status == _BAD_REQUEST and _read(error_body(response.content)[0])[0] == "validation_error":
        return ValidationError
    return ServerError if status in _SERVER_ERRORS else _BY_STATUS.get(status, KnoxCallError)


def _read(parsed: Any) -> tuple[str | None, str | None, str | None]:
    """Code, message and request id out of the three shapes KnoxCall uses.

    `{"error": {"type", "message", "request_id"}}`, `{"error": text, "errorId"}` and OAuth's
    `{"error": code, "error_description"}`, the last two with an optional `code` and `message`.
    """
    if not isinstance(parsed, dict):
        return None, None, None
    error = parsed.get("error")
    if isinstance(error, dict):
        code = _text(error.get("type"))
        return code, _text(error.get("message")) or code, _text(error.get("request_id"))
    code = _text(parsed.get("code")) or _text(error)
    message = _text(parsed.get("error_description")) or _text(parsed.get("message")) or _text(error)
    return code, message, _text(parsed.get("request_id")) or _text(parsed.get("errorId"))


def _fields(parsed: Any) -> dict[str, list[str]]:
    """`fields` of the body or of its `error`; one text counts as a list of one."""
    if not isinstance(parsed, dict):
        return {}
    error = parsed.get("error")
    fields = parsed.get("fields") or (error.get("fields") if isinstance(error, dict) else None)
    if not isinstance(fields, dict):
        return {}
    return {
        str(name): [str(item) for item in problems] if isinstance(problems, list) else [str(problems)]
        for name, problems in fields.items()
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
