"""Observers: what they are told, that they see no secret, and that none of them can disturb a call."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from sdk_engine.bodies import plain_json
from sdk_engine.call import call
from sdk_engine.errors import NetworkError, ProtocolError, StatusError
from sdk_engine.messages import Response, WireFailure
from sdk_engine.observe import Attempt, Ended, LogObserver, log_as_asked
from sdk_engine.operation import Operation
from sdk_engine.settings import RequestOptions

from .walking import Clock, Walk, client, walk

GET = Operation[Any]("GET", "/v1/runs/{run_id}", plain_json)


class Recorder:
    def __init__(self) -> None:
        self.heard: list[Any] = []

    def attempted(self, attempt: Attempt) -> None:
        self.heard.append(attempt)

    def retrying(self, attempt: Attempt, delay: float) -> None:
        self.heard.append((attempt.number, delay))

    def ended(self, call: Ended) -> None:
        self.heard.append(call)


class Broken(Recorder):
    def attempted(self, attempt: Attempt) -> None:
        raise RuntimeError("mine")

    retrying = attempted  # type: ignore[assignment]
    ended = attempted  # type: ignore[assignment]


def get(*script: Any, **settings: Any) -> Walk:
    options = settings.pop("options", RequestOptions(request_id="id"))
    return walk(call(client(**settings), GET, {"run_id": "r"}, query={"q": "s3cret"}, options=options), script)


def test_attempts_retries_and_the_end_are_told_in_order() -> None:
    told, clock = Recorder(), Clock()
    get(clock.after(0.5, 503), clock.after(0.25, 200), observers=(told,), clock=clock)
    place = ("GET", "/v1/runs/{run_id}", "http://h")
    first, retry, second, ended = told.heard
    assert first == (*place, 1, 503, None, 0.5, "id")
    assert retry == (1, 0.2)
    assert second == (*place, 2, 200, None, 0.25, "id")
    assert ended[:6] == (*place, 2, 200, None)
    assert ended.seconds >= 0.75
    assert "s3cret" not in repr(told.heard)


@pytest.mark.parametrize(
    ("script", "kind", "status", "attempts"),
    [
        ((404,), StatusError, 404, 1),
        ((WireFailure("lost", transient=False),), NetworkError, None, 1),
        ((Response(200, b"["),), ProtocolError, 200, 1),
        ((), Exception, None, 0),
    ],
)
def test_a_call_that_fails_ends_with_its_error(script: Any, kind: type, status: int | None, attempts: int) -> None:
    told = Recorder()
    walked = get(*script, observers=(told,), options=RequestOptions() if script else RequestOptions(timeout=-1))
    ended = told.heard[-1]
    assert ended.error is walked.error
    assert isinstance(ended.error, kind)
    assert (ended.status, ended.attempts) == (status, attempts)
    assert sum(isinstance(each, Ended) for each in told.heard) == 1


def test_an_observer_that_fails_is_reported_once_and_disturbs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    told = Recorder()
    assert get(503, 200, observers=(Broken(), told)).value == {}
    assert get(200, observers=(Broken(), told)).value == {}
    assert len(told.heard) == 6
    assert [record.message for record in caplog.records] == [
        "the observer Broken failed; its later failures are not reported"
    ]


def test_the_log_has_a_line_for_each_attempt_and_each_retry(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "shop"):
        get(WireFailure("lost"), 200, observers=(LogObserver(logging.getLogger("shop")),))
    assert caplog.messages == [
        "GET http://h/v1/runs/{run_id}: lost in 0 ms (attempt 1, request id)",
        "transport error on attempt 1; sleeping 0.20s: lost",
        "GET http://h/v1/runs/{run_id}: 200 in 0 ms (attempt 2, request id)",
    ]
    assert [record.levelno for record in caplog.records] == [logging.DEBUG, logging.INFO, logging.DEBUG]


@pytest.mark.parametrize("handlers", [[], [logging.NullHandler()], [logging.StreamHandler()]])
def test_a_variable_gives_a_logger_its_level_and_one_handler(
    handlers: list[logging.Handler], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.Logger("shop")
    logger.handlers = list(handlers)
    log_as_asked("SHOP_LOG", logger)
    assert (logger.level, logger.handlers) == (logging.NOTSET, handlers)
    monkeypatch.setenv("SHOP_LOG", "Debug")
    log_as_asked("SHOP_LOG", logger)
    log_as_asked("SHOP_LOG", logger)
    assert logger.level == logging.DEBUG
    assert sum(not isinstance(each, logging.NullHandler) for each in logger.handlers) == 1
