"""One call of one operation, as a plan: what Kaizen adds around the engine's `call`.

check the payload -> look into the cache -> wait for the rate limit -> sdk_engine.call -> keep, log, count
"""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
import math
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sdk_engine.call import RequestOptions, Shared, call
from sdk_engine.decoding import UndecodableBody, decode_json, encode_json
from sdk_engine.errors import Outcome, SdkError
from sdk_engine.operation import Operation
from sdk_engine.request_id import generate_request_id
from sdk_engine.retries import IDEMPOTENT_METHODS, RetryPolicy
from sdk_engine.steps import Invoke, Sleep

from kaizen_client.errors import KaizenAPIError, KaizenErrors, KaizenInvalidRequestError, KaizenRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kaizen_client.config import KaizenClientConfig

logger = logging.getLogger("kaizen_client")
logger.addHandler(logging.NullHandler())

_NO_RETRIES = RetryPolicy(max_attempts=1)


def _object() -> type[dict[str, Any]]:
    return dict[str, Any]


OPERATIONS: dict[str, Operation[dict[str, Any]]] = {
    "compress": Operation("POST", "/v1/compress", _object),
    "decompress": Operation("POST", "/v1/decompress", _object),
    "optimize": Operation("POST", "/v1/optimize", _object),
    "optimize_request": Operation("POST", "/v1/optimize/request", _object),
    "optimize_response": Operation("POST", "/v1/optimize/response", _object),
    "prompts_encode": Operation("POST", "/v1/prompts/encode", _object),
    "prompts_decode": Operation("POST", "/v1/prompts/decode", _object),
    "health": Operation("GET", "/", _object),
}


@dataclass
class Answer:
    """What a call gave: the service's JSON object and the id under which its logs know the call."""

    body: dict[str, Any]
    request_id: str


class Pace:
    """Hands out one slot every `1 / rate` seconds, to threads and tasks alike."""

    def __init__(self, rate: float) -> None:
        self._interval = 1 / rate
        self._next = -math.inf
        self._lock = threading.Lock()

    def reserve(self, now: float) -> float:
        """Take the next slot; the seconds until it begins."""
        with self._lock:
            start = max(now, self._next)
            self._next = start + self._interval
        return start - now


