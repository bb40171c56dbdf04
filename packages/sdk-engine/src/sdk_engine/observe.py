"""Watching calls: one protocol, to which logging, metrics and tracing listen.

Observers are told of every attempt, every retry and the end of every call. They see no header, no body and no query,
and one that fails disturbs nobody: it is reported once and the call goes on.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sdk_engine.errors import SdkError

_log = logging.getLogger("sdk_engine")
_broken: set[type] = set()
_LEVELS = {"DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARNING": logging.WARNING, "ERROR": logging.ERROR}


class Attempt(NamedTuple):
    """One request and what came of it.

    Attributes:
        method: HTTP method.
        path: the operation's path template, or the path that the caller wrote, without its query.
        host: scheme, host and port that it went to.
        number: 1 for the first.
        status: of the answer, or None when none came.
        failure: why none came, in words without secrets; else None.
        seconds: how long it took.
        request_id: the call's id.
    """

    method: str
    path: str
    host: str
    number: int
    status: int | None
    failure: str | None
    seconds: float
    request_id: str | None


class Ended(NamedTuple):
    """A call that is over.

    Attributes:
        method, path, host, request_id: as of its attempts.
        attempts: how many there were; 0 for a call that was refused before any.
        status: of the last answer, or None.
        error: what the caller gets instead of a result, or None.
        seconds: from its beginning, pauses included.
    """

    method: str
    path: str
    host: str
    attempts: int
    status: int | None
    error: SdkError | None
    seconds: float
    request_id: str | None


class Observer(Protocol):
    """What listens. Called on the caller's thread or event loop: be quick, do not block."""

    def attempted(self, attempt: Attempt) -> None:
        """An attempt is over."""
        ...

    def retrying(self, attempt: Attempt, delay: float) -> None:
        """This attempt failed, and another follows after `delay` seconds."""
        ...

    def ended(self, call: Ended) -> None:
        """A call is over."""
        ...


def tell(observers: Iterable[Observer], event: str, *arguments: object) -> None:
    """Call this method of every observer; one that raises is reported once, and the others are told all the same."""
    for observer in observers:
        _tell(observer, event, arguments)


def _tell(observer: Observer, event: str, arguments: tuple[object, ...]) -> None:
    try:
        getattr(observer, event)(*arguments)
    except Exception:  # noqa: BLE001 - observers are other people's code
        kind = type(observer)
        if kind not in _broken:
            _broken.add(kind)
            _log.warning("the observer %s failed; its later failures are not reported", kind.__name__, exc_info=True)


class LogObserver:
    """Writes a DEBUG line per attempt and an INFO line per retry."""

    def __init__(self, logger: logging.Logger | logging.LoggerAdapter[logging.Logger]) -> None:
        self._logger = logger

    def attempted(self, attempt: Attempt) -> None:
        """`GET /v1/runs/{run_id}: 200 in 12 ms`."""
        if self._logger.isEnabledFor(logging.DEBUG):
            what = attempt.failure if attempt.status is None else attempt.status
            milliseconds, call = attempt.seconds * 1000, attempt.request_id or "-"
            line = "%s %s%s: %s in %.0f ms (attempt %d, request %s)"
            place = attempt.method, attempt.host, attempt.path
            self._logger.debug(line, *place, what, milliseconds, attempt.number, call)

    def retrying(self, attempt: Attempt, delay: float) -> None:
        """`status 503 on attempt 1; sleeping 0.20s`."""
        if attempt.status is None:
            text = "transport error on attempt %d; sleeping %.2fs: %s"
            self._logger.info(text, attempt.number, delay, attempt.failure)
        else:
            self._logger.info("status %d on attempt %d; sleeping %.2fs", attempt.status, attempt.number, delay)

    def ended(self, call: Ended) -> None:
        """Nothing: the caller has the result or the error."""


def log_as_asked(variable: str, logger: logging.Logger) -> None:
    """Switch on what an environment variable such as `KNEO_LOG=debug` asks for: that level, on standard error.

    A logger that has handlers keeps them. An unknown level is said once and left.
    """
    asked = os.environ.get(variable, "").strip().upper()
    if not asked:
        return
    level = _LEVELS.get(asked)
    if level is None:
        logger.warning("%s is not a log level; use debug, info, warning or error", variable)
        return
    logger.setLevel(level)
    if not any(not isinstance(handler, logging.NullHandler) for handler in logger.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
