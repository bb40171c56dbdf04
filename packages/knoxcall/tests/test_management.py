"""Retries, errors, envelopes and per-call options of the management API."""

import copy
import json
import pickle
import traceback
from typing import Any

import httpx
import pytest
from conftest import KEY, Make, done
from contract_messages import DROP, ULID, Answer, error
from contract_server import ContractServer
from sdk_engine.errors import Outcome

from knoxcall import NOT_GIVEN, KnoxCall, errors
from knoxcall.retries import Backoff, new_ulid

OK = Answer(200, {"data": {"id": "1"}, "meta": {}})
CREATE = {"name": "n", "target_base_url": "u"}


# --- errors


@pytest.mark.promise("knox.errors.request-id")
async def test_request_id_of_the_header_goes_first(make: Make, server: ContractServer) -> None:
    server.script.append(error(404, X_Request_Id="req_h"))
    with pytest.raises(errors.NotFoundError) as caught:
        await done(make().routes.get("r"))
    assert caught.value.request_id == "req_h"
    assert caught.value.headers["x-request-id"] == "req_h"


@pytest.mark.promise("knox.errors.fields")
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"fields": {"a": "one"}}, {"a": ["one"]}),
        ({"fields": {"a": [1]}}, {"a": ["1"]}),
        ({"fields": ["a"]}, {}),
        (["a"], {}),
        ("text", {}),
    ],
)
async def test_fields_of_any_shape(make: Make, server: ContractServer, body: Any, fields: Any) -> None:
    server.script.append(Answer(422, body if not isinstance(body, list) else json.dumps(body)))
    with pytest.raises(errors.ValidationError) as caught:
        await done(make().routes.create(**CREATE))
    assert caught.value.fields == fields
    assert pickle.loads(pickle.dumps(caught.value)).fields == fields


@pytest.mark.promise("knox.errors.redirect-is-no-success")
async def test_redirect_is_an_error(make: Make, server: ContractServer) -> None:
    server.script.append(Answer(302, "", {"Location": "http://127.0.0.1:1/elsewhere"}))
    with pytest.raises(errors.KnoxCallError) as caught:
        await done(make().account.get())
    assert caught.value.status == 302
    assert len(server.seen) == 1


@pytest.mark.promise("knox.errors.transport")
async def test_connection_refused(make: Make) -> None:
    client = make(base_url="http://127.0.0.1:1")
    with pytest.raises(errors.APIConnectionError) as caught:
        await done(client.account.get())
    failure = caught.value
    assert failure.outcome is Outcome.NOT_SENT
    assert failure.attempts == 3
    assert str(failure).startswith("GET http://127.0.0.1:1")
    assert not isinstance(failure, errors.APIConnectionTimeoutError)


@pytest.mark.promise("knox.errors.transport", "knox.calls.timeout")
async def test_timeout_of_one_call(make: Make, server: ContractServer) -> None:
    import threading

    release = threading.Event()

    def hang(seen: Any) -> Answer:
        release.wait(5)
        return OK

    server.script.append(hang)
    client = make(retry_max_attempts=1)
    try:
        with pytest.raises(errors.APIConnectionTimeoutError) as caught:
            await done(client.account.get(timeout=0.05))
    finally:
        release.set()
    assert caught.value.outcome is Outcome.UNKNOWN


@pytest.mark.promise("knox.errors.no-secrets")
async def test_no_error_shows_the_key(make: Make, server: ContractServer) -> None:
    server.script += [error(403), DROP]
    client = make(retry_max_attempts=1)
    for _ in range(2):
        with pytest.raises(errors.KnoxCallError) as caught:
            await done(client.routes.create(**CREATE))
        shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
        assert KEY not in shown
        assert KEY not in repr(vars(caught.value))
        assert type(copy.copy(caught.value)) is type(caught.value)
    assert KEY not in repr(client)


# --- retries


@pytest.mark.promise("knox.retries.statuses", "knox.retries.never-409")
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 422, 501])
async def test_not_retried(make: Make, server: ContractServer, status: int) -> None:
    server.script.append(error(status))
    with pytest.raises(errors.KnoxCallError):
        await done(make().routes.create(**CREATE))
    assert len(server.seen) == 1


