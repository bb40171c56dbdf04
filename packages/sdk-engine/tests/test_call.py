"""The life of one call, walked through by hand: which requests leave, with what pauses, and what comes of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from email.utils import formatdate
from time import time
from typing import Any

import pytest
from sdk_engine.answers import ErrorTypes
from sdk_engine.bodies import nothing, typed
from sdk_engine.call import call, exchange
from sdk_engine.deadline import Deadline
from sdk_engine.errors import ConfigurationError, NetworkError, Outcome, ProtocolError, SdkError, StatusError
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.observe import LogObserver
from sdk_engine.operation import Operation
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import DEFAULT_OPTIONS, ClientSettings, RequestOptions
from sdk_engine.steps import Send

from .walking import Walk, client, walk

Json = dict[str, Any]

GET = Operation[Json]("GET", "/x", typed(lambda: dict))
POST = Operation[Json]("POST", "/x", typed(lambda: dict))

REFUSED = WireFailure("refused", outcome=Outcome.NOT_SENT)
LOST = WireFailure("lost")
POINTLESS = WireFailure("bad certificate", outcome=Outcome.NOT_SENT, transient=False)
LATER = [("Retry-After", "7")]


def get(*script: Any, options: RequestOptions = DEFAULT_OPTIONS, **settings: Any) -> Walk:
    return walk(call(client(**settings), GET, options=options), script)


def post(*script: Any, options: RequestOptions = DEFAULT_OPTIONS, **settings: Any) -> Walk:
    return walk(call(client(**settings), POST, json={"a": 1}, options=options), script)


# --- answers


def test_an_answer_ends_the_call() -> None:
    assert str(get(200)) == "[Send GET /x] <- 200 -> {}"


def test_a_503_is_tried_again() -> None:
    assert str(get(503, 200)) == "[Send GET /x] <- 503, [Sleep 0.2], [Send GET /x] <- 200 -> {}"


def test_the_pause_doubles_and_the_last_answer_decides() -> None:
    walked = get(503, 502, 504)
    assert str(walked) == (
        "[Send GET /x] <- 503, [Sleep 0.2], [Send GET /x] <- 502, [Sleep 0.4], [Send GET /x] <- 504 -> StatusError"
    )
    assert (walked.error.status, walked.error.attempts) == (504, 3)


def test_one_attempt_means_no_second_one() -> None:
    assert str(get(503, retry=RetryPolicy(max_attempts=1))) == "[Send GET /x] <- 503 -> StatusError"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_not_now(status: int) -> None:
    assert str(get(status, 200)) == f"[Send GET /x] <- {status}, [Sleep 0.2], [Send GET /x] <- 200 -> {{}}"


@pytest.mark.promise("kneo.transport.redirect-is-an-error")
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 400, 401, 404, 409, 418, 422, 500, 501, 999])
def test_a_final_refusal(status: int) -> None:
    walked = get(status)
    assert str(walked) == f"[Send GET /x] <- {status} -> StatusError"
    assert str(walked.error) == f"GET http://h/x: HTTP {status}"


def test_what_the_engines_own_error_carries() -> None:
    answered = Response(429, b'{"detail": "slow down"}', [("Retry-After", "7"), ("X-A", "b")])
    error = post(answered, retry=RetryPolicy(max_attempts=1)).error
    assert (error.status, error.body, error.retry_after) == (429, {"detail": "slow down"}, 7.0)
    assert (error.attempts, error.outcome) == (1, Outcome.ANSWERED)
    assert error.request_id
    assert error.idempotency_key


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    assert str(get(Response(status, b'{"a": 1}'))) == f"[Send GET /x] <- {status} -> {{'a': 1}}"


# --- Retry-After


def test_the_server_names_the_pause() -> None:
    assert str(get(Response(429, b"", LATER), 200)) == ("[Send GET /x] <- 429, [Sleep 7], [Send GET /x] <- 200 -> {}")


@pytest.mark.parametrize("hint", ["0", "-5", "Fri, 31 Dec 1999 23:59:59 GMT", "soon", "1e3", "9" * 5000])
def test_a_pause_that_is_none_leaves_our_own(hint: str) -> None:
    assert str(get(Response(503, b"", [("Retry-After", hint)]), 200)) == (
        "[Send GET /x] <- 503, [Sleep 0.2], [Send GET /x] <- 200 -> {}"
    )


@pytest.mark.parametrize(
    ("hint", "seconds"),
    [(lambda: "999999999", 999_999_999), (lambda: formatdate(time() + 3600, usegmt=True), 3600)],
    ids=["seconds", "date"],
)
def test_a_pause_beyond_the_deadline_ends_the_call_at_once(hint: Callable[[], str], seconds: float) -> None:
    walked = get(Response(503, b"", [("Retry-After", hint())]))
    assert str(walked) == "[Send GET /x] <- 503 -> StatusError"
    assert re.fullmatch(
        r".*: HTTP 503 \(not retried: the next try would be .* s away, .* deadline\)", str(walked.error)
    )
    assert walked.error.retry_after == pytest.approx(seconds, abs=30)


# --- no answer


def test_a_connection_that_never_came_about_is_tried_again() -> None:
    assert str(get(REFUSED, 200)) == "[Send GET /x] <- refused, [Sleep 0.2], [Send GET /x] <- 200 -> {}"


@pytest.mark.promise("kneo.errors.outcome")
@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ([REFUSED, REFUSED, REFUSED], Outcome.NOT_SENT),
        ([LOST, REFUSED, REFUSED], Outcome.UNKNOWN),
        ([REFUSED, LOST, REFUSED], Outcome.UNKNOWN),
        ([503, REFUSED, REFUSED], Outcome.NOT_SENT),
        ([503, 503, 503], Outcome.ANSWERED),
        ([LOST, 503, 503], Outcome.UNKNOWN),
        ([LOST, 500], Outcome.UNKNOWN),
        ([LOST, 404], Outcome.ANSWERED),
    ],
)
def test_an_attempt_that_may_have_arrived_is_not_forgotten(script: list[Any], outcome: Outcome) -> None:
    error = post(*script).error
    assert (error.outcome, error.attempts) == (outcome, len(script))
    assert isinstance(error, StatusError if isinstance(script[-1], int) else NetworkError)


def test_what_cannot_help_is_not_done_twice() -> None:
    walked = get(POINTLESS)
    assert str(walked) == "[Send GET /x] <- bad certificate -> NetworkError"
    assert (str(walked.error), walked.error.outcome) == ("GET http://h/x: bad certificate", Outcome.NOT_SENT)


def test_the_cause_is_the_lower_layers() -> None:
    failure = WireFailure("lost")
    failure.__cause__ = OSError("reset by peer")
    assert get(failure, retry=RetryPolicy(max_attempts=1)).error.__cause__ is failure.__cause__


# --- what may be sent twice


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_idempotent_methods_need_no_key(method: str) -> None:
    walked = walk(exchange(client(), method, "/x"), [LOST, 200])
    assert [request.method for request in walked.requests] == [method, method]
    assert "Idempotency-Key" not in walked.requests[0].headers


def test_a_patch_is_sent_once() -> None:
    assert str(walk(exchange(client(), "PATCH", "/x"), [LOST])) == "[Send PATCH /x] <- lost -> NetworkError"


@pytest.mark.promise(
    "kneo.idempotency.same-key-for-every-attempt",
    "kneo.request-id.same-for-every-attempt",
)
def test_every_attempt_of_a_post_is_the_same_request() -> None:
    walked = post(LOST, 503, 200)
    assert str(walked) == (
        "[Send POST /x] <- lost, [Sleep 0.2], [Send POST /x] <- 503, [Sleep 0.4], [Send POST /x] <- 200 -> {}"
    )
    first, *others = [(request.headers, request.content, request.url) for request in walked.requests]
    assert others == [first, first]
    assert first[1] == b'{"a":1}'
    assert {"Idempotency-Key", "X-Request-ID"} <= set(first[0])


def test_a_product_says_which_methods_carry_a_key() -> None:
    keyed = walk(exchange(client(keyed_methods=frozenset({"PATCH"})), "PATCH", "/x"), [LOST, 200])
    assert len(keyed.requests) == 2
    assert "Idempotency-Key" in keyed.requests[0].headers
    bare = walk(exchange(client(keyed_methods=frozenset()), "POST", "/x"), [LOST])
    assert "Idempotency-Key" not in bare.requests[0].headers


def test_a_product_says_which_methods_change_nothing() -> None:
    settings = client(keyed_methods=frozenset(), repeatable_methods=frozenset({"POST"}))
    assert len(walk(exchange(settings, "POST", "/x"), [LOST, 200]).requests) == 2


class Proxied(ErrorTypes):
    """Every answer but a 503 is the caller's."""

    def passes(self, response: Response) -> bool:
        return response.status_code != 503


