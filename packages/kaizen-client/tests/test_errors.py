"""Failures: one family, every status, nothing lost and nothing leaked."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from sdk_engine.errors import NetworkError, Outcome, ProtocolError, StatusError
from sdk_engine.messages import Response, WireFailure

from kaizen_client import (
    EncodeOptions,
    EncodeRequest,
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    KaizenError,
    KaizenInvalidRequestError,
    KaizenRateLimitError,
    KaizenRequestError,
    KaizenResponseError,
    KaizenValidationError,
    PromptEncodePayload,
)

from .conftest import KEY, answer, serving

Scripted = Callable[..., Any]


@pytest.mark.promise("kaizen.errors.every-non-2xx")
@pytest.mark.parametrize(
    "status", [300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 410, 413, 418, 500, 502, 503]
)
async def test_every_status_that_is_not_2xx_is_an_error(status: int, scripted: Scripted) -> None:
    client, wire = scripted(answer({"detail": "no", "status": "ok"}, status, X_Trace="t1"))
    with pytest.raises(KaizenAPIError) as caught:
        await client.compress({"data": 1})
    error = caught.value
    assert (error.status_code, error.payload) == (status, {"detail": "no", "status": "ok"})
    assert error.headers["x-trace"] == error.headers["X-TRACE"] == "t1"
    assert str(status) in str(error)
    assert repr(error.payload) in str(error)
    assert (error.outcome, error.attempts, len(wire.requests)) == (Outcome.ANSWERED, 1, 1)
    assert isinstance(error, StatusError)


@pytest.mark.promise("kaizen.errors.status-payload-headers", "kaizen.errors.detail")
@pytest.mark.parametrize(
    ("body", "payload", "code", "message", "details"),
    [
        (b'{"detail": "no"}', {"detail": "no"}, None, "no", []),
        (
            b'{"detail": [{"loc": ["body"], "msg": "m", "type": "t"}]}',
            {"detail": [{"loc": ["body"], "msg": "m", "type": "t"}]},
            None,
            None,
            [{"loc": ["body"], "msg": "m", "type": "t"}],
        ),
        (
            b'{"detail": "no", "code": "c1", "request_id": "r9"}',
            {"detail": "no", "code": "c1", "request_id": "r9"},
            "c1",
            "no",
            [],
        ),
        (b'{"message": "gateway"}', {"message": "gateway"}, None, "gateway", []),
        (b"plain", "plain", None, None, []),
        (b"<html>", "<html>", None, None, []),
        (b"", None, None, None, []),
        (b"[1]", [1], None, None, []),
    ],
)
async def test_bodies_of_errors(
    body: bytes, payload: Any, code: Any, message: Any, details: Any, scripted: Scripted
) -> None:
    client, _ = scripted(Response(400, body))
    with pytest.raises(KaizenAPIError) as caught:
        await client.compress({"data": 1})
    error = caught.value
    assert (error.payload, error.error_code, error.details) == (payload, code, details)
    assert error.message == (message or str(error))


async def test_request_id_of_an_error(scripted: Scripted) -> None:
    client, wire = scripted(
        answer({}, 500), answer({"request_id": "body"}, 500), answer({"request_id": "b"}, 500, X_Request_ID="header")
    )
    ids = []
    for _ in range(3):
        with pytest.raises(KaizenAPIError) as caught:
            await client.health()
        ids.append(caught.value.request_id)
    assert ids == [wire.requests[0].headers["X-Request-ID"], "body", "header"]


@pytest.mark.promise("kaizen.errors.rate-limit", "kaizen.errors.headers-for-retry-hints")
@pytest.mark.parametrize(
    ("hint", "seconds"), [("7", 7.0), ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0), ("soon", None), (None, None)]
)
async def test_rate_limits(hint: str | None, seconds: float | None, scripted: Scripted) -> None:
    headers = {} if hint is None else {"Retry_After": hint}
    client, _ = scripted(answer({"detail": "slow down"}, 429, **headers))
    with pytest.raises(KaizenRateLimitError) as caught:
        await client.compress({"data": 1})
    assert caught.value.retry_after == seconds
    assert caught.value.headers.get("Retry-After") == hint


@pytest.mark.promise("kaizen.errors.validation")
async def test_a_422_names_the_fields(scripted: Scripted) -> None:
    client, _ = scripted(answer({"detail": [{"loc": ["body", "data"], "msg": "m", "type": "missing"}]}, 422))
    with pytest.raises(KaizenValidationError) as caught:
        await client.compress({"data": 1})
    assert caught.value.details[0]["loc"] == ["body", "data"]


@pytest.mark.parametrize("large", ["x" * 100_000, ["y" * 100] * 1000])
async def test_a_large_body_is_cut(large: Any, scripted: Scripted) -> None:
    client, _ = scripted(answer({"detail": large, "code": "big"}, 400), Response(400, b"z" * 100_000))
    with pytest.raises(KaizenAPIError) as caught:
        await client.compress({"data": 1})
    assert caught.value.payload.get("detail")
    assert caught.value.error_code == "big"
    assert len(json.dumps(caught.value.payload)) < 4200
    assert len(str(caught.value)) < 500
    with pytest.raises(KaizenAPIError) as caught:
        await client.compress({"data": 1})
    assert len(caught.value.payload) == 4096


@pytest.mark.promise("kaizen.errors.unusable-success")
@pytest.mark.parametrize(
    "response",
    [
        Response(204),
        Response(200),
        Response(200, b"{"),
        Response(200, b"[]"),
        Response(200, b"null"),
        Response(200, b'"x"'),
        Response(200, b"<html>"),
        Response(200, b'{"a": NaN}'),
        Response(200, b"\xff"),
        Response(200, b"[" * 100_000),
    ],
    ids=lambda response: repr(response.content[:8]),
)
async def test_a_success_that_cannot_be_used(response: Response, scripted: Scripted) -> None:
    client, wire = scripted(response)
    with pytest.raises(KaizenResponseError) as caught:
        await client.compress({"data": 1})
    error = caught.value
    assert isinstance(error, (KaizenAPIError, ValueError, ProtocolError))
    assert (error.status_code, error.outcome) == (response.status_code, Outcome.UNKNOWN)
    assert error.request_id == wire.requests[0].headers["X-Request-ID"]


@pytest.mark.promise("kaizen.errors.unusable-success", "kaizen.errors.headers-for-retry-hints")
async def test_an_unusable_success_has_the_headers_of_its_answer(scripted: Scripted) -> None:
    fields = [("Server", "proxy"), ("Retry-After", "7"), ("X-Request-ID", "theirs"), ("Via", "a"), ("Via", "b")]
    client, _ = scripted(Response(200, b"<html>", fields))
    with pytest.raises(KaizenResponseError) as caught:
        await client.compress({"data": 1})
    error = caught.value
    assert (error.headers["server"], error.headers["VIA"]) == ("proxy", "a, b")
    assert (error.retry_after, error.request_id, error.payload, error.attempts) == (7.0, "theirs", "<html>", 1)
    assert pickle.loads(pickle.dumps(error)).headers["Server"] == "proxy"


async def test_a_success_that_reports_an_error(scripted: Scripted) -> None:
    client, wire = scripted(answer({"status": "error", "detail": "broken"}, Server="s"))
    with pytest.raises(KaizenAPIError, match="broken") as caught:
        await client.compress({"data": 1})
    error = caught.value
    assert (error.status_code, error.attempts, error.outcome) == (200, 1, Outcome.ANSWERED)
    assert (error.headers["server"], error.message) == ("s", "broken")
    assert error.request_id == wire.requests[0].headers["X-Request-ID"]


@pytest.mark.promise("kaizen.errors.network-with-original")
async def test_network_trouble_carries_the_original(scripted: Scripted) -> None:
    failure = WireFailure("no connection: refused", outcome=Outcome.NOT_SENT)
    failure.__cause__ = original = ConnectionRefusedError("refused")
    client, wire = scripted(failure)
    with pytest.raises(KaizenRequestError, match="refused") as caught:
        await client.compress({"data": 1})
    error = caught.value
    assert error.original is original
    assert error.__cause__ is original
    assert (error.outcome, error.attempts, len(wire.requests)) == (Outcome.NOT_SENT, 1, 1)
    assert isinstance(error, NetworkError)
    assert error.message == str(error)


@pytest.mark.promise("kaizen.errors.network-with-original")
async def test_a_refused_connection() -> None:
    with serving(lambda request: (200, {}, b"{}")) as gone:
        url = gone.url
    async with KaizenClient(KaizenClientConfig(url, KEY)) as client:
        with pytest.raises(KaizenRequestError) as caught:
            await client.health()
    assert caught.value.original is not None
    assert caught.value.outcome is Outcome.NOT_SENT
    assert KEY not in repr(vars(caught.value))


def test_errors_made_by_hand() -> None:
    original = httpx.ConnectError("boom")
    request = KaizenRequestError("unreachable", original)
    assert (str(request), request.original, request.__cause__) == ("unreachable", original, original)
    assert KaizenRequestError("x", original=None).original is None
    api = KaizenAPIError(status_code=418, payload={"detail": "tea"}, headers={"Retry-After": "3"})
    assert (api.status_code, api.payload, api.headers, api.retry_after) == (
        418,
        {"detail": "tea"},
        {"Retry-After": "3"},
        3.0,
    )
    assert KaizenAPIError(500).headers == {}


class Unpicklable(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("no")


@pytest.mark.promise("kaizen.errors.pickle-hash-copy")
@pytest.mark.parametrize(
    "error",
    [
        KaizenAPIError(429, {"detail": "x"}, {"Retry-After": "3"}, attempts=2, request_id="r"),
        KaizenRateLimitError(429, "x", httpx.Headers({"A": "b"})),
        KaizenRequestError("m", httpx.ConnectError("boom"), attempts=3),
        KaizenResponseError("bad", status=200, body="x"),
        KaizenInvalidRequestError("m"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_pickle_hash_and_copy(error: KaizenError) -> None:
    assert {error: 1}[error] == 1
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert (twin.attempts, twin.status, twin.request_id) == (error.attempts, error.status, error.request_id)
    if isinstance(error, KaizenRequestError):
        assert isinstance(pickle.loads(pickle.dumps(error)).original, httpx.ConnectError)


def test_an_original_that_cannot_be_pickled_is_left_behind() -> None:
    error = pickle.loads(pickle.dumps(KaizenRequestError("m", Unpicklable())))
    assert (str(error), error.original) == ("m", None)


def test_old_module_name() -> None:
    from kaizen_client import exceptions

    assert exceptions.KaizenAPIError is KaizenAPIError


def deep(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


def loop() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.promise("kaizen.requests.unsendable-payloads")
@pytest.mark.parametrize(
    "value", [float("nan"), b"x", {1, 2}, object(), "\ud800", deep(100_000), {(1, 2): 3}, loop()], ids=type
)
async def test_payloads_without_a_json_form(value: Any, scripted: Scripted) -> None:
    client, wire = scripted(200)
    with pytest.raises(KaizenInvalidRequestError) as caught:
        await client.compress({"data": value})
    assert isinstance(caught.value, (TypeError, ValueError))
    assert not wire.requests


@pytest.mark.promise("kaizen.requests.unsendable-payloads")
async def test_a_deep_payload_is_sent_or_refused(scripted: Scripted) -> None:
    client, wire = scripted(answer({"ok": True}))
    try:
        result = await client.compress({"data": deep(3000)})  # how deep Python can write differs between its versions
    except KaizenInvalidRequestError:
        assert not wire.requests
    else:
        assert result == {"ok": True}


@pytest.mark.promise("kaizen.requests.checked-before-sending")
@pytest.mark.parametrize("payload", ["text", None, 7, ["data"]])
async def test_payloads_that_are_no_payload(payload: Any, scripted: Scripted) -> None:
    client, wire = scripted(200)
    with pytest.raises(ValidationError):
        await client.compress(payload)
    assert not wire.requests


async def test_models_of_another_operation_and_models_changed_later(scripted: Scripted) -> None:
    client, wire = scripted(200, 200)
    with pytest.raises(ValidationError):
        await client.compress(PromptEncodePayload(prompt=1))
    changed = EncodeRequest(data=1, options=EncodeOptions(indent=2))
    assert changed.options is not None
    changed.options.indent = 0
    with pytest.raises(ValidationError):
        await client.compress(changed)
    await client.optimize_request(PromptEncodePayload(prompt=None))
    await client.compress(EncodeRequest(data={"m": EncodeOptions(indent=None)}))
    bodies = [json.loads(request.content) for request in wire.requests]
    assert bodies[0] == {"prompt": None, "auto_detect_json": True}
    assert bodies[1]["data"]["m"]["indent"] is None