@pytest.mark.promise("knox.retries.statuses", "knox.retries.idempotency-key")
@pytest.mark.parametrize("failure", [*map(error, (408, 429, 500, 502, 503, 504)), DROP])
async def test_retried_with_the_same_key(make: Make, server: ContractServer, failure: Answer) -> None:
    server.script += [failure, failure, OK]
    assert await done(make().routes.create(**CREATE)) == {"id": "1"}
    keys = {seen.headers["x-idempotency-key"] for seen in server.seen}
    assert len(server.seen) == 3
    assert len(keys) == 1
    assert ULID.fullmatch(keys.pop())


@pytest.mark.promise("knox.retries.attempts")
@pytest.mark.parametrize("attempts", [1, 3, 5])
async def test_attempts(make: Make, server: ContractServer, attempts: int) -> None:
    server.script += [error(500)] * 6
    with pytest.raises(errors.ServerError) as caught:
        await done(make(retry_max_attempts=attempts).account.get())
    assert len(server.seen) == caught.value.attempts == attempts


@pytest.mark.promise("knox.retries.backoff", "knox.retries.retry-after")
def test_backoff() -> None:
    policy = Backoff()
    first = [policy.delay_for(2) for _ in range(500)]
    assert 0.05 <= min(first) < 0.06
    assert 0.09 < max(first) <= 0.1
    assert max(policy.delay_for(12) for _ in range(200)) <= 5.0
    assert policy.delay_for(2, 7.0) == 7.0
    assert policy.delay_for(2, 31.0) == 30.0
    assert policy.longest_total(30.0) == 150.0


