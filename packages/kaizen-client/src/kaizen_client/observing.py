"""What listens to the calls of a client: its log, and the caller's collector of metrics."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sdk_engine.observe import LogObserver

if TYPE_CHECKING:
    from collections.abc import Callable

    from sdk_engine.observe import Attempt, Ended

    from kaizen_client.metrics import MetricsCollector

logger = logging.getLogger("kaizen_client")
logger.addHandler(logging.NullHandler())


def name_of(path: str) -> str:
    """The operation at this path: `/v1/optimize/request` is `optimize_request`, `/` is `health`."""
    return path.removeprefix("/v1").strip("/").replace("/", "_") or "health"


class CallLog(LogObserver):
    """Attempts at DEBUG, retries and successes at INFO, failures at ERROR."""

    def ended(self, call: Ended) -> None:
        """`prompts_encode: status 200 in 12 ms`."""
        name, milliseconds = name_of(call.path), call.seconds * 1000
        if call.error is None:
            logger.info("%s: status %s in %.0f ms", name, call.status, milliseconds)
        else:
            kind = type(call.error).__name__
            logger.error("%s: %s, status %s in %.0f ms", name, kind, call.status, milliseconds)


class CallMetrics:
    """Passes ended calls on to a `MetricsCollector`; one that fails disturbs no call."""

    def __init__(self, collector: MetricsCollector) -> None:
        self._collector = collector

    def attempted(self, attempt: Attempt) -> None:
        """Nothing: calls are counted, not attempts."""

    def retrying(self, attempt: Attempt, delay: float) -> None:
        """Nothing."""

    def ended(self, call: Ended) -> None:
        """Record the call."""
        error = None if call.error is None else type(call.error).__name__
        name, milliseconds = name_of(call.path), call.seconds * 1000
        self._tell(lambda: self._collector.record_request(name, milliseconds, call.status, error))

    def looked_up(self, name: str, *, hit: bool) -> None:
        """Record a look into the cache."""
        self._tell(lambda: self._collector.record_cache(name, hit=hit))

    def _tell(self, record: Callable[[], None]) -> None:
        try:
            record()
        except Exception:
            logger.warning("the metrics collector failed", exc_info=True)
