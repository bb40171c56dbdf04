"""Uses of the client as type checkers see them: `make lint` runs mypy and basedpyright over this; nothing runs it."""

from collections.abc import Coroutine
from typing import Any, assert_type

import httpx

from kneo_client import KneoClient, KneoError, Profile, SyncKneoClient, load_profile
from kneo_client.bodies import RunCreateBody
from kneo_client.core import Page, PaginatedResult, RetryPolicy, iterate_all, require_json_body
from kneo_client.types import (
    RunCreateRequest,
    RunCreateResponse,
    RunListResponse,
    RunListResponseRunsItem,
    RunStatusResponse,
    SkillsListResponse,
    SpecPolicyReportResponse,
    TraceResponseEventsItem,
)


async def awaited(client: KneoClient, profile: Profile) -> None:
    runs = client.platform.runs
    pending = assert_type(runs.get("r"), Coroutine[Any, Any, RunStatusResponse])
    assert_type(await pending, RunStatusResponse)
    assert_type(await runs.create(RunCreateRequest(input="x", spec={"name": "x"})), RunCreateResponse)
    assert_type(await runs.create_and_wait({"input": "x"}, on_status=lambda run: print(run.status)), RunStatusResponse)
    assert_type(await runs.wait_many(["r"]), list[RunStatusResponse])
    assert_type((await runs.policy_report("r"))["valid"], Any)
    async for event in runs.watch("r"):
        assert_type(event, TraceResponseEventsItem)
    async for page in runs.pages(status="failed"):
        assert_type(page, Page[RunListResponseRunsItem])
    async for run in runs.as_completed(["r"]):
        assert_type(run, RunStatusResponse)
    async for row in iterate_all(runs.pages()):
        assert_type(row, RunListResponseRunsItem)
    assert_type(await client.agent.skills.list(), SkillsListResponse)
    assert_type(await client.request("GET", "/v1/x"), httpx.Response)
    for _ in runs.watch("r"):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
        pass


async def pages(client: KneoClient) -> None:
    async def fetch(limit: int, offset: int) -> PaginatedResult[RunListResponseRunsItem]:
        page = await client.platform.runs.list(limit=limit, offset=offset)
        assert_type(page, RunListResponse)
        return PaginatedResult(page.runs, total=page.total, limit=page.limit, offset=page.offset)

    async for run in iterate_all(fetch):
        assert_type(run.status, str)


def blocking(client: SyncKneoClient) -> None:
    runs = client.platform.runs
    assert_type(runs.get("r"), RunStatusResponse)
    assert_type(runs.create_and_wait({"input": "x"}), RunStatusResponse)
    assert_type(runs.policy_report("r"), SpecPolicyReportResponse)
    for event in runs.watch("r"):
        assert_type(event, TraceResponseEventsItem)
    for page in runs.pages():
        assert_type(page.items, list[RunListResponseRunsItem])
    for run in runs.as_completed(["r"]):
        assert_type(run, RunStatusResponse)
    assert_type(client.agent.skills.list(), SkillsListResponse)
    assert_type(require_json_body(client.request("GET", "/v1/x")), Any)


def bodies(client: SyncKneoClient, anything: dict[str, Any]) -> None:
    body: RunCreateBody = {"input": "hello", "spec": {"name": "x"}, "async_mode": True}
    client.platform.runs.create(body)
    client.platform.runs.create(anything)
    wrong: RunCreateBody = {"inptu": "x"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]
    client.agent.specs.run(wrong)
    client.platform.runs.list(sort_order="up")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def made() -> KneoClient:
    try:
        return KneoClient(load_profile(url="http://h", api_key="k"), retry_policy=RetryPolicy(max_attempts=1))
    except KneoError as error:
        assert_type(error.retry_after, float | None)
        raise
