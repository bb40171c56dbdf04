"""Graphs, watching, walking, starting with waiting, previews: on 1.2.0, and what 0.4.0 says instead."""

from typing import Any

import pytest

from kneo_client import KneoClient, SyncKneoClient
from kneo_client.core.errors import KneoPlatformVersionError, KneoValidationError
from kneo_client.core.profiles import Profile

BODY = {"input": "hello", "async_mode": True}


@pytest.fixture
def newer(version: str) -> None:
    """For tests of what the older platform does not have."""
    if version == "0.4.0":
        pytest.skip("came with 1.2.0")


@pytest.fixture
def older(version: str) -> None:
    """For tests of what the older platform says to that."""
    if version != "0.4.0":
        pytest.skip("1.2.0 has it")


async def test_started_and_waited_for_as_one(client: KneoClient, specs: dict[str, Any]) -> None:
    told: list[str] = []
    run = await client.platform.runs.create_and_wait(
        {"input": "hello", "spec": specs["completes"]},
        timeout=30,
        poll_interval=0.05,
        on_status=lambda run: told.append(run.status),
    )
    assert (run.status, run.output_text) == ("completed", "Final answer: Final answer: hello")
    assert told[-1] == "completed"


async def test_watched_from_the_first_event_to_the_last(client: KneoClient, specs: dict[str, Any]) -> None:
    created = await client.platform.runs.create({**BODY, "spec": specs["completes"]})
    events = client.platform.runs.watch(created.run_id, page_size=2, poll_interval=0.05, timeout=30)
    seen = [event["event_id"] async for event in events]
    assert events.run is not None
    assert events.run.status == "completed"
    trace = await client.platform.runs.trace(created.run_id)
    assert seen == [event["event_id"] for event in trace]
    assert events.offset == len(seen) > 3


@pytest.mark.usefixtures("newer")
async def test_graph_of_a_run_and_of_its_spec(client: KneoClient, specs: dict[str, Any], start: Any) -> None:
    run = await start("completes")
    graph = await client.platform.runs.graph(run.run_id)
    drawn = await client.agent.specs.graph({"spec": specs["completes"]})
    assert [node["id"] for node in graph.nodes] == [node["id"] for node in drawn.nodes] == graph.visited


@pytest.mark.usefixtures("newer")
async def test_every_run_is_walked_once(client: KneoClient, specs: dict[str, Any]) -> None:
    session = "walked"
    made = [
        await client.platform.runs.create({**BODY, "spec": specs["completes"], "session_id": session}) for _ in range(5)
    ]
    walked = []
    async for page in client.platform.runs.pages(page_size=2, session_id=session):
        walked += [run.id for run in page]
        await client.platform.runs.cancel(str(page[0].id))
    assert walked == [run.run_id for run in made]


@pytest.mark.usefixtures("newer")
async def test_filters(client: KneoClient, start: Any) -> None:
    run = await start("fails", until="failed")
    failed = await client.platform.runs.list(has_error=True, workflow_name=run.workflow_name)
    assert run.run_id in {row.id for row in failed}
    assert all(row.error for row in failed)


async def test_task_is_decided_by_its_id(client: KneoClient, start: Any) -> None:
    run = await start("asks", until="blocked")
    listed = await client.platform.human_tasks.list(run_id=run.run_id, status="pending")
    assert [task.id for task in listed] == [run.continuation_id]
    await client.platform.human_tasks.resume_by_id(run.continuation_id, {"decision": "approved"})
    assert await client.platform.human_tasks.resume_first_pending({"decision": "approved"}, run_id=run.run_id) is None


@pytest.mark.usefixtures("newer")
async def test_preview_changes_nothing(client: KneoClient) -> None:
    before = (await client.platform.policies.environment_get("previewed")).policy
    preview = await client.platform.policies.environment_preview("previewed", {"require_guardrails": True})
    assert preview.diff is not None
    assert (await client.platform.policies.environment_get("previewed")).policy == before


async def test_analyses_of_one_spec(client: KneoClient, specs: dict[str, Any]) -> None:
    compiled = await client.agent.specs.validate_then_compile({"spec": specs["completes"], "strict": True})
    assert compiled.ok
    assert not (await client.agent.specs.validate_then_compile({"spec": specs["invalid"]})).ok
    assert (await client.agent.specs.dry_run({"spec": specs["completes"]})).ok


@pytest.mark.usefixtures("newer")
async def test_skills(client: KneoClient) -> None:
    assert (await client.agent.skills.list()).items == []


async def test_audit_in_its_default_order(client: KneoClient, start: Any, version: str) -> None:
    await start("completes")
    moments = [event["created_at"] for event in await client.platform.audit.list(limit=5)]
    assert moments == sorted(moments, reverse=True)
    if version == "0.4.0":
        assert (await client.platform.audit.list(principal="root")).events
        return
    with pytest.raises(KneoValidationError, match="compare the events' `actor`"):
        await client.platform.audit.list(principal="root")


def test_without_an_event_loop(profile: Profile, specs: dict[str, Any]) -> None:
    with SyncKneoClient(profile) as client:
        run = client.platform.runs.create_and_wait({"input": "x", "spec": specs["completes"]}, poll_interval=0.05)
        assert run.status == "completed"
        assert len(list(client.platform.runs.watch(run.run_id))) == run.trace_event_count
        assert run.run_id in {row.id for page in client.platform.runs.pages() for row in page}


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.platform.runs.list(session_id="s"),
        lambda c: c.agent.skills.list(),
        lambda c: c.agent.specs.graph({"spec": {}}),
        lambda c: c.platform.policies.environment_preview("dev", {}),
        lambda c: c.platform.runs.graph("r"),
        lambda c: c.platform.runs.create({"input": "x", "spec": {}, "session_id": "s"}),
    ],
)
@pytest.mark.usefixtures("older")
async def test_older_platform_names_the_version_that_is_needed(client: KneoClient, call: Any) -> None:
    with pytest.raises(KneoPlatformVersionError, match=r"needs platform 1\.2\.0"):
        await call(client)


@pytest.mark.usefixtures("older")
async def test_older_platform_is_walked_by_counting(client: KneoClient, specs: dict[str, Any]) -> None:
    made = [await client.platform.runs.create({**BODY, "spec": specs["completes"]}) for _ in range(5)]
    walked = [run.id async for page in client.platform.runs.pages(page_size=2) for run in page]
    assert walked[-5:] == [run.run_id for run in made]
    assert len(walked) == len(set(walked))
