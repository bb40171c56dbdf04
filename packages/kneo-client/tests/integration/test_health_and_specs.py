"""Health probes, and the analyses of a spec."""

from typing import Any

import pytest

from kneo_client import KneoClient, types


@pytest.mark.promise("kneo.platform.health.healthz", "kneo.platform.health.livez", "kneo.platform.health.readyz")
@pytest.mark.promise("kneo.platform.health.ok", "kneo.platform.health.optional-fields")
async def test_health(client: KneoClient) -> None:
    health = client.platform.health
    for answer in (await health.healthz(), await health.livez(), await health.readyz()):
        assert isinstance(answer, types.HealthResponse)
        assert (answer.ok, answer.service) == (True, "kneo-serv-platform")
    assert answer["metadata"]["checks"]["run_state_store"]["ok"] is True


@pytest.mark.promise("kneo.agent.specs.validate", "kneo.agent.specs.compile", "kneo.agent.specs.explain")
@pytest.mark.promise("kneo.agent.specs.policy-report", "kneo.agent.specs.run", "kneo.agent.specs.diagnostics")
async def test_specs(client: KneoClient, specs: dict[str, Any]) -> None:
    agent, body = client.agent.specs, {"spec": specs["completes"]}
    assert (await agent.validate(body)).valid is True
    assert (await agent.compile(body)).ok is True
    assert (await agent.explain(body)).summary["root_workflow"] == "completes"
    assert (await agent.policy_report(body)).valid is True
    assert (await agent.run({"input": "hello", **body})).status == "completed"

    invalid = await agent.validate({"spec": specs["invalid"]})
    assert invalid.valid is False
    assert [(found.code, found.path) for found in invalid.diagnostics or []] == [
        ("E_STEP_AGENT_REF", "workflow.steps[0].ref")
    ]
