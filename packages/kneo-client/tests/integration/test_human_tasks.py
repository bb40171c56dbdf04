"""A run that waits for a person: find the task, decide, go on."""

from typing import Any

import pytest

from kneo_client import KneoClient
from kneo_client.core.errors import KneoNotFoundError, KneoPermissionError
from kneo_client.types import HumanResumeRequest


@pytest.fixture
async def blocked(start: Any) -> Any:
    """A run that waits for a decision."""
    return await start("asks", until="blocked")


async def decision(client: KneoClient, run: Any, verdict: str) -> HumanResumeRequest:
    task = await client.platform.human_tasks.get(run.continuation_id)
    assert task.request
    return HumanResumeRequest.from_dict({"request_id": task.request["id"], "decision": verdict})


@pytest.mark.promise("kneo.platform.human-tasks.list", "kneo.platform.human-tasks.get")
async def test_task_says_what_is_asked(client: KneoClient, blocked: Any) -> None:
    tasks = await client.platform.human_tasks.list(limit=1000)
    found = {task.id: task for task in tasks.tasks}[blocked.continuation_id]
    assert found.run_id == blocked.run_id
    task = await client.platform.human_tasks.get(blocked.continuation_id)
    assert task.continuation_id == blocked.continuation_id
    assert task.request
    assert (task.request["prompt"], task.request["assignee"]) == ("Check the draft", "editor")


@pytest.mark.promise("kneo.platform.human-tasks.resume", "kneo.platform.human-tasks.resume-unblocks")
@pytest.mark.promise("kneo.client.model-bodies")
async def test_decision_unblocks_the_run(client: KneoClient, blocked: Any) -> None:
    body = await decision(client, blocked, "approved")
    resumed = await client.platform.human_tasks.resume(blocked.continuation_id, body)
    assert resumed.status == "completed"
    run = await client.platform.runs.get(blocked.run_id)
    assert (run.status, run.continuation_id) == ("completed", None)


async def test_rejection_is_heard(client: KneoClient, blocked: Any) -> None:
    body = await decision(client, blocked, "rejected")
    resumed = await client.platform.human_tasks.resume(blocked.continuation_id, body)
    assert "Rejected by human reviewer" in (resumed.output_text or "")


@pytest.mark.promise("kneo.idempotency.replay")
async def test_decision_counts_once(client: KneoClient, blocked: Any) -> None:
    body = await decision(client, blocked, "approved")
    first = await client.platform.human_tasks.resume(blocked.continuation_id, body, idempotency_key=blocked.run_id)
    again = await client.platform.human_tasks.resume(blocked.continuation_id, body, idempotency_key=blocked.run_id)
    assert again == first
    with pytest.raises(KneoNotFoundError):  # a decision of its own: the task is gone
        await client.platform.human_tasks.resume(blocked.continuation_id, body)


async def test_operator_may_look_but_not_decide(client: KneoClient, blocked: Any, profile_for: Any) -> None:
    body = await decision(client, blocked, "approved")
    async with KneoClient(profile_for("operator")) as operator:
        assert (await operator.platform.human_tasks.get(blocked.continuation_id)).request
        with pytest.raises(KneoPermissionError, match="human:write"):
            await operator.platform.human_tasks.resume(blocked.continuation_id, body)
    async with KneoClient(profile_for("reviewer")) as reviewer:
        assert (await reviewer.platform.human_tasks.resume(blocked.continuation_id, body)).status == "completed"
