"""The life of one request, as one plan. Start reading here.

build once     request id, idempotency key, body: every attempt shares them
each attempt   auth flow -> await Send(request)
an answer      it passes: done.  Else: the policy, the budget and the deadline decide about another try
no answer      the same, if the request may be sent twice
the end        a decoded result, or one typed error that says how far the request got

What a product adds are values: an `Operation` that decodes, `ErrorTypes` that say what answers mean, an `AuthFlow`
around each attempt. Nothing here is for inheriting.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from sdk_engine.bodies import Content, RefusedInside, UndecodableBody
from sdk_engine.deadline import FOREVER, Deadline
from sdk_engine.errors import ConfigurationError, Outcome, SdkError
from sdk_engine.httpx_response import httpx_response
from sdk_engine.ids import REQUEST_ID_HEADER, check_idempotency_key, generate_request_id
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.observe import Attempt, Ended, tell
from sdk_engine.operation import Operation, raw_target
from sdk_engine.redaction import check_header
from sdk_engine.retries import parse_retry_after
from sdk_engine.settings import DEFAULT_OPTIONS, ClientSettings, RequestOptions
from sdk_engine.steps import Send, Sleep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_NOTHING: Mapping[str, object] = MappingProxyType({})


async def call(
    settings: ClientSettings,
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
        json: the body, as `settings.encode` takes it, or a `Content` that goes out as it is; None sends none.

    Raises:
        ConfigurationError: an argument is unusable, nothing was sent: fix it. (All types are those of
            `settings.errors`.)
        NetworkError: no usable answer: read its `outcome` before repeating.
        ProtocolError: a success of another shape: the effect may have happened, look before repeating.
        SdkError: the server refused, in the type that `settings.errors` gives its answer.
    """
    under_way = _Call(settings, operation.method, operation.path, options)
    response = await under_way.run(lambda: operation.target(segments, query), json)
    problem: str | None
    try:
        result = operation.decode(response)
    except UndecodableBody as exc:
        problem = f"the answer to {operation.method} {operation.path} is not usable: {exc}"
    except RefusedInside:
        problem = None
    else:
        under_way.ended(None, response.status_code)
        return result
    raise under_way.refused(response) if problem is None else under_way.unusable(response, problem)


async def exchange(
    settings: ClientSettings,
    method: str,
    path: str,
    *,
    query: Mapping[str, object] | None = None,
    json: object = None,
    options: RequestOptions = DEFAULT_OPTIONS,
    target: Callable[[], str] | None = None,
) -> Response:
    """The plan for a request that no operation describes: its answer, undecoded. Raises as `call` does.

    With a `target` of its own (path and query as they go out), `path` only stands in errors, logs and events.
    """
    under_way = _Call(settings, method, path, options, shown=path if target else None)
    response = await under_way.run(target or (lambda: raw_target(path, query)), json)
    under_way.ended(None, response.status_code)
    return response