def test_a_product_says_which_answers_pass() -> None:
    def run(*script: Any) -> str:
        return str(walk(exchange(client(errors=Proxied()), "GET", "/x"), script))

    assert run(404) == "[Send GET /x] <- 404 -> <Response 404, 2 bytes>"
    assert run(503, 200) == "[Send GET /x] <- 503, [Sleep 0.2], [Send GET /x] <- 200 -> <Response 200, 2 bytes>"


@pytest.mark.parametrize(("result", "sent"), [(REFUSED, 2), (LOST, 1), (503, 1)])
def test_what_was_not_sent_may_be_tried_again_by_any_method_where_a_product_says_so(result: Any, sent: int) -> None:
    walked = walk(exchange(client(repeat_unsent=True), "PATCH", "/x"), [result, 200][:sent])
    assert len(walked.requests) == sent
    assert len(walk(exchange(client(), "PATCH", "/x"), [result]).requests) == 1


def test_an_auth_flow_may_forbid_another_try() -> None:
    class Once:
        async def send(self, request: Request, timeout: float, deadline: Deadline) -> Response:
            answer = await Send(request, timeout)
            answer.final = True
            return answer

    assert str(get(503, auth=Once())) == "[Send GET /x] <- 503 -> StatusError"


@pytest.mark.parametrize("attempts", [1, 2, 4])
def test_one_call_may_have_a_policy_of_its_own(attempts: int) -> None:
    policy = RetryPolicy(max_attempts=attempts, jitter=0)
    walked = get(*[503] * attempts, options=RequestOptions(retry=policy))
    assert (len(walked.requests), walked.error.attempts) == (attempts, attempts)


