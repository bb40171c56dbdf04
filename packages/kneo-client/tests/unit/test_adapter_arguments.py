"""What the arguments of adapter methods become, and what fields of their answers mean."""

from typing import Any

import pytest

from kneo_client.core.errors import KneoError, KneoInvalidRequestError
from kneo_client.core.models import UNSET


def method_of(client: Any, name: str) -> Any:
    for part in name.split("."):
        client = getattr(client, part)
    return client


@pytest.mark.promise("kneo.platform.runs.list-status-filter", "kneo.platform.audit.filters")
@pytest.mark.promise("kneo.platform.audit.principal-filter", "kneo.platform.human-tasks.status-filter")
@pytest.mark.parametrize(
    ("name", "arguments", "settings", "target"),
    [
        (
            "runs.list",
            [],
            {"status": "failed", "limit": 50, "offset": 10, "sort_by": "created_at", "sort_order": "asc"},
            "/v1/runs?status=failed&limit=50&offset=10&sort_by=created_at&sort_order=asc",
        ),
        (
            "runs.trace",
            ["r1"],
            {"event_type": "tool call", "limit": 1, "sort_by": "type", "sort_order": "desc", "offset": 2},
            "/v1/runs/r1/trace?event_type=tool%20call&limit=1&offset=2&sort_by=type&sort_order=desc",
        ),
        ("runs.checkpoints", ["r1"], {"limit": 1, "offset": 2}, "/v1/runs/r1/checkpoints?limit=1&offset=2&sort_by="),
        (
            "runs.checkpoints_diff",
            ["r1"],
            {"from_sequence": 1, "to_sequence": 2},
            "/v1/runs/r1/checkpoints/diff?from_sequence=1&to_sequence=2",
        ),
        ("human_tasks.list", [], {"status": "pending"}, "/v1/human-tasks?status=pending&limit=100&offset=0"),
        (
            "human_tasks.list",
            [],
            {"run_id": "r1", "workflow_kind": "graph", "sort_by": "expires_at", "sort_order": "asc"},
            "/v1/human-tasks?run_id=r1&workflow_kind=graph&limit=100&offset=0&sort_by=expires_at&sort_order=asc",
        ),
        (
            "runs.list",
            [],
            {"session_id": "s", "has_error": False, "q": "a b", "created_after": "2026-01-01", "limit": 3},
            "/v1/runs?limit=3&offset=0&sort_by=updated_at&sort_order=desc&session_id=s&has_error=false"
            "&created_after=2026-01-01&q=a%20b",
        ),
        ("runs.checkpoints", ["r1"], {"type": "step"}, "/v1/runs/r1/checkpoints?type=step&limit=100&offset=0&"),
        ("audit.list", [], {"sort_by": "actor"}, "/v1/audit-events?limit=100&offset=0&sort_by=actor&sort_order=desc"),
        (
            "credentials.list",
            [],
            {"providers": ["a", "b"], "extras": iter(["X"]), "include_service_tokens": False},
            "/v1/security/credentials?providers=a&providers=b&extras=X&include_service_tokens=false",
        ),
        (
            "audit.list",
            [],
            {"event_type": "run.created", "run_id": "r1", "principal": "root", "limit": 9},
            "/v1/audit-events?event_type=run.created&run_id=r1&principal=root&limit=9&offset=0&",
        ),
    ],
)
async def test_arguments_become_query_parameters(
    scripted: Any, name: str, arguments: list[str], settings: dict[str, Any], target: str
) -> None:
    client, wire = scripted(404)
    with pytest.raises(KneoError):
        await method_of(client.platform, name)(*arguments, **settings)
    assert wire.requests[0].target.startswith(target)


@pytest.mark.promise("kneo.client.path-parameters-single-segment", "kneo.client.path-parameters-encoded")
@pytest.mark.parametrize(
    "name",
    [
        *("runs.get", "runs.cancel", "runs.continue_", "runs.replay", "runs.trace", "runs.checkpoints"),
        *("runs.checkpoints_diff", "runs.policy_report", "runs.recovery", "runs.wait_for_completion"),
        *("human_tasks.get", "human_tasks.resume", "policies.environment_get", "policies.environment_put"),
    ],
)
async def test_ids_stay_one_path_segment(scripted: Any, name: str) -> None:
    client, wire = scripted(404)
    method, rest = method_of(client.platform, name), [{}] if name.endswith(("resume", "put")) else []
    for unusable in ("", ".", "..", None, 5, b"r1", "\ud800"):
        with pytest.raises(KneoInvalidRequestError, match=r"run_id|continuation_id|environment"):
            await method(unusable, *rest)
    assert not wire.requests
    with pytest.raises(KneoError):
        await method("a/b?c#d%2Fé", *rest)
    assert (
        wire.requests[0].target.split("/")[4 if "environment" in name else 3].partition("?")[0]
        == "a%2Fb%3Fc%23d%252F%C3%A9"
    )


@pytest.mark.promise("kneo.platform.health.ok", "kneo.platform.health.optional-fields")
async def test_fields_that_were_not_sent_are_unset(scripted: Any) -> None:
    client, _ = scripted({"ok": False})
    answer = await client.platform.health.readyz()
    assert answer.ok is False
    assert (answer.service, answer.version, answer.metadata) == (UNSET, UNSET, UNSET)
    assert not answer.service


@pytest.mark.promise("kneo.agent.specs.diagnostics", "kneo.agent.specs.compile-not-ok")
async def test_diagnostics_of_an_invalid_spec(scripted: Any) -> None:
    problem = {"code": "unknown_reference", "severity": "error", "message": "no such agent", "path": "workflow.0"}
    client, _ = scripted({"valid": False, "diagnostics": [problem]}, {"ok": True})
    validated = await client.agent.specs.validate({})
    assert validated.valid is False
    assert [(each.severity, each.message) for each in validated.diagnostics or []] == [("error", "no such agent")]
    compiled = await client.agent.specs.compile({})
    assert compiled.ok
    assert list(compiled.diagnostics or []) == []


@pytest.mark.parametrize("names", [{"providers": "openai"}, {"extras": "TOKEN"}])
async def test_one_name_where_a_list_belongs_is_refused_before_any_io(scripted: Any, names: Any) -> None:
    client, wire = scripted(200)
    with pytest.raises(KneoInvalidRequestError, match="must be a list of names"):
        await client.platform.credentials.list(**names)
    assert not wire.requests
