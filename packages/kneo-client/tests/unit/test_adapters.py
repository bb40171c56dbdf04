"""Every adapter method: the request it sends, and the type it makes of the answer."""

import json
from typing import Any

import pytest

from kneo_client import types
from kneo_client.core.errors import KneoError

WINDOW = "limit=100&offset=0"
SPEC = {"spec": {"name": "x"}, "unknown": [1, None]}
RUN = {"input": "hello", "async_mode": True}
BODY = {"request_id": "q1", "decision": "approved"}

# what every answer needs, in one; to each type the others' fields are unknown ones
ANSWER: dict[str, Any] = {
    "ok": True,
    "valid": True,
    "run_id": "r1",
    "status": "running",
    "environment": "dev",
    "continuation_id": "c1",
    "runs": [],
    "events": [],
    "checkpoints": [],
    "tasks": [],
    "skills": [],
    "count": 0,
    "change_count": 0,
    "request": None,
    "policies": {},
    "diff": {},
    "affected_run_ids": [],
    "newly_blocking": [],
    "runs_evaluated": 0,
    **{name: {"a": 1} for name in ("inventory", "summary", "report", "from_checkpoint", "to_checkpoint")},
    "new_in_a_later_platform": [{"deep": None}],
}

# name, arguments, method and target, body, result type
OPERATIONS: list[Any] = [
    pytest.param(
        "platform.health.healthz",
        [],
        "GET /v1/healthz",
        None,
        "HealthResponse",
        marks=pytest.mark.promise("kneo.platform.health.healthz"),
    ),
    pytest.param(
        "platform.health.livez",
        [],
        "GET /v1/livez",
        None,
        "HealthResponse",
        marks=pytest.mark.promise("kneo.platform.health.livez"),
    ),
    pytest.param(
        "platform.health.readyz",
        [],
        "GET /v1/readyz",
        None,
        "HealthResponse",
        marks=pytest.mark.promise("kneo.platform.health.readyz"),
    ),
    pytest.param(
        "platform.runs.create",
        [RUN],
        "POST /v1/runs",
        RUN,
        "RunCreateResponse",
        marks=pytest.mark.promise("kneo.platform.runs.create"),
    ),
    pytest.param(
        "platform.runs.list",
        [],
        f"GET /v1/runs?{WINDOW}&sort_by=updated_at&sort_order=desc",
        None,
        "RunListResponse",
        marks=pytest.mark.promise("kneo.platform.runs.list"),
    ),
    pytest.param(
        "platform.runs.get",
        ["r 1"],
        "GET /v1/runs/r%201",
        None,
        "RunStatusResponse",
        marks=pytest.mark.promise("kneo.platform.runs.get"),
    ),
    pytest.param(
        "platform.runs.cancel",
        ["r1"],
        "POST /v1/runs/r1/cancel",
        None,
        "RunStatusResponse",
        marks=pytest.mark.promise("kneo.platform.runs.cancel"),
    ),
    pytest.param(
        "platform.runs.continue_",
        ["r1"],
        "POST /v1/runs/r1/continue",
        None,
        "RunCreateResponse",
        marks=pytest.mark.promise("kneo.platform.runs.continue"),
    ),
    pytest.param(
        "platform.runs.replay",
        ["r1"],
        "GET /v1/runs/r1/replay",
        None,
        "RunReplayResponse",
        marks=pytest.mark.promise("kneo.platform.runs.replay"),
    ),
    pytest.param(
        "platform.runs.trace",
        ["r1"],
        f"GET /v1/runs/r1/trace?{WINDOW}&sort_by=timestamp&sort_order=asc",
        None,
        "TraceResponse",
        marks=pytest.mark.promise("kneo.platform.runs.trace"),
    ),
    pytest.param(
        "platform.runs.checkpoints",
        ["r1"],
        f"GET /v1/runs/r1/checkpoints?{WINDOW}&sort_by=sequence&sort_order=asc",
        None,
        "CheckpointListResponse",
        marks=pytest.mark.promise("kneo.platform.runs.checkpoints"),
    ),
    pytest.param(
        "platform.runs.checkpoints_diff",
        ["r1"],
        "GET /v1/runs/r1/checkpoints/diff",
        None,
        "CheckpointDiffResponse",
        marks=pytest.mark.promise("kneo.platform.runs.checkpoints-diff"),
    ),
    pytest.param(
        "platform.runs.policy_report",
        ["r1"],
        "GET /v1/runs/r1/policy-report",
        None,
        "SpecPolicyReportResponse",
        marks=pytest.mark.promise("kneo.platform.runs.policy-report"),
    ),
    pytest.param(
        "platform.runs.recovery",
        ["r1"],
        "GET /v1/runs/r1/recovery",
        None,
        "RunRecoveryResponse",
        marks=pytest.mark.promise("kneo.platform.runs.recovery"),
    ),
    pytest.param(
        "platform.human_tasks.list",
        [],
        f"GET /v1/human-tasks?{WINDOW}",
        None,
        "HumanTaskListResponse",
        marks=pytest.mark.promise("kneo.platform.human-tasks.list"),
    ),
    pytest.param(
        "platform.human_tasks.get",
        ["c1"],
        "GET /v1/human-tasks/c1",
        None,
        "HumanTaskResponse",
        marks=pytest.mark.promise("kneo.platform.human-tasks.get"),
    ),
    pytest.param(
        "platform.human_tasks.resume",
        ["c1", BODY],
        "POST /v1/human-tasks/c1/resume",
        BODY,
        "HumanResumeResponse",
        marks=pytest.mark.promise("kneo.platform.human-tasks.resume"),
    ),
    pytest.param(
        "platform.audit.list",
        [],
        f"GET /v1/audit-events?{WINDOW}&sort_by=created_at&sort_order=desc",
        None,
        "AuditEventListResponse",
        marks=pytest.mark.promise("kneo.platform.audit.list"),
    ),
    pytest.param(
        "platform.credentials.list",
        [],
        "GET /v1/security/credentials",
        None,
        "CredentialInventoryResponse",
        marks=pytest.mark.promise("kneo.platform.credentials.list"),
    ),
    pytest.param(
        "platform.policies.environment_list",
        [],
        "GET /v1/policies/environment",
        None,
        "EnvironmentPolicyListResponse",
        marks=pytest.mark.promise("kneo.platform.policies.environment-list"),
    ),
    pytest.param(
        "platform.policies.environment_get",
        ["dev"],
        "GET /v1/policies/environment/dev",
        None,
        "EnvironmentPolicyResponse",
        marks=pytest.mark.promise("kneo.platform.policies.environment-get"),
    ),
    pytest.param(
        "platform.policies.environment_put",
        ["dev", {"enabled": True}],
        "PUT /v1/policies/environment/dev",
        {"enabled": True},
        "EnvironmentPolicyResponse",
        marks=pytest.mark.promise("kneo.platform.policies.environment-put"),
    ),
    pytest.param(
        "agent.specs.validate",
        [SPEC],
        "POST /v1/specs/validate",
        SPEC,
        "SpecValidateResponse",
        marks=pytest.mark.promise("kneo.agent.specs.validate"),
    ),
    pytest.param(
        "agent.specs.compile",
        [SPEC],
        "POST /v1/specs/compile",
        SPEC,
        "SpecCompileResponse",
        marks=pytest.mark.promise("kneo.agent.specs.compile"),
    ),
    pytest.param(
        "agent.specs.explain",
        [SPEC],
        "POST /v1/specs/explain",
        SPEC,
        "SpecExplainResponse",
        marks=pytest.mark.promise("kneo.agent.specs.explain"),
    ),
    pytest.param("platform.runs.graph", ["r1"], "GET /v1/runs/r1/graph", None, "RunGraphResponse"),
    pytest.param(
        "platform.policies.environment_preview",
        ["dev", {"enabled": True}],
        "POST /v1/policies/environment/dev/preview",
        {"enabled": True},
        "EnvironmentPolicyPreviewResponse",
    ),
    pytest.param(
        "agent.skills.list", [], f"GET /v1/skills?{WINDOW}&sort_by=name&sort_order=asc", None, "SkillsListResponse"
    ),
    pytest.param("agent.specs.graph", [SPEC], "POST /v1/specs/graph", SPEC, "SpecGraphResponse"),
    pytest.param(
        "agent.specs.policy_report",
        [SPEC],
        "POST /v1/specs/policy-report",
        SPEC,
        "SpecPolicyReportResponse",
        marks=pytest.mark.promise("kneo.agent.specs.policy-report"),
    ),
    pytest.param(
        "agent.specs.run",
        [RUN],
        "POST /v1/specs/run",
        RUN,
        "RunCreateResponse",
        marks=pytest.mark.promise("kneo.agent.specs.run"),
    ),
]