class _Call:
    """One call under way: what all its attempts share, and what has happened so far."""

    __slots__ = (
        *("attempts", "began", "cost", "deadline", "key", "method", "options", "path"),
        *("request_id", "retry", "settings", "shown", "unsettled"),
    )

    def __init__(
        self, settings: ClientSettings, method: str, path: str, options: RequestOptions, *, shown: str | None = None
    ) -> None:
        self.settings = settings
        self.method = str(method).upper()
        self.path = path.partition("?")[0] if isinstance(path, str) and "://" not in path else ""
        self.shown = shown  # the path in messages; left out, the one that the request goes to
        self.options = options
        self.retry = options.retry or settings.retry
        self.request_id = options.request_id or (generate_request_id() if settings.request_id_header else None)
        self.key: str | None = None
        self.attempts = 0
        self.unsettled = False  # an attempt left without an answer, and no later one has settled it
        self.cost = 0  # what the last retry cost the budget
        self.began = settings.clock()

    async def run(self, target: Callable[[], str], json: object) -> Response:
        """Try until there is an answer that passes, or no further try is allowed."""
        settings, options, observers = self.settings, self.options, self.settings.observers
        request = self.build(target, json)
        limit = settings.timeout if options.timeout is None else options.timeout
        self.deadline = deadline = Deadline(self.total(limit), settings.clock)
        result: Response | WireFailure
        while True:
            self.attempts += 1
            remaining = deadline.remaining
            timeout = limit if limit < remaining else remaining
            started = settings.clock() if observers else 0.0
            try:
                if settings.auth is None:
                    result = await Send(request, timeout, remaining)
                else:
                    result = await settings.auth.send(request, timeout, deadline)
            except WireFailure as failure:  # a result like any other
                result = failure
            except SdkError as error:  # of the auth flow
                self.ended(error)
                raise
            attempt = self.attempted(result, started) if observers else None
            if isinstance(result, Response) and settings.errors.passes(result):
                settings.budget.succeeded(self.cost)
                if options.on_response is not None:
                    options.on_response(httpx_response(result, self.method, settings.base_url + request.target))
                return result
            delay, refusal = self.next_delay(result)
            if refusal is not None:
                raise self.failed(result, refusal) from getattr(result, "__cause__", None)
            if observers:
                tell(observers, "retrying", attempt, delay)
            await Sleep(delay)

    def total(self, limit: float) -> float:
        """Seconds for the whole call, whose attempts may each take `limit`."""
        settings, asked = self.settings, self.options.deadline
        if asked is not None:
            return min(asked, FOREVER)
        if limit <= settings.timeout and self.retry is settings.retry:
            return settings.longest_total
        return min(self.retry.longest_total(max(limit, settings.timeout)), FOREVER)

    def build(self, target: Callable[[], str], json: object) -> Request:
        """Stamp and check everything before any I/O."""
        settings, options = self.settings, self.options
        try:
            if not (self.method.isascii() and self.method.isalpha()):
                raise ConfigurationError("method must be the name of an HTTP method, such as GET")
            if options.timeout is not None:
                _check_seconds("timeout", options.timeout)
            if options.deadline is not None:
                _check_seconds("deadline", options.deadline)
            headers = self.headers()
            content = None
            if json is not None:
                body = json if isinstance(json, Content) else Content(settings.encode(json))
                content = body.data
                if body.type is not None and "Content-Type" not in headers:
                    headers["Content-Type"] = body.type
            goes_to = target()
            if self.shown is None:
                self.shown = goes_to.partition("?")[0]
            return Request(self.method, settings.base_url, goes_to, headers, content, streamed=options.streamed)
        except ValueError as exc:
            problem = str(exc)
        error = settings.errors.configuration(problem, **self.facts(Outcome.NOT_SENT))
        self.ended(error)
        raise error

    def headers(self) -> dict[str, str]:
        """The client's and the caller's headers, then the ids."""
        settings, options = self.settings, self.options
        given_key = options.idempotency_key
        headers = settings.headers.copy()
        if options.headers:
            headers, key = self.merged_headers(options.headers)
            given_key = key if given_key is None else given_key
        if settings.request_id_header is not None and self.request_id is not None:
            if options.request_id is not None:
                check_header(settings.request_id_header, options.request_id)
            headers[settings.request_id_header] = self.request_id
        if self.method in settings.keyed_methods:
            if given_key is not None:
                check_idempotency_key(given_key)
            headers[settings.key_header] = self.key = given_key or settings.new_key()
        return headers

    def merged_headers(self, given: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
        """The client's headers with the caller's, and the idempotency key that was among them.

        Names are compared without regard to case; a caller's replace ours, except for those that are not a caller's.
        """
        settings = self.settings
        keyed = settings.key_header.lower() if self.method in settings.keyed_methods else None
        fields = {name.lower(): (name, value) for name, value in settings.headers.items()}
        key: str | None = None
        for name, value in given.items():
            check_header(name, value)
            lower = name.lower()
            if lower == keyed:
                key = value
            elif lower not in settings.not_callers:
                fields[lower] = ("Content-Type" if lower == "content-type" else name), value
        return dict(fields.values()), key

    def next_delay(self, result: Response | WireFailure) -> tuple[float, str | None]:
        """Seconds until the next try, or the reason why there is none ('' when it would be pointless)."""
        settings = self.settings
        if isinstance(result, WireFailure):
            transient, hint, throttled, final = result.transient, None, False, False
            self.unsettled = self.unsettled or result.outcome is Outcome.UNKNOWN
        else:
            transient, hint, final = settings.errors.is_transient(result), _retry_after(result), result.final
            throttled = result.status_code == _TOO_MANY_REQUESTS
            settled = not transient and result.status_code < _SERVER_ERROR
            self.unsettled = (self.unsettled and not settled) or not self.was_answered(result)
        if not transient or final or not self.may_repeat(result) or self.attempts >= self.retry.max_attempts:
            return 0.0, ""
        delay = self.retry.delay_for(self.attempts + 1, hint or None)  # "0" asks for no particular delay
        if delay >= self.deadline.remaining:
            return 0.0, f"not retried: the next try would be {delay:.6g} s away, beyond the call's deadline"
        self.cost = settings.budget.take(throttled=throttled)
        if not self.cost:
            return 0.0, "not retried: the retry budget for this client is used up"
        return delay, None

    def may_repeat(self, result: Response | WireFailure) -> bool:
        """Whether the request may be sent once more after this result."""
        if self.method in self.settings.repeatable_methods or self.key is not None:
            return True
        unsent = isinstance(result, WireFailure) and result.outcome is Outcome.NOT_SENT
        return unsent and self.settings.repeat_unsent

    def was_answered(self, response: Response) -> bool:
        """Whether this answer says what became of the request. A gateway's does not, where there may be an effect."""
        return self.method in _READING or self.settings.errors.speaks_for_server(response)

    def failed(self, result: Response | WireFailure, refusal: str) -> SdkError:
        """The error for a call that ends here."""
        suffix = f" ({refusal})" if refusal else ""
        if not isinstance(result, WireFailure):
            return self.refused(result, suffix)
        facts = self.facts(Outcome.NOT_SENT)
        error = self.settings.errors.network(result, f"{self.place}: {result}{suffix}", **facts)
        self.ended(error)
        return error

    def refused(self, response: Response, suffix: str = "") -> SdkError:
        """The error for an answer that says no."""
        facts = self.facts(Outcome.ANSWERED, response)
        error = self.settings.errors.refusal(response, self.place, suffix, retry_after=_retry_after(response), **facts)
        self.ended(error, response.status_code)
        return error

    def unusable(self, response: Response, message: str) -> SdkError:
        """The error for a success that cannot be read: the effect may have happened."""
        self.unsettled = True
        error = self.settings.errors.protocol(response, message, **self.facts(Outcome.UNKNOWN, response))
        self.ended(error, response.status_code)
        return error

    def facts(self, settled: Outcome, response: Response | None = None) -> dict[str, Any]:
        """What every error of this call carries."""
        given = None if response is None else response.headers.get(REQUEST_ID_HEADER)
        return {
            "outcome": Outcome.UNKNOWN if self.unsettled else settled,
            "attempts": self.attempts,
            "request_id": given or self.request_id,
            "idempotency_key": self.key,
            "method": self.method,
            "path": self.path,
            "host": self.host,
        }

    @property
    def place(self) -> str:
        """Method and URL, without its query: how a message begins."""
        path = self.path if self.shown is None else self.shown
        return f"{self.method} {_without_login(self.settings.base_url)}{path}"

    @property
    def host(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(_without_login(self.settings.base_url))
        return f"{parts.scheme}://{parts.netloc}"

    def attempted(self, result: Response | WireFailure, started: float) -> Attempt:
        """Tell the observers of an attempt."""
        status, failure = (None, str(result)) if isinstance(result, WireFailure) else (result.status_code, None)
        seconds = self.settings.clock() - started
        attempt = Attempt(self.method, self.path, self.host, self.attempts, status, failure, seconds, self.request_id)
        tell(self.settings.observers, "attempted", attempt)
        return attempt

    def ended(self, error: SdkError | None, status: int | None = None) -> None:
        """Tell the observers that the call is over."""
        if observers := self.settings.observers:
            seconds = self.settings.clock() - self.began
            event = Ended(self.method, self.path, self.host, self.attempts, status, error, seconds, self.request_id)
            tell(observers, "ended", event)


def _check_seconds(name: str, seconds: object) -> None:
    if not isinstance(seconds, (int, float)) or not seconds >= 0:  # NaN is not
        raise ConfigurationError(f"{name} must be a number of seconds, not below 0, got {seconds!r}")


def _retry_after(response: Response) -> float | None:
    return parse_retry_after(response.headers.get("Retry-After"), response.headers.get("Date"))


def _without_login(url: str) -> str:
    """The URL without a name and password in it."""
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return scheme + mark + host.rpartition("@")[2] + slash + path
