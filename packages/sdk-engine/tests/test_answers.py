"""What an answer says about the request, and who gave it; credentials that take a plan of their own."""

from __future__ import annotations

from typing import Any

import pytest
from sdk_engine.auth import AuthFlow
from sdk_engine.bodies import RefusedInside, plain_json, typed
from sdk_engine.call import call
from sdk_engine.deadline import Deadline
from sdk_engine.errors import NetworkError, Outcome, StatusError
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.operation import Operation
from sdk_engine.settings import DEFAULT_OPTIONS, RequestOptions
from sdk_engine.steps import Send

from .walking import Walk, client, walk

Json = dict[str, Any]
GET = Operation[Json]("GET", "/x", typed(lambda: dict))
POST = Operation[Json]("POST", "/x", typed(lambda: dict))
LOST = WireFailure("lost")
REFUSED = WireFailure("refused", outcome=Outcome.NOT_SENT)


def get(*script: Any, options: RequestOptions = DEFAULT_OPTIONS, **settings: Any) -> Walk:
    return walk(call(client(**settings), GET, options=options), script)


def post(*script: Any, options: RequestOptions = DEFAULT_OPTIONS, **settings: Any) -> Walk:
    return walk(call(client(**settings), POST, json={"a": 1}, options=options), script)


# --- who answered


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_does_not_answer_for_the_server(status: int) -> None:
    walked = post(status, status, status)
    assert walked.error.outcome is Outcome.UNKNOWN
    assert walked.error.idempotency_key == walked.requests[0].headers["Idempotency-Key"]
    assert get(status, status, status).error.outcome is Outcome.ANSWERED  # reading has no effect that could be unknown


@pytest.mark.parametrize(
    ("then", "outcome"), [(404, Outcome.ANSWERED), (500, Outcome.UNKNOWN), (409, Outcome.ANSWERED)]
)
def test_a_later_answer_of_the_server_settles_what_a_gateway_left_open(then: int, outcome: Outcome) -> None:
    assert post(502, then).error.outcome is outcome


@pytest.mark.parametrize("given", ["of-the-server", None])
def test_an_error_carries_the_servers_request_id_when_it_gave_one(given: str | None) -> None:
    headers = [] if given is None else [("x-request-id", given)]
    walked = get(Response(404, b"", headers))
    assert walked.error.request_id == (given or walked.requests[0].headers["X-Request-ID"])


@pytest.mark.parametrize("script", [(LOST,) * 3, (404,), (Response(200, b"["),), ()])
def test_an_error_says_what_was_called_and_where(script: Any) -> None:
    settings = client()
    settings.base_url = "http://user:s3cret@h:81/prefix"
    operation = Operation[Any]("GET", "/v1/runs/{run_id}", plain_json)
    options = RequestOptions() if script else RequestOptions(timeout=-1)
    error = walk(call(settings, operation, {"run_id": "r"}, query={"q": "s3cret"}, options=options), script).error
    assert (error.method, error.path, error.host) == ("GET", "/v1/runs/{run_id}", "http://h:81")
    assert "s3cret" not in str(error)
    if isinstance(error, (NetworkError, StatusError)):
        assert str(error).startswith("GET http://h:81/prefix/v1/runs/r: ")


def test_a_success_that_says_no_in_its_body_is_a_refusal() -> None:
    def decode(response: Response) -> Any:
        raise RefusedInside

    walked = walk(call(client(), Operation[Any]("POST", "/x", decode)), [Response(200, b'{"status": "error"}')])
    assert isinstance(walked.error, StatusError)
    assert (walked.error.status, walked.error.outcome) == (200, Outcome.ANSWERED)


# --- credentials that take a plan


class Minting:
    """Asks for a token before every attempt, and once more when the answer is 401."""

    async def send(self, request: Request, timeout: float, deadline: Deadline) -> Response:
        for token in ("one", "two"):
            await Send(Request("POST", "http://auth", "/token", {}, None), min(timeout, deadline.remaining))
            answer = await Send(request.with_headers({"Authorization": token}), timeout)
            if answer.status_code != 401:
                break
        return answer


def test_an_auth_flow_runs_within_each_attempt() -> None:
    flow: AuthFlow = Minting()
    walked = get(200, 401, 200, 503, 200, 200, auth=flow)
    assert str(walked) == (
        "[Send POST /token] <- 200, [Send GET /x] <- 401, [Send POST /token] <- 200, [Send GET /x] <- 503, "
        "[Sleep 0.2], [Send POST /token] <- 200, [Send GET /x] <- 200 -> {}"
    )
    assert [request.headers.get("Authorization") for request in walked.requests] == [
        None,
        "one",
        None,
        "two",
        None,
        "one",
    ]


def test_a_failed_token_request_is_a_failed_attempt() -> None:
    assert str(get(REFUSED, 200, 200, auth=Minting())) == (
        "[Send POST /token] <- refused, [Sleep 0.2], [Send POST /token] <- 200, [Send GET /x] <- 200 -> {}"
    )