@pytest.mark.promise("knox.retries.retry-after")
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_slept(server: ContractServer, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("sdk_engine.drivers.time.sleep", slept.append)
    server.script += [error(status, Retry_After="7"), error(status, Retry_After="999"), OK]
    with KnoxCall(api_key=KEY, base_url=server.url, timeout=2) as client:
        assert client.account.get() == {"id": "1"}
    assert slept == [7.0, 30.0]


@pytest.mark.promise("knox.errors.retry-after")
async def test_retry_after_of_the_last_answer(make: Make, server: ContractServer) -> None:
    server.script.append(error(429, Retry_After="2"))
    with pytest.raises(errors.RateLimitError) as caught:
        await done(make(retry_max_attempts=1).account.get())
    assert caught.value.retry_after == 2


@pytest.mark.promise("knox.retries.idempotency-key")
async def test_own_idempotency_key(make: Make, server: ContractServer) -> None:
    server.script += [error(503), error(409)]
    with pytest.raises(errors.ConflictError) as caught:
        await done(make().routes.create(**CREATE, idempotency_key="my-key"))
    assert [seen.headers["x-idempotency-key"] for seen in server.seen] == ["my-key", "my-key"]
    assert caught.value.idempotency_key == "my-key"


async def test_empty_idempotency_key_means_a_fresh_one(make: Make, server: ContractServer) -> None:
    await done(make().routes.delete("r", idempotency_key=""))
    assert ULID.fullmatch(server.seen[0].headers["x-idempotency-key"])


def test_ulids_sort_by_time_and_never_repeat() -> None:
    made = [new_ulid() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(ULID.fullmatch(ulid) for ulid in made)
    assert [ulid[:9] for ulid in made] == sorted(ulid[:9] for ulid in made)


# --- what is sent


@pytest.mark.promise("knox.arguments.null")
async def test_none_clears_and_left_out_stays(make: Make, server: ContractServer) -> None:
    client = make()
    await done(client.secrets.update("s", description=None, name=NOT_GIVEN))
    await done(client.environments.update("e", color="red"))
    await done(client.secrets.create(name="n", secret_type="string", value="v", description=None))
    assert server.seen[0].json == {"description": None}
    assert server.seen[1].json == {"color": "red"}
    assert "description" not in server.seen[2].json


@pytest.mark.promise("knox.arguments.one-segment")
@pytest.mark.parametrize("bad", ["", ".", "..", 5, None])
async def test_ids_that_would_name_something_else(make: Make, server: ContractServer, bad: Any) -> None:
    client = make()
    with pytest.raises(errors.InvalidRequestError) as caught:
        await done(client.vaults.delete_token("pii", bad))
    assert caught.value.outcome is Outcome.NOT_SENT
    assert server.seen == []


@pytest.mark.promise("knox.arguments.one-segment")
async def test_ids_are_one_segment(make: Make, server: ContractServer) -> None:
    await done(make().routes.get("a/b ?%#é"))
    assert server.seen[0].target == "/v1/routes/a%2Fb%20%3F%25%23%C3%A9"


@pytest.mark.promise("knox.arguments.checked")
async def test_unknown_arguments_are_errors(make: Make, server: ContractServer) -> None:
    client = make()
    with pytest.raises(TypeError):
        await done(client.routes.create(name="n", target_url="u"))
    with pytest.raises(TypeError):
        await done(client.routes.list(tiemout=3))
    assert server.seen == []


@pytest.mark.promise("knox.calls.headers")
async def test_extra_headers(make: Make, server: ContractServer) -> None:
    headers = {"X-Team": "a", "authorization": "Bearer other", "KnoxCall-Version": "2001-01-01", "dpop": "x"}
    await done(make().account.get(headers=headers))
    sent = server.seen[0].headers
    assert sent["x-team"] == "a"
    assert sent["authorization"] == f"Bearer {KEY}"
    assert sent["knoxcall-version"] == "2026-08-05"
    assert "dpop" not in sent


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\0", "é", " padded"])
async def test_header_injection_is_refused(make: Make, server: ContractServer, value: str) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await done(make().account.get(headers={"X-A": value}))
    assert value not in str(caught.value)
    assert server.seen == []


# --- what comes back


@pytest.mark.promise("knox.calls.raw-response")
async def test_raw_response(make: Make, server: ContractServer) -> None:
    seen: list[httpx.Response] = []
    server.script.append(Answer(200, {"data": {"id": "1"}}, {"X-RateLimit-Remaining": "7"}))
    assert await done(make().account.get(on_response=seen.append)) == {"id": "1"}
    (response,) = seen
    assert isinstance(response, httpx.Response)
    assert (response.status_code, response.headers["x-ratelimit-remaining"]) == (200, "7")
    assert response.json() == {"data": {"id": "1"}}
    assert response.url.path == "/v1/account"
    assert "authorization" not in response.request.headers


@pytest.mark.promise("knox.calls.raw-response")
async def test_request_without_a_method(make: Make, server: ContractServer) -> None:
    seen: list[httpx.Response] = []
    client = make()
    response = await done(client.request("GET", "/v1/routes", query={"page": 2}, on_response=seen.append))
    assert response is seen[0]
    assert response.json()["meta"]["page"] == 2
    created = await done(client.request("POST", "/v1/routes", body=CREATE))
    assert created.json()["data"]["id"] == "text"
    with pytest.raises(errors.InvalidRequestError):
        await done(client.request("GET", "https://elsewhere.example/v1/routes"))


async def test_recorded_envelopes(make: Make, server: ContractServer) -> None:
    client = make()
    server.script += [Answer(204), Answer(204), Answer(200, {"no_data": 1})]
    assert await done(client.routes.delete("x")) is None
    assert await done(client.vaults.delete("x")) is None
    assert await done(client.routes.get("x")) == {"no_data": 1}


@pytest.mark.promise("knox.errors.unusable")
@pytest.mark.parametrize("body", ["PEM", "[]", "", '{"data": 5}', "{", '{"data": null}'])
async def test_a_2xx_that_is_not_what_was_promised(make: Make, server: ContractServer, body: str) -> None:
    server.script.append(Answer(200, body))
    with pytest.raises(errors.UnusableResponseError) as caught:
        await done(make().routes.create(**CREATE))
    assert caught.value.outcome is Outcome.UNKNOWN
    assert caught.value.idempotency_key
    assert caught.value.status == 200


@pytest.mark.promise("knox.errors.unusable")
async def test_no_content_is_no_object(make: Make, server: ContractServer) -> None:
    client = make()
    for call in (client.account.get, lambda: client.routes.create(**CREATE), client.environments.list):
        server.script.append(Answer(204))
        with pytest.raises(errors.UnusableResponseError):
            await done(call())


async def test_a_list_that_is_none(make: Make, server: ContractServer) -> None:
    server.script.append(Answer(200, {"data": {}}))
    with pytest.raises(errors.UnusableResponseError):
        await done(make().environments.list())
