"""The hierarchy of exceptions, what each carries, and how an answer becomes one."""

import copy
import json
import pickle
from typing import Any

import httpx
import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import WireFailure

from kneo_client import types
from kneo_client.core import errors
from kneo_client.core.errors import (
    KneoAuthError,
    KneoConflictError,
    KneoError,
    KneoIdempotencyMismatchError,
    KneoInvalidRequestError,
    KneoNetworkError,
    KneoNotFoundError,
    KneoPermissionError,
    KneoProtocolError,
    KneoRateLimited,
    KneoServerError,
    KneoWaitTimeoutError,
    from_response,
)

DOCUMENTED = [
    KneoNetworkError,
    KneoAuthError,
    KneoPermissionError,
    KneoNotFoundError,
    KneoConflictError,
    KneoIdempotencyMismatchError,
    KneoRateLimited,
    KneoServerError,
]
OF_1_X = [
    errors.KneoBadRequestError,
    errors.KneoHumanTaskExpiredError,
    errors.KneoPayloadTooLargeError,
    errors.KneoServiceUnavailableError,
    errors.KneoValidationError,
]
NEW = [errors.KneoPlatformVersionError]
ALL = [KneoError, *DOCUMENTED, *OF_1_X, *NEW, KneoInvalidRequestError, KneoProtocolError, KneoWaitTimeoutError]
FACTS: dict[str, Any] = {"status": 418, "body": {"a": 1}, "request_id": "r", "idempotency_key": "k"}


@pytest.mark.promise("kneo.errors.base", "kneo.errors.mismatch-is-a-conflict", "kneo.errors.hierarchy-otherwise-flat")
def test_documented_classes_are_parallel_except_the_mismatch() -> None:
    assert issubclass(KneoError, Exception)
    assert {
        (sub.__name__, base.__name__) for sub in DOCUMENTED for base in DOCUMENTED if sub in base.__subclasses__()
    } == {("KneoIdempotencyMismatchError", "KneoConflictError")}
    assert all(issubclass(each, KneoError) for each in ALL)


def test_module_names_every_class() -> None:
    assert {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, KneoError)} == set(
        ALL
    )
    assert all(f"{each.__name__} " in (errors.__doc__ or "") + " " for each in [*DOCUMENTED, *OF_1_X])
    assert errors.KneoRateLimited is errors.KneoRateLimitedError
    assert errors.KneoPayloadTooLarge is errors.KneoPayloadTooLargeError
    assert errors.KneoServiceUnavailable is errors.KneoServiceUnavailableError


@pytest.mark.parametrize(
    ("status", "detail", "facts"),
    [
        (413, {"error": "payload_too_large", "max_body_bytes": 1000}, {"max_body_bytes": 1000}),
        (413, None, {"max_body_bytes": None}),
        (
            409,
            {"error": "human_task_expired", "continuation_id": "c", "expires_at": 1.5},
            {"continuation_id": "c", "expires_at": 1.5},
        ),
    ],
)
def test_what_the_platform_adds_is_on_the_error(status: int, detail: Any, facts: dict[str, Any]) -> None:
    error = from_response(httpx.Response(status, json={"detail": detail}))
    assert {name: getattr(error, name) for name in facts} == facts


@pytest.mark.parametrize(
    ("cls", "builtin"), [(KneoInvalidRequestError, ValueError), (KneoWaitTimeoutError, TimeoutError)]
)
def test_two_are_also_what_python_callers_expect(cls: type, builtin: type) -> None:
    assert issubclass(cls, builtin)


@pytest.mark.promise("kneo.errors.settings-constructor")
@pytest.mark.parametrize("cls", ALL)
def test_all_share_one_constructor(cls: type[KneoError]) -> None:
    error = cls("what happened", **FACTS)
    assert {name: getattr(error, name) for name in FACTS} == FACTS
    assert str(error) == "what happened"
    bare = cls("what happened")
    assert [getattr(bare, name) for name in FACTS] == [None] * 4
    assert cls("slow down", retry_after=1.5).retry_after == 1.5


