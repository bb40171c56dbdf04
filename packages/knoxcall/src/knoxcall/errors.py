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
    ├── TokenExchangeError                an identity was not exchanged for a token; see `type`
    ├── StaleAssertionError               nothing was sent: the source of identities gave an old one, or none
    ├── AIGatewayError                    the AI gateway refused a call; see `ai_gateway_error_from`
    └── WebhookSignatureVerificationError  a delivery is not to be trusted

Any other status is a plain `KnoxCallError`. Every one carries `status`, `code`, `body`, `headers`, `request_id`,
`idempotency_key`, `retry_after`, `attempts`, `outcome`, `method`, `path` and `host` (see
`sdk_engine.errors.SdkError`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sdk_engine.errors import ConfigurationError, NetworkError, ProtocolError, SdkError

if TYPE_CHECKING:
    from collections.abc import Mapping


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

    def __init__(self, message: str = "", *, headers: Mapping[str, str] | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        if headers is not None:
            self.headers = {name.lower(): value for name, value in headers.items()}


class APIUserAbortError(KnoxCallError):
    """Never raised: a name that the SDKs of other languages share."""


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


PermissionError = PermissionDeniedError  # noqa: A001 - a name that users of the published package write


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

    def __init__(self, message: str = "", *, fields: Mapping[str, list[str]] | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        if fields is not None:
            self.fields = fields


class RateLimitError(KnoxCallError):
    """HTTP 429, after the allowed attempts. Wait `retry_after` seconds, or a while if it is None."""


class ServerError(KnoxCallError):
    """HTTP 5xx, after the allowed attempts."""


class _TypedRefusal(KnoxCallError):
    """A refusal whose `code` has a second name."""

    def __init__(self, message: str = "", *, status: int | None, type: str | None = None, **facts: Any) -> None:  # noqa: A002
        facts.setdefault("code", type)
        super().__init__(message, status=status, **facts)

    @property
    def type(self) -> str | None:
        """KnoxCall's word for the reason."""
        return self.code


class SignupError(_TypedRefusal):
    """Signing up was refused.

    Attributes:
        type: KnoxCall's word for the reason, such as `slug_taken`; the same as `code`.
    """


class TokenExchangeError(_TypedRefusal):
    """An identity was not exchanged for a token. `type`, the same as `code`, is OAuth's word for the reason."""


class StaleAssertionError(KnoxCallError):
    """The source of identities gave nothing, or what was exchanged before; nothing was sent. Give a fresh one."""


class AIGatewayError(KnoxCallError):
    """The AI gateway refused a call; `code` and `error_description` are its words."""

    def __init__(self, message: str = "", *, error_description: str | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.error_description = error_description


class WebhookSignatureVerificationError(KnoxCallError):
    """The delivery is forged, damaged, too old or repeated, or the secret is wrong. Answer 400 and do nothing else."""


def __getattr__(name: str) -> Any:
    """The functions that make these errors out of answers stand in `refusals`, which stands on this module."""
    if name in ("error_from_response", "ai_gateway_error_from", "is_ai_gateway_error_body"):
        from importlib import import_module

        return getattr(import_module("knoxcall.refusals"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
