"""Graphs, watching, walking, starting with waiting, previews: on 1.2.0, and what 0.4.0 says instead."""

from collections.abc import Iterator
from typing import Any

import pytest

from kneo_client import KneoClient, SyncKneoClient
from kneo_client.core.errors import KneoPlatformVersionError, KneoValidationError
from kneo_client.core.profiles import Profile
from kneo_client.local import LocalPlatform

BODY = {"input": "hello", "async_mode": True}


@pytest.fixture(scope="module")
def older(older_platform_python: str) -> Iterator[Profile]:
    """Platform 0.4.0."""
    with LocalPlatform(python=older_platform_python) as platform:
        yield platform.profile


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


async def test_graph_of_a_run_and_of_its_spec(client: KneoClient, specs: dict[str, Any], start: Any) -> None:
    run = await start("completes")
    graph = await client.platform.runs.graph(run.run_id)
    drawn = await client.agent.specs.graph({"spec": specs["completes"]})
    assert [node["id"] for node in graph.nodes] == [node["id"] for node in drawn.nodes] == graph.visited


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
    assert (await client.agent.skills.list()).items == []


async def test_audit_in_its_default_order(client: KneoClient, start: Any) -> None:
    await start("completes")
    moments = [event["created_at"] for event in await client.platform.audit.list(limit=5)]
    assert moments == sorted(moments, reverse=True)
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
async def test_older_platform_names_the_version_that_is_needed(older: Profile, call: Any) -> None:
    async with KneoClient(older) as client:
        with pytest.raises(KneoPlatformVersionError, match=r"needs platform 1\.2\.0"):
            await call(client)


async def test_older_platform_does_the_rest(older: Profile, specs: dict[str, Any]) -> None:
    async with KneoClient(older) as client:
        run = await client.platform.runs.create_and_wait(
            {"input": "hello", "spec": specs["completes"]}, timeout=30, poll_interval=0.05
        )
        assert run.status == "completed"
        assert len([event async for event in client.platform.runs.watch(run.run_id)]) > 3
        for _ in range(3):
            await client.platform.runs.create({**BODY, "spec": specs["completes"]})
        assert len({row.id async for page in client.platform.runs.pages(page_size=2) for row in page}) == 4
        assert (await client.platform.runs.policy_report(run.run_id)).valid
        assert (await client.platform.audit.list(principal="root")).events