@dataclass
class Session:
    """What all calls of one client share. `with_options` makes copies that differ in `shared` and `options` only."""

    config: KaizenClientConfig
    shared: Shared
    pace: Pace | None
    options: RequestOptions
    closed: threading.Event

    @classmethod
    def open(cls, config: KaizenClientConfig, *, injected: bool) -> Session:
        """The session of a new client."""
        headers = config.headers()
        request_id = next((headers.pop(name) for name in list(headers) if name.lower() == "x-request-id"), None)
        shared = Shared(
            base_url=config.base_url.rstrip("/"),
            headers=headers,
            timeout=math.inf if injected else config.timeout,
            retry=config.retry or _NO_RETRIES,
            errors=KaizenErrors(frozenset(config.retry_on_status_codes)),
            keyed_methods=frozenset(),
            repeatable_methods=IDEMPOTENT_METHODS | {"POST"},
            logger=logger,
        )
        rate = config.max_requests_per_second
        options = RequestOptions(request_id=request_id, deadline=config.deadline)
        return cls(config, shared, Pace(rate) if rate else None, options, threading.Event())

    def with_options(
        self,
        headers: Mapping[str, str] | None,
        request_id: str | None,
        timeout: float | None,
        deadline: float | None,
        retry: RetryPolicy | None,
    ) -> Session:
        """A copy for which these values replace the present ones; None keeps one."""
        options = replace(
            self.options,
            headers=self.options.headers if headers is None else dict(headers),
            request_id=request_id or self.options.request_id,
            timeout=timeout or self.options.timeout,
            deadline=deadline or self.options.deadline,
        )
        shared = self.shared if retry is None else replace(self.shared, retry=retry)
        return replace(self, shared=shared, options=options)

    async def run(self, name: str, payload: object = None) -> Answer:
        """The plan of every operation."""
        if self.closed.is_set():
            raise KaizenInvalidRequestError("this client is closed; create a new one")
        body = None if name == "health" else _body_of(name, payload)
        key = None
        if body is not None and self.config.cache is not None:
            key = _cache_key(self.shared.base_url, name, body)
            known = None if key is None else await self._cached(name, key)
            if known is not None:
                return Answer(known, "")
        answer = await self._send(name, body)
        if key is not None:
            assert self.config.cache is not None
            content = encode_json(answer.body)
            await Invoke(_guarded(self.config.cache.set, key, content, self.config.cache_ttl))
        return answer

    async def _send(self, name: str, body: dict[str, Any] | None) -> Answer:
        given = self.options
        request_id = given.request_id or generate_request_id()
        deadline = await self._wait_for_turn(request_id)
        options = RequestOptions(given.headers, None, request_id, given.timeout, deadline)
        started = self.shared.clock()
        logger.debug("%s: request %s", name, request_id)
        try:
            answer = await call(self.shared, OPERATIONS[name], json=body, options=options)
            if answer.get("status") == "error":
                raise KaizenAPIError(200, answer, request_id=request_id)
        except SdkError as exc:
            self._record(name, started, exc.status, exc)
            raise
        self._record(name, started, 200, None)
        return Answer(answer, request_id)

    async def _wait_for_turn(self, request_id: str) -> float | None:
        """Wait for the rate limit; what is left of the call's deadline."""
        deadline = self.options.deadline
        delay = self.pace.reserve(self.shared.clock()) if self.pace else 0.0
        if delay > 0:
            if deadline is not None and delay >= deadline:
                problem = f"max_requests_per_second delays the call by {delay:.3g} s, beyond its deadline"
                raise KaizenRequestError(problem, outcome=Outcome.NOT_SENT, request_id=request_id)
            await Sleep(delay)
        return None if deadline is None else deadline - max(0.0, delay)

    async def _cached(self, name: str, key: str) -> dict[str, Any] | None:
        assert self.config.cache is not None
        content = await Invoke(_guarded(self.config.cache.get, key))
        if self.config.metrics is not None:
            self._tell(self.config.metrics.record_cache, name, hit=content is not None)
        try:
            return None if content is None else decode_json(content, dict[str, Any])
        except UndecodableBody:
            logger.warning("the cache holds something that is no answer")
            return None

    def _record(self, name: str, started: float, status: int | None, error: Exception | None) -> None:
        duration = (self.shared.clock() - started) * 1000
        if error is None:
            logger.info("%s: status %s in %.0f ms", name, status, duration)
        else:
            logger.error("%s: %s, status %s in %.0f ms", name, type(error).__name__, status, duration)
        if self.config.metrics is not None:
            error_name = None if error is None else type(error).__name__
            self._tell(self.config.metrics.record_request, name, duration, status, error_name)

    def _tell(self, record: Callable[..., None], *arguments: Any, **keywords: Any) -> None:
        try:
            record(*arguments, **keywords)
        except Exception:
            logger.warning("the metrics collector failed", exc_info=True)


def _body_of(name: str, payload: object) -> dict[str, Any]:
    from kaizen_client.payloads import body_of  # loads pydantic, which takes longer than all the rest

    return body_of(name, payload)


def _cache_key(base_url: str, name: str, body: dict[str, Any]) -> str | None:
    """The same for equal calls; None for a body that cannot be sent anyway."""
    try:
        text = json.dumps([base_url, name, body], sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return None
    return hashlib.sha256(text.encode()).hexdigest()


def _guarded(function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    """The function with its arguments, failing with None and a line in the log."""

    def invoke() -> Any:
        try:
            result = function(*arguments)
        except Exception:  # noqa: BLE001 - whatever a backend raises, the call goes on
            return failed()
        return awaited(result) if inspect.isawaitable(result) else result

    async def awaited(result: Any) -> Any:
        try:
            return await result
        except Exception:  # noqa: BLE001 - whatever a backend raises, the call goes on
            return failed()

    def failed() -> None:
        logger.warning("the cache failed; the call goes on without it", exc_info=True)

    return invoke
