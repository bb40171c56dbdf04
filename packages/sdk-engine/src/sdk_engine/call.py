"""The life of one request, as one plan. Start reading here.

build once     request id, idempotency key, body: every attempt shares them
each attempt   auth flow -> await Send(request)
an answer      2xx: done.  Else: the policy, the budget and the deadline decide about another try
no answer      the same, if the request may be sent twice
the end        a decoded result, or one typed error that says how far the request got
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.bodies import UndecodableBody, decode_json, encode_json, error_body
from sdk_engine.budget import RetryBudget
from sdk_engine.deadline import FOREVER, Deadline
from sdk_engine.error_types import EngineErrors
from sdk_engine.errors import ConfigurationError, Outcome, SdkError
from sdk_engine.ids import (
    IDEMPOTENCY_KEY_HEADER,
    REQUEST_ID_HEADER,
    check_idempotency_key,
    generate_request_id,
    random_uuid,
)
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.operation import Operation, raw_target
from sdk_engine.redaction import check_header
from sdk_engine.retries import IDEMPOTENT_METHODS, RetryPolicy, parse_retry_after
from sdk_engine.steps import Send, Sleep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sdk_engine.auth import AuthFlow
    from sdk_engine.error_types import ErrorTypes

T = TypeVar("T")

_SUCCESS = range(200, 300)
_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429
_FRAMING = frozenset({"host", "connection", "content-type", "content-length", "transfer-encoding"})  # never a caller's
_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass
class ClientSettings:
    """What every call of one client has in common. Holds the credentials: never shown in a repr.

    Attributes:
        base_url: what targets are appended to, without a slash at its end.
        headers: fields of every request, the credential among them; callers cannot replace them.
        timeout: seconds for one attempt, body included, `math.inf` for no end.
        retry: when to try again.
        errors: the exceptions to raise.
        auth: a plan around each attempt, for credentials that are more than a header.
        budget: what retries are paid from; clients may share one.
        keyed_methods: methods that carry an idempotency key, and so may be sent twice.
        key_header: where they carry it.
        new_key: makes a fresh key.
        request_id_header: where the call's id goes; None sends no id.
        encode: turns a body into bytes; a `ValueError` refuses it.
        repeatable_methods: methods that may be sent twice without a key.
        clock: seconds that only go forward.
        logger: told of every retry, at INFO.
    """

    base_url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    timeout: float = 30.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    errors: ErrorTypes = field(default_factory=EngineErrors, repr=False)
    auth: AuthFlow | None = field(default=None, repr=False)
    budget: RetryBudget = field(default_factory=RetryBudget, repr=False)
    keyed_methods: frozenset[str] = frozenset({"POST"})
    key_header: str = IDEMPOTENCY_KEY_HEADER
    new_key: Callable[[], str] = field(default=random_uuid, repr=False)
    request_id_header: str | None = REQUEST_ID_HEADER
    encode: Callable[[object], bytes] = field(default=encode_json, repr=False)
    repeatable_methods: frozenset[str] = IDEMPOTENT_METHODS
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    logger: logging.Logger | logging.LoggerAdapter[logging.Logger] = field(
        default_factory=lambda: logging.getLogger("sdk_engine"), repr=False
    )

    def __post_init__(self) -> None:
        self.timeout = min(self.timeout, FOREVER)
        self.reserved = _FRAMING | {name.lower() for name in (*self.headers, self.request_id_header or "")}
        self.longest_total = min(self.retry.longest_total(self.timeout), FOREVER)


@dataclass(frozen=True)
class RequestOptions:
    """What one call may set for itself.

    Attributes:
        headers: extra header fields; those the client sets itself cannot be replaced.
        idempotency_key: the key to send instead of a fresh one; only methods that carry one use it.
        request_id: the id to send instead of a fresh one.
        timeout: seconds for one attempt, body included, `math.inf` for no end; None means the client's.
        deadline: seconds for the whole call, back-off included, `math.inf` for no end; None means what the retry
            policy can use up.
    """

    headers: Mapping[str, str] | None = field(default=None, repr=False)
    idempotency_key: str | None = None
    request_id: str | None = None
    timeout: float | None = None
    deadline: float | None = None


DEFAULT_OPTIONS = RequestOptions()


async def call(
    shared: ClientSettings,
    operation: Operation[T],
    segments: Mapping[str, object] = _NOTHING,
    *,
    query: Mapping[str, object] | None = None,
    json: object = None,
    options: RequestOptions = DEFAULT_OPTIONS,
) -> T:
    """The plan behind every typed method: call an operation and decode its result.

    Args:
        segments: values of the path's placeholders.
        query: None values are left out, sequences repeat their name.
        json: the body, as `shared.encode` takes it; None sends none.

    Raises:
        ConfigurationError: an argument is unusable, nothing was sent: fix it. (All types are those of `shared.errors`.)
        NetworkError: no usable answer: read its `outcome` before repeating.
        ProtocolError: a 2xx of another shape: the effect may have happened, look before repeating.
        SdkError: the server refused, in the type that `shared.errors` gives its answer.
    """
    life = Life(shared, operation.method, options)
    response = await life.run(lambda: operation.target(segments, query), json)
    try:
        return decode_json(response.content, operation.result())
    except UndecodableBody as exc:
        problem = str(exc)
    raise life.unusable(response, f"the answer to {operation.method} {operation.path} is not usable: {problem}")


async def exchange(
    shared: ClientSettings,
    method: str,
    path: str,
    *,
    query: Mapping[str, object] | None = None,
    json: object = None,
    options: RequestOptions = DEFAULT_OPTIONS,
) -> Response:
    """The plan for a request that no operation describes: its 2xx answer, undecoded. Raises as `call` does."""
    return await Life(shared, method, options).run(lambda: raw_target(path, query), json)


class Life:
    """One call under way: what all its attempts share, and what has happened so far."""

    __slots__ = ("attempts", "cost", "deadline", "key", "method", "options", "request_id", "settings", "unsettled")

    def __init__(self, shared: ClientSettings, method: str, options: RequestOptions) -> None:
        self.settings = shared
        self.method = str(method).upper()
        self.options = options
        self.request_id = options.request_id or (generate_request_id() if shared.request_id_header else None)
        self.key: str | None = None
        self.attempts = 0
        self.unsettled = False  # an attempt left without an answer, and no later one has settled it
        self.cost = 0  # what the last retry cost the budget

    async def run(self, target: Callable[[], str], json: object) -> Response:
        """Try until there is a 2xx answer, or no further try is allowed."""
        shared, options = self.settings, self.options
        request = self.build(target, json)
        limit = shared.timeout if options.timeout is None else options.timeout
        self.deadline = deadline = Deadline(self.total(limit), shared.clock)
        result: Response | WireFailure
        while True:
            self.attempts += 1
            remaining = deadline.remaining
            timeout = limit if limit < remaining else remaining
            try:
                if shared.auth is None:
                    result = await Send(request, timeout)
                else:
                    result = await shared.auth.send(request, timeout, deadline)
            except WireFailure as failure:  # a result like any other
                result = failure
            if isinstance(result, Response) and self.is_final(result):
                shared.budget.succeeded(self.cost)
                return result
            delay, refusal = self.next_delay(result)
            if refusal is not None:
                raise self.failed(result, refusal) from getattr(result, "__cause__", None)
            shared.logger.info(*_describe(result, self.attempts, delay))
            await Sleep(delay)

    def total(self, limit: float) -> float:
        """Seconds for the whole call, whose attempts may each take `limit`."""
        shared, asked = self.settings, self.options.deadline
        if asked is not None:
            return min(asked, FOREVER)
        return shared.longest_total if limit <= shared.timeout else min(shared.retry.longest_total(limit), FOREVER)

    def build(self, target: Callable[[], str], json: object) -> Request:
        """Stamp and check everything before any I/O."""
        shared, options = self.settings, self.options
        try:
            if not (self.method.isascii() and self.method.isalpha()):
                raise ConfigurationError("method must be the name of an HTTP method, such as GET")
            if options.timeout is not None:
                _check_seconds("timeout", options.timeout)
            if options.deadline is not None:
                _check_seconds("deadline", options.deadline)
            headers = self.headers()
            content, content_type = self.encoded(json)
            if content_type is not None:
                headers["Content-Type"] = content_type
            return Request(self.method, shared.base_url, target(), headers, content)
        except ValueError as exc:
            problem = str(exc)
        raise shared.errors.configuration(problem)

    def encoded(self, body: object) -> tuple[bytes | None, str | None]:
        """A body as it goes out, and its type."""
        if body is None:
            return None, None
        return self.settings.encode(body), self.settings.headers.get("Content-Type", "application/json")

    def headers(self) -> dict[str, str]:
        """Caller's headers, then the client's, then the ids: later ones win."""
        shared, options = self.settings, self.options
        given_key = options.idempotency_key
        headers = shared.headers.copy()
        if options.headers:
            headers, key = self.merged_headers(options.headers)
            given_key = key if given_key is None else given_key
        if shared.request_id_header is not None and self.request_id is not None:
            if options.request_id is not None:
                check_header(shared.request_id_header, options.request_id)
            headers[shared.request_id_header] = self.request_id
        if self.method in shared.keyed_methods:
            if given_key is not None:
                check_idempotency_key(given_key)
            headers[shared.key_header] = self.key = given_key or shared.new_key()
        return headers

    def merged_headers(self, given: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
        """The caller's headers with the client's on top, and the idempotency key that was among them."""
        shared = self.settings
        keyed = shared.key_header.lower() if self.method in shared.keyed_methods else None
        kept: dict[str, str] = {}
        key: str | None = None
        for name, value in given.items():
            check_header(name, value)
            if name.lower() == keyed:
                key = value
            elif name.lower() not in shared.reserved:
                kept[name] = value
        return {**kept, **shared.headers}, key

    def next_delay(self, result: Response | WireFailure) -> tuple[float, str | None]:
        """Seconds until the next try, or the reason why there is none ('' when it would be pointless)."""
        shared = self.settings
        if isinstance(result, WireFailure):
            transient, hint, throttled = result.transient, None, False
            self.unsettled = self.unsettled or result.outcome is Outcome.UNKNOWN
        else:
            transient = shared.errors.is_transient(result)
            hint = parse_retry_after(result.headers.get("Retry-After"))
            throttled = result.status_code == _TOO_MANY_REQUESTS
            self.unsettled = self.unsettled and (transient or result.status_code >= _SERVER_ERROR)
        if not transient or not self.may_repeat(result) or self.attempts >= shared.retry.max_attempts:
            return 0.0, ""
        delay = shared.retry.delay_for(self.attempts + 1, hint or None)  # "0" asks for no particular delay
        if delay >= self.deadline.remaining:
            return 0.0, f"not retried: the next try would be {delay:.6g} s away, beyond the call's deadline"
        self.cost = shared.budget.take(throttled=throttled)
        if not self.cost:
            return 0.0, "not retried: the retry budget for this client is used up"
        return delay, None

    def is_final(self, response: Response) -> bool:
        """Whether this answer is the call's result: a 2xx."""
        return response.status_code in _SUCCESS

    def may_repeat(self, result: Response | WireFailure) -> bool:
        """Whether the request may be sent once more after this result."""
        return self.method in self.settings.repeatable_methods or self.key is not None

    def failed(self, result: Response | WireFailure, refusal: str) -> SdkError:
        """The error for a call that ends here."""
        errors = self.settings.errors
        suffix = f" ({refusal})" if refusal else ""
        if isinstance(result, WireFailure):
            return errors.network(f"{result}{suffix}", **self.facts(Outcome.NOT_SENT))
        return errors.from_answer(result, suffix=suffix, **self.facts(Outcome.ANSWERED))

    def unusable(self, response: Response, message: str) -> SdkError:
        """The error for a 2xx answer that cannot be read: the effect may have happened."""
        self.unsettled = True
        _, body = error_body(response.content)
        return self.settings.errors.protocol(
            message, status=response.status_code, body=body, **self.facts(Outcome.UNKNOWN)
        )

    def facts(self, settled: Outcome) -> dict[str, Any]:
        """What every error of this call carries."""
        return {
            "outcome": Outcome.UNKNOWN if self.unsettled else settled,
            "attempts": self.attempts,
            "request_id": self.request_id,
            "idempotency_key": self.key,
        }


def _check_seconds(name: str, seconds: object) -> None:
    if not isinstance(seconds, (int, float)) or not seconds >= 0:  # NaN is not
        raise ConfigurationError(f"{name} must be a number of seconds, not below 0, got {seconds!r}")


def _describe(result: Response | WireFailure, attempt: int, delay: float) -> tuple[object, ...]:
    if isinstance(result, WireFailure):
        return "transport error on attempt %d; sleeping %.2fs: %s", attempt, delay, result
    return "status %d on attempt %d; sleeping %.2fs", result.status_code, attempt, delay
