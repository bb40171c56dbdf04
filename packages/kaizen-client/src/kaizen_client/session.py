"""One call of one operation, as a plan: what Kaizen adds around the engine's `call`.

check and encode the payload -> look into the cache -> wait for the rate limit -> the engine's call -> keep, log, count
"""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import UndecodableBody, decode_json, encode_json
from sdk_engine.call import Life
from sdk_engine.deadline import Deadline
from sdk_engine.errors import ConfigurationError, Outcome, SdkError
from sdk_engine.ids import generate_request_id
from sdk_engine.operation import Operation
from sdk_engine.retries import IDEMPOTENT_METHODS, RetryPolicy
from sdk_engine.settings import ClientSettings, RequestOptions
from sdk_engine.steps import Sleep

from kaizen_client.cache import KeptAnswers
from kaizen_client.config import check_seconds
from kaizen_client.errors import KaizenErrors, KaizenInvalidRequestError, KaizenRequestError
from kaizen_client.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sdk_engine.messages import Response

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


@dataclass
class Session:
    """What all calls of one client share. `with_options` makes copies that differ in `settings` and `options` only."""

    config: KaizenClientConfig
    settings: ClientSettings
    errors: KaizenErrors
    pace: Pace | None
    kept: KeptAnswers | None
    options: RequestOptions
    closed: threading.Event

    @classmethod
    def open(cls, config: KaizenClientConfig, *, injected: bool) -> Session:
        """The session of a new client."""
        headers = config.headers()
        request_id = next((headers.pop(name) for name in list(headers) if name.lower() == "x-request-id"), None)
        errors = KaizenErrors(frozenset(config.retry_on_status_codes))
        settings = ClientSettings(
            base_url=config.base_url.rstrip("/"),
            headers=headers,
            timeout=math.inf if injected else config.timeout,
            retry=config.retry or _NO_RETRIES,
            errors=errors,
            keyed_methods=frozenset(),
            repeatable_methods=IDEMPOTENT_METHODS | {"POST"},
            encode=_as_it_is,
            logger=logger,
        )
        rate = config.max_requests_per_second
        options = RequestOptions(request_id=request_id, deadline=config.deadline)
        kept = None if config.cache is None else KeptAnswers(config.cache, config.cache_ttl)
        return cls(config, settings, errors, Pace(rate) if rate else None, kept, options, threading.Event())

    def with_options(
        self,
        headers: Mapping[str, str] | None,
        request_id: str | None,
        timeout: float | None,
        deadline: float | None,
        retry: RetryPolicy | None,
    ) -> Session:
        """A copy for which these values replace the present ones; None keeps one."""
        for label, seconds in (("timeout", timeout), ("deadline", deadline)):
            if seconds is not None:
                check_seconds(seconds, label)
        given = self.options
        options = replace(
            given,
            headers=given.headers if headers is None else dict(headers),
            request_id=given.request_id if request_id is None else request_id,
            timeout=given.timeout if timeout is None else timeout,
            deadline=given.deadline if deadline is None else deadline,
        )
        settings = self.settings if retry is None else replace(self.settings, retry=retry)
        return replace(self, settings=settings, options=options)

    async def run(self, name: str, payload: object = None) -> Answer:
        """The plan of every operation."""
        if self.closed.is_set():
            raise KaizenInvalidRequestError("this client is closed; create a new one")
        given = self.options
        deadline = Deadline(math.inf if given.deadline is None else given.deadline, self.settings.clock)
        if name == "health":
            return await self._send(name, None, deadline)
        body = _body_of(name, payload)
        content = self._encoded(body)
        if self.kept is None:
            return await self._send(name, content, deadline)
        key = self.kept.key(self.settings.base_url, {**(given.headers or {}), **self.settings.headers}, name, body)
        if key is None:
            return await self._send(name, content, deadline)
        known = await self.kept.look_up(key)
        if self.config.metrics is not None:
            self._tell(self.config.metrics.record_cache, name, hit=known is not None)
        if known is not None:
            return Answer(known, "")
        answer = await self._send(name, content, deadline)
        await self.kept.keep(key, answer.body)
        return answer

    def _encoded(self, body: dict[str, Any]) -> bytes:
        """The body as it goes out, refused here when it cannot."""
        limit = self.config.max_request_bytes
        try:
            content = encode_json(body)
        except ConfigurationError as exc:
            problem = str(exc)
        else:
            if limit is None or len(content) <= limit:
                return content
            problem = f"the body has {len(content)} bytes, more than max_request_bytes={limit}"
        raise KaizenInvalidRequestError(problem)

    async def _send(self, name: str, content: bytes | None, deadline: Deadline) -> Answer:
        given, operation = self.options, OPERATIONS[name]
        request_id = given.request_id or generate_request_id()
        await self._wait_for_turn(request_id, deadline)
        left = None if given.deadline is None else deadline.remaining
        life = Life(
            self.settings, operation.method, RequestOptions(given.headers, None, request_id, given.timeout, left)
        )
        started = self.settings.clock()
        logger.debug("%s: request %s", name, request_id)
        try:
            answer = self._read(life, name, await life.run(lambda: operation.target({}), content))
        except SdkError as exc:
            failure = exc  # recorded below: a log of the collector's own failure would show this one, body and all
        else:
            self._record(name, started, 200, None)
            return Answer(answer, request_id)
        self._record(name, started, failure.status, failure)
        raise failure

    def _read(self, life: Life, name: str, response: Response) -> dict[str, Any]:
        """The answer in a 2xx, which may still report a failure."""
        try:
            answer = decode_json(response.content, OPERATIONS[name].result())
        except UndecodableBody as exc:
            problem = f"the answer to {name} is not usable: {exc}"
        else:
            if answer.get("status") != "error":
                return answer
            raise self.errors.from_answer(response, **life.facts(Outcome.ANSWERED))
        raise self.errors.unusable(response, problem, **life.facts(Outcome.UNKNOWN))

    async def _wait_for_turn(self, request_id: str, deadline: Deadline) -> None:
        """Wait for the rate limit, unless that would take longer than the call may."""
        if self.pace is None:
            return
        now = self.settings.clock()
        start = self.pace.reserve(now, deadline.remaining)
        if start is None:
            problem = "max_requests_per_second delays the call beyond its deadline"
            raise KaizenRequestError(problem, outcome=Outcome.NOT_SENT, request_id=request_id)
        if start > now:
            waited = False
            try:
                await Sleep(start - now)
                waited = True
            finally:
                if not waited:  # cancelled
                    self.pace.give_back(start)

    def _record(self, name: str, started: float, status: int | None, error: Exception | None) -> None:
        duration = (self.settings.clock() - started) * 1000
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


def _as_it_is(content: object) -> bytes:
    """The engine's view of a body that is encoded already."""
    assert isinstance(content, bytes)
    return content