@pytest.mark.promise("kneo.errors.pickle-and-hash")
@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize("clone", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_errors_survive_pickling_and_can_be_hashed(cls: type[KneoError], clone: Any) -> None:
    error = cls("what happened", **FACTS, retry_after=2.0, attempts=3, outcome=Outcome.UNKNOWN)
    copied = clone(error)
    assert (type(copied), copied.args, vars(copied)) == (cls, error.args, vars(error))
    assert {error: 1}[error] == 1


@pytest.mark.promise("kneo.errors.from-response")
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (100, KneoError),
        (304, KneoError),
        (400, errors.KneoBadRequestError),
        pytest.param(401, KneoAuthError, marks=pytest.mark.promise("kneo.errors.401")),
        pytest.param(403, KneoPermissionError, marks=pytest.mark.promise("kneo.errors.403")),
        pytest.param(404, KneoNotFoundError, marks=pytest.mark.promise("kneo.errors.404")),
        (405, KneoError),
        pytest.param(409, KneoConflictError, marks=pytest.mark.promise("kneo.errors.409-without-key")),
        (413, errors.KneoPayloadTooLargeError),
        pytest.param(422, errors.KneoValidationError, marks=pytest.mark.promise("kneo.errors.other-statuses")),
        pytest.param(429, KneoRateLimited, marks=pytest.mark.promise("kneo.errors.429")),
        pytest.param(500, KneoServerError, marks=pytest.mark.promise("kneo.errors.5xx")),
        (501, KneoServerError),
        (502, KneoServerError),
        (503, errors.KneoServiceUnavailableError),
        (599, KneoServerError),
        (600, KneoError),
        (999, KneoError),
    ],
)
def test_class_for_each_status(status: int, expected: type[KneoError]) -> None:
    error = from_response(httpx.Response(status, json={"detail": "why"}, headers={"X-Request-ID": "r"}))
    assert type(error) is expected
    assert (error.status, error.body, error.request_id) == (status, {"detail": "why"}, "r")
    assert (error.idempotency_key, error.outcome, error.attempts) == (None, Outcome.ANSWERED, 1)
    assert str(error) == f"HTTP {status}: why"


@pytest.mark.promise("kneo.errors.409-mismatch-code", "kneo.errors.409-no-code-but-key", "kneo.errors.409-other-codes")
@pytest.mark.promise("kneo.errors.409-with-key", "kneo.errors.mismatch-carries-key")
@pytest.mark.parametrize(
    ("body", "key", "expected"),
    [
        ({"detail": {"error": "idempotency_key_conflict"}}, "k", KneoIdempotencyMismatchError),
        ({"detail": {"error": "idempotency_key_conflict"}}, None, KneoIdempotencyMismatchError),
        ({"detail": "Conflict"}, "k", KneoIdempotencyMismatchError),
        ("<html>", "k", KneoIdempotencyMismatchError),
        ("", "k", KneoIdempotencyMismatchError),
        ("", None, KneoConflictError),
        ({"detail": {"error": "idempotency_key_in_progress"}}, "k", KneoConflictError),
        ({"detail": {"error": "resource_locked"}}, "k", KneoConflictError),
        ({"detail": {"error": "run_state_conflict"}}, "k", KneoConflictError),
        ({"detail": {"error": "human_task_expired"}}, "k", errors.KneoHumanTaskExpiredError),
    ],
)
def test_class_for_a_conflict(body: Any, key: str | None, expected: type[KneoError]) -> None:
    content = body if isinstance(body, str) else json.dumps(body)
    error = from_response(httpx.Response(409, text=content), idempotency_key=key)
    assert type(error) is expected
    assert error.idempotency_key == key
    assert isinstance(error, KneoConflictError)


@pytest.mark.promise("kneo.errors.409-retried")
@pytest.mark.parametrize(
    ("code", "sent"),
    [
        ("idempotency_key_in_progress", 3),
        ("resource_locked", 3),
        ("idempotency_key_conflict", 1),
        ("run_state_conflict", 1),
        ("human_task_expired", 1),
    ],
)
async def test_conflicts_that_pass_are_retried_with_the_same_key(scripted: Any, code: str, sent: int) -> None:
    client, wire = scripted((409, {"detail": {"error": code, "message": "why"}}))
    with pytest.raises(KneoConflictError, match=f"HTTP 409 {code}: why") as caught:
        await client.platform.runs.create({"input": "x"})
    assert [request.headers["Idempotency-Key"] for request in wire.requests] == [caught.value.idempotency_key] * sent
    assert caught.value.code == code


@pytest.mark.promise("kneo.errors.body-attribute", "kneo.errors.body-size")
@pytest.mark.parametrize(
    ("content", "body"),
    [
        ('{"detail": "x"}', {"detail": "x"}),
        ("[1]", [1]),
        ("Bad Gateway", "Bad Gateway"),
        ("", None),
        ("\ufeff{}", {}),
        ("x" * 9000, "x" * 4096),
        (
            json.dumps({"detail": {"error": "e", "input": "x" * 9000}}),
            {"detail": {"error": "e", "input": "x" * 200 + "…"}},
        ),
    ],
)
def test_body_is_parsed_json_or_text_or_none(content: str, body: Any) -> None:
    assert from_response(httpx.Response(500, text=content)).body == body


