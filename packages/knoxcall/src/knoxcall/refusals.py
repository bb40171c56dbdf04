"""Which error an answer is: the server's own words, its status, and what stands around them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.answers import ErrorTypes
from sdk_engine.bodies import error_body
from sdk_engine.messages import Response
from sdk_engine.retries import parse_retry_after

from knoxcall.errors import (
    AIGatewayError,
    APIConnectionError,
    APIConnectionTimeoutError,
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    KnoxCallError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnusableResponseError,
    ValidationError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sdk_engine.errors import SdkError
    from sdk_engine.messages import WireFailure

RETRYABLE = frozenset({408, 429, 500, 502, 503, 504})
"""Answers to management requests that are tried again."""

_BAD_REQUEST = 400
_CLOCKS_AGREE = 30
"""Seconds; proofs are not refused for less."""
_SERVER_ERRORS = range(500, 600)

E = TypeVar("E", bound="KnoxCallError")

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


def error_from_response(status: int, body: object = None, headers: Mapping[str, str] | None = None) -> KnoxCallError:
    """The error that this answer of the management API is raised as; to be raised by the caller.

    Args:
        status: HTTP status.
        body: parsed JSON, text, bytes or None.
        headers: the answer's header fields.
    """
    answer = _answer(status, body, headers)
    hint = parse_retry_after(answer.headers.get("Retry-After"), answer.headers.get("Date"))
    return build_error(_class_of(answer), answer, retry_after=hint)


def ai_gateway_error_from(status: int, body: object, headers: Mapping[str, str] | None = None) -> AIGatewayError | None:
    """The AI gateway's refusal of a call, or None for an answer that is none of its refusals."""
    if not is_ai_gateway_error_body(body):
        return None
    words: Any = body
    answer = _answer(status, body, headers)
    return AIGatewayError(
        words["error_description"],
        error_description=words["error_description"],
        status=status,
        code=words["code"],
        body=error_body(answer.content)[1],
        headers=headers or {},
        request_id=answer.headers.get("X-Request-Id"),
        retry_after=parse_retry_after(answer.headers.get("Retry-After"), answer.headers.get("Date")),
    )


def is_ai_gateway_error_body(body: object) -> bool:
    """Whether this is `{"error", "error_description", "code"}` of the AI gateway, where the first is the last."""
    if not isinstance(body, dict):
        return False
    words: Any = body
    names = ("error", "error_description", "code")
    return all(isinstance(words.get(name), str) for name in names) and words["error"] == words["code"]


def _answer(status: int, body: object, headers: Mapping[str, str] | None) -> Response:
    if body is None or isinstance(body, (str, bytes)):
        content = body.encode() if isinstance(body, str) else body or b""
    else:
        content = json.dumps(body, default=str).encode()
    return Response(status, content, list((headers or {}).items()))