def test_the_answer_is_handed_out_as_it_came_once_it_is_no_failure() -> None:
    seen: list[Any] = []
    walked = get(503, Response(200, b'{"a": 1}', [("X-A", "b")]), options=RequestOptions(on_response=seen.append))
    assert walked.value == {"a": 1}
    (answer,) = seen
    assert (answer.status_code, answer.headers["X-A"], answer.json()) == (200, "b", {"a": 1})
    assert str(answer.request.url) == "http://h/x"


# --- 2xx answers that cannot be used


@pytest.mark.promise("kneo.errors.unusable-success-outcome")
def test_an_unreadable_success_keeps_the_key_and_what_was_said() -> None:
    walked = post(Response(201, b"<html>"))
    assert str(walked) == "[Send POST /x] <- 201 -> ProtocolError"
    error = walked.error
    assert str(error).startswith("the answer to POST /x is not usable: ")
    assert (error.outcome, error.status, error.body, error.attempts) == (Outcome.UNKNOWN, 201, "<html>", 1)
    assert error.idempotency_key == walked.requests[0].headers["Idempotency-Key"]
    assert error.request_id == walked.requests[0].headers["X-Request-ID"]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"7", b'{"a": 1', b'{"a": NaN}', b"\xff", b"[" * 100_000])
def test_a_success_of_another_shape_is_an_error(body: bytes) -> None:
    assert isinstance(get(Response(200, body)).error, ProtocolError)


def test_without_a_type_the_body_is_plain_json() -> None:
    assert walk(call(client(), Operation[Any]("GET", "/x")), [Response(200, b"[1, null]")]).value == [1, None]


@pytest.mark.parametrize("body", [b"", b"null", b'{"ok": true}', b"<html>"])
def test_a_success_that_says_nothing_is_none(body: bytes) -> None:
    delete = Operation("DELETE", "/x", nothing)
    walked = walk(call(client(), delete), [503, Response(204, body)])
    assert str(walked) == "[Send DELETE /x] <- 503, [Sleep 0.2], [Send DELETE /x] <- 204 -> None"
    assert str(walk(call(client(), delete), [Response(404, body)]).error) == "DELETE http://h/x: HTTP 404"


def test_a_raw_exchange_hands_out_the_answer_as_it_is() -> None:
    walked = walk(exchange(client(), "get", "/v1/any", query={"a": 1}), [Response(204)])
    assert str(walked) == "[Send GET /v1/any?a=1] <- 204 -> <Response 204, 0 bytes>"


# --- errors of a product, and logs


class ShopErrors(ErrorTypes):
    class Refused(SdkError):
        pass

    def refusal(self, response: Response, place: str, suffix: str, **facts: Any) -> SdkError:
        return self.Refused(f"{place}: no{suffix}", status=response.status_code, **facts)

    def is_transient(self, response: Response) -> bool:
        return response.status_code == 409


def test_a_product_brings_its_own_errors_and_rules() -> None:
    walked = get(409, 503, errors=ShopErrors())
    assert str(walked) == "[Send GET /x] <- 409, [Sleep 0.2], [Send GET /x] <- 503 -> Refused"
    assert (walked.error.status, walked.error.outcome) == (503, Outcome.ANSWERED)


@pytest.mark.promise("kneo.logging.retries-at-info")
def test_retries_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "shop"):
        get(503, LOST, 200, observers=(LogObserver(logging.getLogger("shop")),))
    assert caplog.messages == [
        "status 503 on attempt 1; sleeping 0.20s",
        "transport error on attempt 2; sleeping 0.40s: lost",
    ]


def test_what_a_client_shares_shows_no_secret() -> None:
    assert "s3cret" not in repr(client())
    assert "s3cret" not in repr(RequestOptions({"Authorization": "s3cret"}))
    assert repr(ClientSettings("http://user:s3cret@h", {})).startswith("ClientSettings(timeout=30.0, ")


# --- bad input


@pytest.mark.parametrize(
    "options",
    [RequestOptions(**{name: value}) for name in ("timeout", "deadline") for value in (-1, float("nan"), "5")],
)
def test_a_limit_that_is_none_is_refused_before_anything_is_sent(options: RequestOptions) -> None:
    walked = get(options=options)
    assert str(walked) == "-> ConfigurationError"
    assert "must be a number of seconds, not below 0" in str(walked.error)


@pytest.mark.parametrize("method", ["", "G T", "GET\n", "GÉT", "GET /admin HTTP/1.1\r\nX-A: b", 5])
def test_a_method_that_is_none_is_refused(method: Any) -> None:
    walked = walk(exchange(client(), method, "/x"), [])
    assert isinstance(walked.error, ConfigurationError)
    assert (walked.error.outcome, walked.error.attempts) == (Outcome.NOT_SENT, 0)