@pytest.mark.promise("kneo.errors.body-size")
def test_body_of_many_fields_is_cut_too() -> None:
    error = from_response(httpx.Response(422, json={"detail": [{"msg": "m", "loc": ["f"]} for _ in range(5000)]}))
    assert len(error.body) <= 4096
    assert len(str(error)) < 400


@pytest.mark.promise("kneo.errors.rate-limited-retry-after")
@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), (None, None), ("soon", None), ("0", 0.0)])
def test_rate_limited_carries_retry_after(header: str | None, seconds: float | None) -> None:
    headers = {} if header is None else {"Retry-After": header}
    error = from_response(httpx.Response(429, headers=headers))
    assert type(error) is KneoRateLimited
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"detail": {"error": "not_found", "message": "no run r1"}}, "HTTP 400 not_found: no run r1"),
        ({"detail": {"error": "not_found"}}, "HTTP 400 not_found"),
        ({"detail": {"error": 5, "message": None}}, "HTTP 400"),
        (
            {"detail": [{"loc": ["body", "input"], "msg": "missing", "input": "s3cret"}]},
            "HTTP 400: body.input: missing",
        ),
        ({"detail": [{"msg": "m"}, 5, {"loc": ["a", 0], "msg": None}]}, "HTTP 400: invalid; invalid; a.0: invalid"),
        ({"detail": 5}, "HTTP 400"),
        ({"error": "x"}, "HTTP 400"),
        ([], "HTTP 400"),
        ({"detail": [{"loc": ["a"], "msg": "m"}] * 9}, "HTTP 400: " + "; ".join(["a: m"] * 5)),
        ({"detail": "x" * 300}, "HTTP 400: " + "x" * 300),
        ({"detail": "x" * 301}, "HTTP 400: " + "x" * 300 + "…"),
    ],
)
def test_message_says_what_the_platform_said(body: Any, message: str) -> None:
    assert str(from_response(httpx.Response(400, json=body))) == message


@pytest.mark.promise("kneo.errors.status-attribute", "kneo.errors.idempotency-key-attribute")
@pytest.mark.parametrize(("answer", "status"), [(404, 404), (WireFailure("lost"), None), ((200, "?"), 200)])
async def test_status_and_key_of_a_failed_post(scripted: Any, answer: Any, status: int | None) -> None:
    client, wire = scripted(answer)
    with pytest.raises(KneoError) as caught:
        await client.platform.runs.create({"input": "x"})
    assert caught.value.status == status
    assert caught.value.idempotency_key == wire.requests[0].headers["Idempotency-Key"]


@pytest.mark.promise("kneo.errors.every-failure-is-a-kneo-error", "kneo.errors.raises-instead-of-none")
@pytest.mark.parametrize("answer", [400, 500, 302, (200, "not json"), (200, "null"), (204, ""), WireFailure("lost")])
async def test_every_failure_is_raised_as_a_kneo_error(scripted: Any, answer: Any) -> None:
    client, _ = scripted(answer)
    for call in (client.platform.health.healthz(), client.platform.runs.create({"input": "x"})):
        with pytest.raises(KneoError):
            await call


@pytest.mark.promise("kneo.errors.unusable-success-is-a-protocol-error", "kneo.errors.unusable-success-outcome")
@pytest.mark.promise("kneo.compat.older-platform-key-error")
async def test_success_that_cannot_be_used(scripted: Any) -> None:
    client, wire = scripted((200, {"run_id": "r1"}))
    with pytest.raises(KneoProtocolError, match="`status`") as caught:
        await client.platform.runs.create({"input": "x"}, idempotency_key="mine")
    error = caught.value
    assert (error.status, error.outcome, error.idempotency_key) == (200, Outcome.UNKNOWN, "mine")
    assert (error.body, error.request_id) == ({"run_id": "r1"}, wire.requests[0].headers["X-Request-ID"])


@pytest.mark.promise("kneo.errors.server-error-means-retries-exhausted")
async def test_plain_500_is_one_attempt(scripted: Any) -> None:
    client, wire = scripted(500)
    with pytest.raises(KneoServerError) as caught:
        await client.platform.health.healthz()
    assert caught.value.attempts == len(wire.requests) == 1


def test_wait_timeout_remembers_the_run() -> None:
    seen = types.RunStatusResponse(run_id="r1", status="running")
    error = pickle.loads(pickle.dumps(KneoWaitTimeoutError("late", run_id="r1", last_status=seen)))
    assert (error.run_id, error.last_status, error.outcome) == ("r1", seen, Outcome.ANSWERED)
    assert KneoWaitTimeoutError("late", run_id="r1").outcome is Outcome.UNKNOWN
