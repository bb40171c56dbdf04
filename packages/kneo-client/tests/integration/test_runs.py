"""Runs: create, look, cancel, continue."""

from typing import Any

import anyio
import pytest

from kneo_client import KneoClient, types


@pytest.mark.promise("kneo.platform.runs.create", "kneo.platform.runs.create-result", "kneo.platform.runs.get")
async def test_run_from_create_to_output(client: KneoClient, specs: dict[str, Any]) -> None:
    created = await client.platform.runs.create({"input": "hello", "spec": specs["completes"]})
    assert isinstance(created, types.RunCreateResponse)
    assert (created.status, created.output_text) == ("completed", "Final answer: Final answer: hello")
    assert created.run_id
    run = await client.platform.runs.get(created.run_id)
    assert isinstance(run, types.RunStatusResponse)
    assert (run.run_id, run.status, run.visited_steps) == (created.run_id, "completed", ["one", "two"])


@pytest.mark.promise("kneo.client.model-bodies")
async def test_typed_body(client: KneoClient, specs: dict[str, Any]) -> None:
    spec = types.RunCreateRequestSpecType0.from_dict(specs["branches"])
    created = await client.platform.runs.create(types.RunCreateRequest(input="yes, please", spec=spec))
    assert created.run_id
    run = await client.platform.runs.get(created.run_id)
    assert (run.status, run.visited_nodes) == ("completed", ["in", "yes"])


@pytest.mark.promise("kneo.platform.runs.trace", "kneo.platform.runs.trace-events", "kneo.platform.runs.checkpoints")
@pytest.mark.promise("kneo.platform.runs.checkpoints-diff", "kneo.platform.runs.replay", "kneo.weakness.29")
async def test_what_a_run_did(client: KneoClient, start: Any) -> None:
    runs, run_id = client.platform.runs, (await start("completes")).run_id
    trace = await runs.trace(run_id)
    assert [event.type for event in trace.events][:2] == ["workflow_started", "run_started"]
    assert trace.total == len(trace.events)
    completed = await runs.trace(run_id, event_type="run_completed", sort_order="desc")
    assert [event.output_preview for event in completed.events] == [
        "Final answer: Final answer: hello",
        "Final answer: hello",
    ]
    checkpoints = await runs.checkpoints(run_id, limit=2)
    assert [checkpoint.sequence for checkpoint in checkpoints.checkpoints] == [1, 2]
    diff = await runs.checkpoints_diff(run_id, from_sequence=1, to_sequence=2)
    assert {"path": "state.current_step_id", "before": None, "after": "one"} in (diff.changed or [])
    replay = await runs.replay(run_id)
    assert (replay.run_id, replay.status) == (run_id, "completed")
    assert replay.timeline


@pytest.mark.promise("kneo.platform.runs.policy-report", "kneo.platform.runs.recovery")
async def test_what_can_be_done_about_a_failed_run(client: KneoClient, start: Any) -> None:
    run = await start("fails", until="failed")
    assert run.error["type"] == "JSONDecodeError"
    with anyio.fail_after(20):  # platform 1.2.0 reads it off the last checkpoint, which comes after the run's status
        while (recovery := await client.platform.runs.recovery(run.run_id)).status != "failed":
            await anyio.sleep(0.02)
    assert isinstance(recovery, types.RunRecoveryResponse)
    assert recovery.run_id == run.run_id
    report = await client.platform.runs.policy_report(run.run_id)
    assert isinstance(report, types.SpecPolicyReportResponse)
    assert report["valid"] is report.valid is dict(report)["valid"] is True


@pytest.mark.promise("kneo.platform.runs.cancel", "kneo.platform.runs.cancel-status")
async def test_cancel(client: KneoClient, start: Any) -> None:
    run = await start("sleeps", "0.2", until="running")
    cancelled = await client.platform.runs.cancel(run.run_id)
    assert (cancelled.run_id, cancelled.status) == (run.run_id, "cancelled")
    assert (await client.platform.runs.cancel(run.run_id)).status == "cancelled"
    ended = await client.platform.runs.wait_for_completion(run.run_id, timeout=5)
    assert ended.status == "cancelled"


@pytest.mark.promise("kneo.platform.runs.continue")
async def test_continue_a_run_that_failed_once(client: KneoClient, start: Any) -> None:
    run = await start("fails_once", until="failed")
    assert run.error["message"] == "fails the first time"
    continued = await client.platform.runs.continue_(run.run_id)
    assert (continued.run_id, continued.status) == (run.run_id, "completed")
