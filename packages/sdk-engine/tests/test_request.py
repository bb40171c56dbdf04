"""What one request carries: headers, ids, body. All of it is stamped and checked once, before any I/O."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from sdk_engine.bodies import typed
from sdk_engine.call import call, exchange
from sdk_engine.errors import ConfigurationError, Outcome
from sdk_engine.ids import random_uuid
from sdk_engine.messages import Request
from sdk_engine.operation import Operation
from sdk_engine.settings import RequestOptions

from .walking import Walk, client, walk

RUN = Operation[dict[str, Any]]("GET", "/v1/runs/{run_id}", typed(lambda: dict))


def sent(method: str = "GET", headers: Mapping[str, str] | None = None, **given: Any) -> Request:
    settings = given.pop("settings", client())
    json = given.pop("json", None)
    plan = exchange(settings, method, "/x", json=json, options=RequestOptions(headers, **given))
    return walk(plan, [200]).requests[0]


def refused(**given: Any) -> ConfigurationError:
    plan = exchange(client(), "POST", "/x", json=given.pop("json", None), options=RequestOptions(**given))
    walked = walk(plan, [])
    assert str(walked) == "-> ConfigurationError"
    assert (walked.error.outcome, walked.error.attempts) == (Outcome.NOT_SENT, 0)
    assert walked.error.__context__ is None
    error: ConfigurationError = walked.error
    return error


# --- headers


def test_a_request_carries_the_clients_headers_and_an_id() -> None:
    headers = sent().headers
    assert headers.pop("X-Request-ID")
    assert headers == {"Authorization": "Bearer s3cret"}


def test_a_caller_may_add_headers() -> None:
    given = {"X-Tenant": "t", "Accept": "text/plain", "X-Empty": ""}
    assert sent(headers=given).headers.items() >= given.items()


@pytest.mark.promise("kneo.transport.own-headers-win")
@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "AUTHORIZATION",
        "x-request-id",
        "Host",
        "Connection",
        "content-type",
        "Content-Length",
        "Transfer-Encoding",
    ],
)
def test_a_caller_cannot_replace_what_the_client_sets(name: str) -> None:
    headers = sent("POST", {name: "mine"}, json={}).headers
    assert "mine" not in headers.values()
    assert len({each.lower() for each in headers}) == len(headers)


@pytest.mark.promise("kneo.transport.header-values-validated")
@pytest.mark.parametrize("value", ["a\nb", "a\r\nX-Evil: 1", "a\x00", "naïve", " a", "a\n", 5, None, b"a"])
def test_a_header_that_would_break_the_request_is_refused(value: Any) -> None:
    message = str(refused(headers={"X-A": value}))
    assert message.startswith("header X-A ")
    assert "Evil" not in message
    assert "naïve" not in message


@pytest.mark.parametrize("name", ["", "X A", "X:A", "X-A\r\n", "Ä", 5])
def test_a_header_name_is_a_token(name: Any) -> None:
    assert "a header name may only hold" in str(refused(headers={name: "v"}))


# --- request ids


def test_every_call_has_its_own_request_id() -> None:
    ids = [sent().headers["X-Request-ID"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert [str(uuid.UUID(each)) for each in ids] == ids


def test_a_caller_may_name_the_request_id() -> None:
    assert sent(request_id="mine").headers["X-Request-ID"] == "mine"


def test_a_request_id_that_breaks_the_header_is_refused() -> None:
    assert str(refused(request_id="a\nb")).startswith("header X-Request-ID holds a character")


def test_a_product_may_do_without_request_ids() -> None:
    settings = client(request_id_header=None)
    assert "X-Request-ID" not in sent(settings=settings).headers
    assert walk(exchange(settings, "GET", "/x"), [404]).error.request_id is None


# --- idempotency keys


def test_a_post_gets_a_fresh_key_and_a_get_none() -> None:
    first, second = (sent("POST").headers["Idempotency-Key"] for _ in range(2))
    assert first != second
    assert "Idempotency-Key" not in sent("GET").headers


@pytest.mark.parametrize(
    "given",
    [
        {"idempotency_key": "mine"},
        {"headers": {"idempotency-key": "mine"}},
        {"idempotency_key": "mine", "headers": {"Idempotency-Key": "other"}},
    ],
)
@pytest.mark.promise("kneo.idempotency.caller-key")
def test_a_callers_key_is_used(given: dict[str, Any]) -> None:
    headers = sent("POST", **given).headers
    assert {name: value for name, value in headers.items() if name.lower() == "idempotency-key"} == {
        "Idempotency-Key": "mine"
    }


@pytest.mark.promise("kneo.idempotency.ignored-on-other-methods")
def test_the_key_is_left_out_where_no_key_belongs() -> None:
    assert "Idempotency-Key" not in sent("GET", idempotency_key="mine").headers


@pytest.mark.parametrize("key", ["", " ", "a\nb", "é", "k" * 257, 5])
def test_a_bad_key_is_refused_and_not_quoted(key: Any) -> None:
    for given in (
        {"idempotency_key": key},
        {"headers": {"Idempotency-Key": key}},
        {"idempotency_key": key, "headers": {"X-Other": "b"}},
    ):
        message = str(refused(**given))
        assert "idempotency key" in message or "header Idempotency-Key" in message
        assert "k" * 257 not in message


def test_a_product_names_the_header_and_makes_the_keys() -> None:
    settings = client(key_header="X-Once", new_key=lambda: "fresh")
    assert sent("POST", settings=settings).headers["X-Once"] == "fresh"
    assert sent("POST", {"x-once": "mine"}, settings=settings).headers["X-Once"] == "mine"


# --- bodies


def test_a_body_goes_as_json() -> None:
    request = sent("POST", json={"text": "ä", "none": None, "list": [1, True]})
    assert request.content == '{"text":"ä","none":null,"list":[1,true]}'.encode()
    assert request.headers["Content-Type"] == "application/json"
    assert "Content-Type" not in sent("POST").headers


@pytest.mark.parametrize("body", [[], {}, 0, False, ""])
def test_an_empty_body_is_a_body(body: object) -> None:
    assert sent("POST", json=body).content


@pytest.mark.parametrize("body", [float("nan"), object(), {"a": {1, 2}}, "\ud800", {"digits": 10**5000}])
def test_a_body_without_a_json_form_is_refused(body: object) -> None:
    assert str(refused(json=body)).startswith("the body cannot be sent as JSON: ")


def test_a_product_may_encode_bodies_itself() -> None:
    settings = client(encode=lambda value: b"packed", headers={"Content-Type": "application/x-packed"})
    request = sent("POST", json={}, settings=settings)
    assert (request.content, request.headers["Content-Type"]) == (b"packed", "application/x-packed")


# --- targets


def run(run_id: object) -> Walk:
    return walk(call(client(), RUN, {"run_id": run_id}), [200] if run_id == "a/b" else [])


@pytest.mark.promise("kneo.client.path-parameters-encoded")
def test_a_segment_is_encoded() -> None:
    assert run("a/b").requests[0].url == "http://h/v1/runs/a%2Fb"


@pytest.mark.promise("kneo.client.path-parameters-single-segment")
@pytest.mark.parametrize("run_id", ["", ".", "..", None, 5])
def test_a_segment_that_would_leave_the_path_is_refused(run_id: object) -> None:
    assert str(run(run_id)) == "-> ConfigurationError"


def test_the_operation_gives_query_and_path() -> None:
    walked = walk(call(client(), RUN, {"run_id": "r"}, query={"limit": 5, "none": None}), [200])
    assert str(walked) == "[Send GET /v1/runs/r?limit=5] <- 200 -> {}"


def test_nothing_secret_shows_in_a_request() -> None:
    assert repr(Request("GET", "http://h", "/x?key=s3cret", {"A": "s3cret"}, b"s3cret")) == "<Request GET /x>"


def test_ids_are_version_4_uuids() -> None:
    ids = {random_uuid() for _ in range(200)}
    assert len(ids) == 200
    pattern = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(pattern.fullmatch(each) for each in ids)
