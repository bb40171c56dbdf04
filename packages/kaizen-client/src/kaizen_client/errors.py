"""What can go wrong, by what it means for the caller.

    KaizenError
    ├── KaizenConfigurationError      nothing was sent: the configuration is wrong; the message names the setting
    ├── KaizenInvalidRequestError     nothing was sent: the payload has no JSON form, or the client is closed
    ├── KaizenRequestError            no usable answer; `original` is the lower layer's exception
    ├── KaizenAPIError                an answer other than 2xx, redirects included
    │   ├── KaizenRateLimitError      429  slow down; see `retry_after`
    │   ├── KaizenValidationError     422  the service refused the payload; see `details`
    │   └── KaizenResponseError       a 2xx that cannot be used (also a ValueError)
    └── KaizenProviderError           a vendor's SDK failed inside a provider wrapper; it keeps its own type too

A payload that breaks its model raises `pydantic.ValidationError`, before anything is sent.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sdk_engine.answers import ErrorTypes
from sdk_engine.bodies import error_body
from sdk_engine.errors import ConfigurationError, NetworkError, ProtocolError, SdkError, StatusError
from sdk_engine.retries import parse_retry_after

if TYPE_CHECKING:
    from sdk_engine.messages import Response, WireFailure

DEFAULT_RETRY_STATUS_CODES = frozenset({429, 500, 502, 503, 504})
"""The answers that a retry policy retries. All operations compute and store nothing, so a 500 may be repeated."""

_LONGEST_TEXT = 300
_PROVIDER_FACTS = frozenset({"provider", "encoded", "outcome", "attempts", "status", "request_id", "retry_after"})
_KEPT_FIELDS = ("detail", "message", "code", "error", "request_id")


class KaizenError(SdkError):
    """Base of every failure of this package.

    Attributes:
        outcome: `NOT_SENT`, `UNKNOWN` (sent, no usable answer) or `ANSWERED`.
        attempts: how many requests were tried.
        request_id: the X-Request-ID of the call, to find it in the service's logs.
        retry_after: seconds that the service asked to wait, or None.
    """


class KaizenConfigurationError(KaizenError, ConfigurationError):
    """The configuration cannot be used; nothing was sent. Correct the setting or variable that the message names."""


class KaizenInvalidRequestError(KaizenError, ConfigurationError, TypeError):
    """The call was refused before anything was sent. Fix what the message names."""


class KaizenRequestError(KaizenError, NetworkError):
    """No usable answer arrived. Every operation may be repeated: none changes anything at the service.

    Attributes:
        original: the exception of the layer below, also its `__cause__`; None when there is none.
    """

    def __init__(
        self, message: str = "no answer from the Kaizen API", original: BaseException | None = None, **facts: Any
    ) -> None:
        super().__init__(message, **facts)
        self._original = original
        if original is not None:
            self.__cause__ = original

    @property
    def message(self) -> str:
        """What happened, in a sentence."""
        return str(self)

    @property
    def original(self) -> BaseException | None:
        """The exception of the layer below."""
        return self.__cause__ if self._original is None else self._original

    def __reduce__(self) -> tuple[Any, ...]:
        restore, (cls, args, state) = super().__reduce__()
        state["_original"] = _picklable(self.original)
        return restore, (cls, args, state)


class KaizenAPIError(KaizenError, StatusError):
    """The service answered with a status other than 2xx.

    Attributes:
        status_code: HTTP status.
        payload: the body: parsed JSON, or else its text, or None; at most about 4 kB of it.
        headers: the answer's headers, looked up without regard to case.
        error_code: the service's own code, when it sent one.
        details: the single problems of a refused payload (`loc`, `msg`, `type`), or an empty list.
    """

    def __init__(
        self,
        status_code: int,
        payload: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        suffix: str = "",
        **facts: Any,
    ) -> None:
        self.status_code = status_code
        self.payload = payload
        self.headers: Mapping[str, str] = {} if headers is None else headers
        body: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
        detail = body.get("detail")
        self.details: list[Any] = list(detail) if isinstance(detail, list) else []
        request_id = _header(self.headers, "x-request-id") or _text(body.get("request_id"))
        facts["request_id"] = request_id or facts.get("request_id")
        facts.setdefault("retry_after", parse_retry_after(_header(self.headers, "retry-after")))
        super().__init__(
            f"Kaizen API error {status_code}: {_shortened(payload)}{suffix}",
            status=status_code,
            code=_text(body.get("code")) or _text(body.get("error")),
            body=payload,
            **facts,
        )

    @property
    def error_code(self) -> str | None:
        """The service's own code for the problem, when it sent one."""
        return self.code

    @property
    def message(self) -> str:
        """The service's sentence about the problem, else this error's own."""
        body: Mapping[str, Any] = self.payload if isinstance(self.payload, Mapping) else {}
        return _text(body.get("detail")) or _text(body.get("message")) or str(self)


