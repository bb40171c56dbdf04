"""One call of one operation, as a plan: what Kaizen adds around the engine's `call`.

check and encode the payload -> look into the cache -> wait for the rate limit -> the engine's call -> keep, log, count
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import Content, encode_json
from sdk_engine.call import call
from sdk_engine.deadline import Deadline
from sdk_engine.errors import ConfigurationError, Outcome
from sdk_engine.ids import generate_request_id
from sdk_engine.observe import log_as_asked
from sdk_engine.retries import IDEMPOTENT_METHODS, RetryPolicy
from sdk_engine.settings import ClientSettings, RequestOptions
from sdk_engine.steps import Sleep

from kaizen_client.cache import KeptAnswers
from kaizen_client.config import check_seconds
from kaizen_client.errors import KaizenErrors, KaizenInvalidRequestError, KaizenRequestError
from kaizen_client.observing import CallLog, CallMetrics, logger, name_of
from kaizen_client.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sdk_engine.operation import Operation

    from kaizen_client.config import KaizenClientConfig

_NO_RETRIES = RetryPolicy(max_attempts=1)


@dataclass
class Answer:
    """What a call gave: the service's JSON object and the id under which its logs know the call."""

    body: dict[str, Any]
    request_id: str


@dataclass
class Session:
    """What all calls of one client share. `with_options` makes copies that differ in their `options` only."""

    config: KaizenClientConfig
    settings: ClientSettings
    metrics: CallMetrics | None
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
        metrics = None if config.metrics is None else CallMetrics(config.metrics)
        log_as_asked("KAIZEN_LOG", logger)
        settings = ClientSettings(
            base_url=config.base_url.rstrip("/"),
            headers=headers,
            timeout=math.inf if injected else config.timeout,
            retry=config.retry or _NO_RETRIES,
            errors=errors,
            keyed_methods=frozenset(),
            repeatable_methods=IDEMPOTENT_METHODS | {"POST"},
            observers=(CallLog(logger), *(() if metrics is None else (metrics,))),
        )
        rate = config.max_requests_per_second
        options = RequestOptions(request_id=request_id, deadline=config.deadline)
        kept = None if config.cache is None else KeptAnswers(config.cache, config.cache_ttl)
        return cls(config, settings, metrics, Pace(rate) if rate else None, kept, options, threading.Event())

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
            retry=given.retry if retry is None else retry,
        )
        return replace(self, options=options)

    async def run(self, operation: Operation[dict[str, Any]], payload: object = None) -> Answer:
        """The plan of every operation."""
        if self.closed.is_set():
            raise KaizenInvalidRequestError("this client is closed; create a new one")
        given = self.options
        deadline = Deadline(math.inf if given.deadline is None else given.deadline, self.settings.clock)
        if operation.method == "GET":
            return await self._send(operation, None, deadline)
        name = name_of(operation.path)
        body = _body_of(name, payload)
        content = self._encoded(body)
        if self.kept is None:
            return await self._send(operation, content, deadline)
        key = self.kept.key(self.settings.base_url, {**(given.headers or {}), **self.settings.headers}, name, body)
        if key is None:
            return await self._send(operation, content, deadline)
        known = await self.kept.look_up(key)
        if self.metrics is not None:
            self.metrics.looked_up(name, hit=known is not None)
        if known is not None:
            return Answer(known, "")
        answer = await self._send(operation, content, deadline)
        await self.kept.keep(key, answer.body)
        return answer

    def _encoded(self, body: dict[str, Any]) -> Content:
        """The body as it goes out, refused here when it cannot."""
        limit = self.config.max_request_bytes
        try:
            content = encode_json(body)
        except ConfigurationError as exc:
            problem = str(exc)
        else:
            if limit is None or len(content) <= limit:
                return Content(content)
            problem = f"the body has {len(content)} bytes, more than max_request_bytes={limit}"
        raise KaizenInvalidRequestError(problem)

    async def _send(self, operation: Operation[dict[str, Any]], content: Content | None, deadline: Deadline) -> Answer:
        given = self.options
        request_id = given.request_id or generate_request_id()
        await self._wait_for_turn(request_id, deadline)
        left = None if given.deadline is None else deadline.remaining
        options = replace(given, request_id=request_id, deadline=left)
        return Answer(await call(self.settings, operation, json=content, options=options), request_id)

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


def _body_of(name: str, payload: object) -> dict[str, Any]:
    from kaizen_client.payloads import body_of  # loads pydantic, which takes longer than all the rest

    return body_of(name, payload)
