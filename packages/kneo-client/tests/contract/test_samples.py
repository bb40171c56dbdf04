"""What platforms 0.4.0 and 1.2.0 really answered: our types lose nothing of it, and refusals have the right class."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sdk_engine.drivers import AsyncDriver
from sdk_engine.messages import Response
from sdk_engine.operation import Operation
from sdk_engine.testing import FakeAsyncWire

from kneo_client.agent import skills, specs
from kneo_client.core.errors import (
    KneoAuthError,
    KneoBadRequestError,
    KneoConflictError,
    KneoError,
    KneoHumanTaskExpiredError,
    KneoIdempotencyMismatchError,
    KneoNotFoundError,
    KneoPayloadTooLargeError,
    KneoPermissionError,
    KneoPlatformVersionError,
    KneoServerError,
    KneoValidationError,
)
from kneo_client.core.models import Model
from kneo_client.core.profiles import Profile
from kneo_client.core.transport import Transport
from kneo_client.platform import audit, credentials, health, human_tasks, policies, run_reading, runs

DATA = Path(__file__).resolve().parents[1] / "data"
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
MODULES = (health, runs, run_reading, human_tasks, audit, credentials, policies, specs, skills)
OPERATIONS = [value for module in MODULES for value in vars(module).values() if isinstance(value, Operation)]


def untrimmed(value: Any) -> Any:
    """The value without the marks that stand for the items which the recorder cut off."""
    if isinstance(value, list):
        return [untrimmed(item) for item in value if not (isinstance(item, str) and item.endswith(" more trimmed]"))]
    return {key: untrimmed(item) for key, item in value.items()} if isinstance(value, dict) else value


SAMPLES: dict[str, dict[str, Any]] = {
    version: untrimmed(json.loads((DATA / f"samples-{version}.json").read_text(encoding="utf-8")))
    for version in ("0.4.0", "1.2.0")
}

REFUSED: dict[str, dict[str, tuple[type[KneoError], str | None]]] = {
    "0.4.0": {
        "runs.create key mismatch 409": (KneoIdempotencyMismatchError, "idempotency_key_conflict"),
        "runs.continue cancelled": (KneoServerError, "RuntimeError"),
        "runs.create sync failing 500": (KneoServerError, "RuntimeError"),
        "human.resume again 404": (KneoNotFoundError, "KeyError"),
        "human.resume expired": (KneoBadRequestError, "ValueError"),
        "runs.graph": (KneoPlatformVersionError, None),
        "policies.preview": (KneoPlatformVersionError, None),
        "skills.list": (KneoPlatformVersionError, None),
        "specs.graph": (KneoPlatformVersionError, None),
        "specs.compile invalid": (KneoServerError, "SpecCompilationError"),
        "err 404": (KneoNotFoundError, "KeyError"),
        "err 404 route": (KneoNotFoundError, None),
        "err 405": (KneoError, None),
        "err 422": (KneoValidationError, None),
        "err 400 key": (KneoBadRequestError, "invalid_idempotency_key"),
        "err 422 limit": (KneoValidationError, None),
        "err 413": (KneoPayloadTooLargeError, "payload_too_large"),
        "err 401": (KneoAuthError, "unauthorized"),
        "err 403": (KneoPermissionError, "forbidden"),
    },
    "1.2.0": {
        "runs.create key mismatch 409": (KneoIdempotencyMismatchError, "idempotency_key_conflict"),
        "runs.continue cancelled": (KneoConflictError, "run_state_conflict"),
        "runs.create sync failing 500": (KneoServerError, "internal_error"),
        "human.resume again 404": (KneoNotFoundError, "not_found"),
        "human.resume expired": (KneoHumanTaskExpiredError, "human_task_expired"),
        "specs.compile invalid": (KneoBadRequestError, "spec_invalid"),
        "err 404": (KneoNotFoundError, "not_found"),
        "err 404 route": (KneoNotFoundError, None),
        "err 405": (KneoError, None),
        "err 422": (KneoValidationError, None),
        "err 400 key": (KneoBadRequestError, "invalid_idempotency_key"),
        "err 422 limit": (KneoValidationError, None),
        "err unknown query": (KneoValidationError, "unknown_query_parameters"),
        "err 413": (KneoPayloadTooLargeError, "payload_too_large"),
        "err 401": (KneoAuthError, "unauthorized"),
        "err 403": (KneoPermissionError, "forbidden"),
    },
}


def operation_of(request: dict[str, Any]) -> Operation[Any] | None:
    """The operation that we would call for a recorded request; a fixed path goes before one with a placeholder."""
    path = request["path"].partition("?")[0]
    found = [
        operation
        for operation in OPERATIONS
        if operation.method == request["method"] and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation.path), path)
    ]
    return min(found, key=lambda operation: operation.path.count("{"), default=None)


def answered(*, wrapped: bool) -> list[Any]:
    """(sample, operation) for recorded successes, or (sample, version, name) for recorded refusals."""
    cases = []
    for version, samples in SAMPLES.items():
        for name, sample in samples.items():
            operation = operation_of(sample["request"])
            if wrapped and sample["status"] < 300 and operation:
                cases.append(pytest.param(sample, operation, id=f"{version} {name}"))
            elif not wrapped and sample["status"] >= 300:
                cases.append(pytest.param(sample, version, name, id=f"{version} {name}"))
    return cases


def platform_that_answers(sample: dict[str, Any]) -> Transport:
    transport = Transport(Profile("contract", "http://127.0.0.1:9", "key"))
    answer = Response(sample["status"], json.dumps(sample["body"]).encode(), list(sample["headers"].items()))
    transport._driver = AsyncDriver(FakeAsyncWire([answer]))
    return transport


@pytest.mark.promise("kneo.client.typed-results", "kneo.errors.unknown-fields-survive", "kneo.compat.newer-platform")
@pytest.mark.parametrize(("sample", "operation"), answered(wrapped=True))
async def test_success_keeps_every_field(sample: dict[str, Any], operation: Operation[Any]) -> None:
    ids = dict.fromkeys(re.findall(r"\{(\w+)\}", operation.path), "any")
    platform = platform_that_answers(sample)
    result = await platform.driver.run(platform.call(operation, ids))
    assert isinstance(result, Model)
    assert json.dumps(result.to_dict(), sort_keys=True) == json.dumps(sample["body"], sort_keys=True)
    assert all(name in result for name in sample["body"])
    assert type(result).from_dict(sample["body"]) == result


def test_every_operation_was_recorded_on_both_platforms() -> None:
    for version, samples in SAMPLES.items():
        paths = json.loads((SCHEMAS / version / "openapi.json").read_text(encoding="utf-8"))["paths"]
        recorded = {operation_of(sample["request"]) for sample in samples.values() if sample["status"] < 300}
        assert recorded >= {known for known in OPERATIONS if known.method.lower() in paths.get(known.path, {})}


@pytest.mark.promise("kneo.errors.401", "kneo.errors.403", "kneo.errors.404", "kneo.errors.409-mismatch-code")
@pytest.mark.promise("kneo.errors.409-other-codes", "kneo.errors.5xx", "kneo.errors.other-statuses")
@pytest.mark.parametrize(("sample", "version", "name"), answered(wrapped=False))
async def test_refusal_has_class_code_and_reason(sample: dict[str, Any], version: str, name: str) -> None:
    request = sample["request"]
    platform, operation = platform_that_answers(sample), operation_of(request)
    if operation is None:
        answer: Any = platform.request(request["method"], request["path"], json=request["json"])
    else:
        ids = dict.fromkeys(re.findall(r"\{(\w+)\}", operation.path), "any")
        answer = platform.driver.run(platform.call(operation, ids, json=request["json"]))
    with pytest.raises(KneoError) as caught:
        await answer
    error, detail = caught.value, sample["body"]["detail"]
    assert (type(error), error.code) == REFUSED[version][name]
    assert (error.status, error.attempts) == (sample["status"], 1)
    assert f"HTTP {sample['status']}" in str(error)
    if isinstance(error, KneoPlatformVersionError):
        assert "needs platform 1.2.0" in str(error)
    elif isinstance(detail, list):
        assert all(problem["msg"] in str(error) for problem in detail)
    else:
        reason = detail if isinstance(detail, str) else detail["message"]
        assert reason[:200] in str(error)


def test_every_recorded_refusal_is_in_the_table() -> None:
    for version, samples in SAMPLES.items():
        assert REFUSED[version].keys() == {name for name, sample in samples.items() if sample["status"] >= 300}