class KaizenRateLimitError(KaizenAPIError):
    """HTTP 429: the account's rate limit. Wait `retry_after` seconds, or a while when it is None."""


class KaizenValidationError(KaizenAPIError):
    """HTTP 422: the service refused the payload. `details` names the fields; the same call fails again."""


class KaizenResponseError(KaizenAPIError, ProtocolError, ValueError):
    """A 2xx whose body is not the JSON object it should be. Usually a proxy answered; the call may be repeated."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(200 if status is None else status, body, headers, suffix=f" ({message})", **facts)


class KaizenProviderError(KaizenError):
    """A vendor's SDK failed inside a provider wrapper. The exception is an instance of the vendor's class as well.

    Attributes:
        provider: "openai", "anthropic" or "gemini".
        encoded: Kaizen's answer for the prompt, which was paid for already; None when it had not come to that.
        partial: for a stream, what had come of it, with the fields of its last event; it is not pickled.
    """

    provider: str = ""
    encoded: dict[str, Any] | None = None
    partial: dict[str, Any] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Without the vendor's class, which may not be picklable; `provider`, `encoded` and our other facts stay."""
        plain = KaizenProviderError(str(self))
        vars(plain).update({name: value for name, value in vars(self).items() if name in _PROVIDER_FACTS})
        return SdkError.__reduce__(plain)


class KaizenErrors(ErrorTypes):
    """The exceptions above and the retry rules, as the engine asks for them."""

    def __init__(self, retry_on: frozenset[int] = DEFAULT_RETRY_STATUS_CODES) -> None:
        self._retry_on = retry_on

    def configuration(self, message: str, **facts: Any) -> KaizenError:
        """Refused before anything was sent."""
        return KaizenInvalidRequestError(message, **facts)

    def network(self, failure: WireFailure, message: str, **facts: Any) -> KaizenError:
        """No usable answer."""
        return KaizenRequestError(message, **facts)

    def protocol(self, response: Response, message: str, **facts: Any) -> KaizenError:
        """A 2xx that cannot be read."""
        status, body = response.status_code, error_body(response.content)[1]
        return KaizenResponseError(message, status=status, body=body, headers=_headers(response), **facts)

    def refusal(self, response: Response, place: str, suffix: str, **facts: Any) -> KaizenAPIError:
        """The error for an answer that ends a call, or for a 2xx that says no in its body."""
        status = response.status_code
        parsed, kept = error_body(response.content)
        if isinstance(parsed, dict) and not isinstance(kept, dict):
            kept = {name: _shortened(parsed[name]) for name in _KEPT_FIELDS if name in parsed}
        types: dict[int, type[KaizenAPIError]] = {429: KaizenRateLimitError, 422: KaizenValidationError}
        error = types.get(status, KaizenAPIError)
        return error(status, kept, _headers(response), suffix=f" ({place}){suffix}", **facts)

    def speaks_for_server(self, response: Response) -> bool:
        """Always: no operation has an effect that could be unknown."""
        return True

    def is_transient(self, response: Response) -> bool:
        """The statuses that the configuration lists."""
        return response.status_code in self._retry_on


def _headers(response: Response) -> Mapping[str, str]:
    import httpx

    return httpx.Headers([(name.encode(), value.encode()) for name, value in response.headers])


def _shortened(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _picklable(original: BaseException | None) -> BaseException | None:
    try:
        pickle.loads(pickle.dumps(original))  # noqa: S301 - its own bytes
    except Exception:  # noqa: BLE001 - whatever a foreign class does in its __reduce__
        return None
    return original
