"""Methods that are made of several operations."""

import json
from typing import Any

import pytest

from kneo_client import types
from kneo_client.core.errors import KneoBadRequestError, KneoProtocolError

SPEC = {"spec": {"name": "x"}, "environment": "dev"}
VALID, INVALID = {"valid": True, "diagnostics": []}, {"valid": False, "diagnostics": [{"code": "c"}]}
COMPILED = {"ok": True, "summary": {"a": 1}}
EXPLAINED, REPORT = {"summary": {"b": 2}}, {"valid": True, "report": {}}
RESUMED = {"run_id": "r1", "status": "completed", "continuation_id": "c1"}


def sent(wire: Any) -> list[tuple[str, Any]]:
    return [(request.target, request.content and json.loads(request.content)) for request in wire.requests]


@pytest.mark.parametrize("typed", [False, True])
async def test_compile_follows_validate_without_what_only_it_knows(scripted: Any, *, typed: bool) -> None:
    client, wire = scripted(VALID, COMPILED)
    body: Any = types.SpecCompileRequest(strict=True, **SPEC) if typed else {**SPEC, "strict": True}
    result = await client.agent.specs.validate_then_compile(body, idempotency_key="k")
    assert (result.ok, result.validate.valid, result.compile.summary["a"]) == (True, True, 1)
    assert sent(wire) == [("/v1/specs/validate", SPEC), ("/v1/specs/compile", {**SPEC, "strict": True})]
    assert {request.headers["Idempotency-Key"] for request in wire.requests} == {"k"}


async def test_invalid_spec_is_not_compiled(scripted: Any) -> None:
    client, wire = scripted(INVALID)
    result = await client.agent.specs.validate_then_compile(SPEC)
    assert (result.ok, result.compile, len(wire.requests)) == (False, None, 1)


async def test_spec_that_cannot_be_compiled(scripted: Any) -> None:
    client, _ = scripted(VALID, 400)
    with pytest.raises(KneoBadRequestError):
        await client.agent.specs.validate_then_compile(SPEC)


@pytest.mark.parametrize(
    ("report", "ok"), [(REPORT, True), ({**REPORT, "valid": False}, False), ({"report": {}}, True)]
)
async def test_dry_run(scripted: Any, report: Any, *, ok: bool) -> None:
    client, wire = scripted(VALID, EXPLAINED, report)
    result = await client.agent.specs.dry_run(SPEC)
    assert (result.ok, result.explain.summary["b"], result.policy_report.report) == (ok, 2, {})
    assert [target for target, body in sent(wire) if body == SPEC] == [
        f"/v1/specs/{name}" for name in ("validate", "explain", "policy-report")
    ]


async def test_dry_run_of_an_invalid_spec(scripted: Any) -> None:
    client, wire = scripted(INVALID)
    result = await client.agent.specs.dry_run(SPEC)
    assert (result.ok, result.explain, result.policy_report, len(wire.requests)) == (False, None, None, 1)


async def test_decision_looks_up_what_is_asked(scripted: Any) -> None:
    client, wire = scripted({"continuation_id": "c1", "request": {"id": "q1"}}, RESUMED)
    await client.platform.human_tasks.resume_by_id("c1", {"decision": "approved"}, idempotency_key="k")
    resume = ("/v1/human-tasks/c1/resume", {"request_id": "q1", "decision": "approved"})
    assert sent(wire) == [("/v1/human-tasks/c1", None), resume]
    assert wire.requests[1].headers["Idempotency-Key"] == "k"


@pytest.mark.parametrize(
    "body",
    [{"request_id": "q2", "decision": "rejected"}, types.HumanResumeRequest(request_id="q2", decision="rejected")],
)
async def test_decision_that_names_what_is_asked_is_sent_as_it_is(scripted: Any, body: Any) -> None:
    client, wire = scripted(RESUMED)
    await client.platform.human_tasks.resume_by_id("c1", body)
    assert sent(wire) == [("/v1/human-tasks/c1/resume", {"request_id": "q2", "decision": "rejected"})]


@pytest.mark.parametrize("request_", [None, {}, {"id": 5}])
async def test_task_that_asks_nothing(scripted: Any, request_: Any) -> None:
    client, wire = scripted({"continuation_id": "c1", "request": request_})
    with pytest.raises(KneoProtocolError, match="c1 does not say what is asked"):
        await client.platform.human_tasks.resume_by_id("c1", {"decision": "approved"})
    assert len(wire.requests) == 1


@pytest.mark.parametrize("named", [False, True])
async def test_first_task_that_waits(scripted: Any, *, named: bool) -> None:
    client, wire = scripted({"tasks": [{"id": "c1", "pending_human_request": {"id": "q1"}}], "count": 1}, RESUMED)
    body = {"decision": "approved", **({"request_id": "mine"} if named else {})}
    await client.platform.human_tasks.resume_first_pending(body, run_id="r1")
    listed, resume = sent(wire)
    assert listed[0] == "/v1/human-tasks?run_id=r1&limit=1&offset=0"
    assert resume == ("/v1/human-tasks/c1/resume", {"request_id": "mine" if named else "q1", "decision": "approved"})


async def test_no_task_waits(scripted: Any) -> None:
    client, _ = scripted({"tasks": [], "count": 0})
    assert await client.platform.human_tasks.resume_first_pending({"decision": "approved"}) is None