def method_of(client: Any, name: str) -> Any:
    for part in name.split("."):
        client = getattr(client, part)
    return client


@pytest.mark.promise("kneo.client.typed-results", "kneo.client.dict-bodies-sent-as-they-are")
@pytest.mark.promise("kneo.compat.newer-platform", "kneo.errors.unknown-fields-survive")
@pytest.mark.parametrize(("name", "arguments", "line", "body", "result"), OPERATIONS)
async def test_operation(scripted: Any, name: str, arguments: list[Any], line: str, body: Any, result: str) -> None:
    client, wire = scripted(ANSWER)
    answer = await method_of(client, name)(*arguments)
    sent = wire.requests[0]
    assert f"{sent.method} {sent.target}" == line
    assert (sent.content and json.loads(sent.content)) == body
    assert ("Idempotency-Key" in sent.headers) is (sent.method == "POST")
    assert type(answer) is (dict if result == "dict" else getattr(types, result))
    assert answer["new_in_a_later_platform"] == [{"deep": None}]
    assert (answer if result == "dict" else answer.to_dict()) == ANSWER


@pytest.mark.promise("kneo.idempotency.caller-key")
@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        (*operation.values[:2], operation.values[2])
        for operation in OPERATIONS
        if operation.values[2].startswith("POST")
    ],
)
async def test_every_post_takes_a_key(scripted: Any, name: str, arguments: list[Any], line: str) -> None:
    client, wire = scripted(404)
    with pytest.raises(KneoError) as caught:
        await method_of(client, name)(*arguments, idempotency_key="mine")
    assert (wire.requests[0].headers["Idempotency-Key"], caught.value.idempotency_key) == ("mine", "mine")
