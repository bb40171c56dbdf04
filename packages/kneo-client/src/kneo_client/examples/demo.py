"""The main job, start to end, on a platform of its own: needs no key and no network.

python -m kneo_client.examples.demo
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kneo_client import KneoClient
from kneo_client.core.errors import KneoError, KneoPermissionError, Outcome
from kneo_client.core.pagination import PaginatedResult, iterate_all
from kneo_client.examples.specs import DEBATE, WRITE_TWICE, WRITE_WITH_REVIEW
from kneo_client.local import LocalPlatform, LocalPlatformError
from kneo_client.platform import DEFAULT_TERMINAL_STATUSES
from kneo_client.types import RunListResponseRunsItem, RunStatusResponse

COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ
MAY_BE_REPEATED = {
    Outcome.NOT_SENT: "safe: the request never left",
    Outcome.UNKNOWN: "only with the same idempotency key: it may have taken effect",
    Outcome.ANSWERED: "the platform said no: of use only once the cause is gone",
}


async def main() -> None:
    began = time.monotonic()
    heading("Start a platform")
    async with LocalPlatform() as platform:
        say(f"{platform.url}, state in {platform.folder}")
        async with KneoClient(platform.profile) as client:
            await check_readiness(client)
            await check_spec(client, DEBATE)
            run = await run_and_watch(client, DEBATE)
            await show_trace(client, run.run_id)
            await review(client)
            await list_runs(client)
        async with KneoClient(platform.profile_for("viewer")) as client:
            await be_refused(client)
        heading("Stop the platform")
    say(f"stopped; all of it took {time.monotonic() - began:.1f} s")
    say("next: python -m kneo_client.examples.01_basic_run")


async def check_readiness(client: KneoClient) -> None:
    heading("Is it ready?")
    ready = await client.platform.health.readyz()
    say(f"{ready.service} {ready.version}: {'yes' if ready.ok else 'no'}")
    say("checked: " + ", ".join(ready["metadata"]["checks"]))


async def check_spec(client: KneoClient, spec: dict[str, Any]) -> None:
    heading("Is the spec any good?")
    validated = await client.agent.specs.validate({"spec": spec})
    say(f"valid: {validated.valid}, {len(validated.diagnostics or [])} complaints")
    compiled = await client.agent.specs.compile({"spec": spec})
    say(f"compiled: {compiled.ok}, agents: {', '.join(compiled['summary']['component_agents'])}")


async def run_and_watch(client: KneoClient, spec: dict[str, Any]) -> RunStatusResponse:
    heading("Run it")
    began = time.monotonic()
    created = await client.platform.runs.create({"input": "Tea or coffee?", "spec": spec, "async_mode": True})
    say(f"{created.run_id} is {created.status} ", end="")
    waiting = asyncio.create_task(
        client.platform.runs.wait_for_completion(created.run_id, poll_interval=0.2, timeout=60)
    )
    while not waiting.done():
        print(".", end="", flush=True)
        await asyncio.wait([waiting], timeout=0.1)
    run = await waiting
    print(f" {run.status} after {time.monotonic() - began:.1f} s")
    say(f"output: {shorten(run.output_text or '', 80)}")
    return run


async def show_trace(client: KneoClient, run_id: str) -> None:
    heading("What did it do?")
    trace = await client.platform.runs.trace(run_id, limit=1000)
    moments = [datetime.fromisoformat(event["timestamp"]) for event in trace.events]
    rows = [
        (
            f"{(moment - moments[0]).total_seconds() * 1000:.0f} ms",
            event.type,
            event.agent_name or "-",
            shorten(event.output_preview or event.input_preview or "", 44),
        )
        for moment, event in zip(moments, trace.events, strict=True)
    ]
    table(("after", "event", "agent", "text"), rows)


async def review(client: KneoClient) -> None:
    heading("Let a person decide")
    created = await client.platform.runs.create(
        {"input": "Announce the tea", "spec": WRITE_WITH_REVIEW, "async_mode": True}
    )
    run = await client.platform.runs.wait_for_completion(
        created.run_id, poll_interval=0.2, timeout=60, terminal_statuses=DEFAULT_TERMINAL_STATUSES | {"blocked"}
    )
    assert run.continuation_id
    task = await client.platform.human_tasks.get(run.continuation_id)
    assert task.request
    say(f"{run.run_id} is {run.status}; the platform asks: {task.request['prompt']}")
    await client.platform.human_tasks.resume(
        run.continuation_id, {"request_id": task.request["id"], "decision": "approved"}
    )
    run = await client.platform.runs.wait_for_completion(run.run_id, poll_interval=0.2, timeout=60)
    say(f"approved; the run is {run.status}")


async def list_runs(client: KneoClient) -> None:
    heading("List the runs, three to a page")
    for drink in ("mate", "cocoa", "water"):
        await client.platform.runs.create({"input": drink, "spec": WRITE_TWICE, "async_mode": True})

    async def fetch(limit: int, offset: int) -> PaginatedResult[RunListResponseRunsItem]:
        page = await client.platform.runs.list(limit=limit, offset=offset, sort_by="created_at", sort_order="asc")
        say(f"runs {offset + 1} to {offset + page.count} of {page.total}:")
        return PaginatedResult(page.runs, total=page.total or 0, limit=limit, offset=offset)

    async for run in iterate_all(fetch, page_size=3):
        say(f"  {run.id}  {run.status:<9}  {run.workflow_name or '-':<17}  {run.input_text}")


async def be_refused(client: KneoClient) -> None:
    heading("Be refused: a viewer tries to start a run")
    try:
        await client.platform.runs.create({"input": "beer", "spec": WRITE_TWICE})
    except KneoPermissionError as error:
        say(f"{type(error).__name__}: {error}")
        say(f"code:        {error.code}")
        say(f"request id:  {error.request_id}, to find it in the platform's log")
        say(f"repeating:   {MAY_BE_REPEATED[error.outcome]}")


def heading(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if COLOUR else f"\n{text}")


def say(text: str, end: str = "\n") -> None:
    print(f"  {text}", end=end, flush=True)


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns; the first, of numbers, to the right."""
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles))]
    for row in (titles, ["-" * width for width in widths], *rows):
        first, *others = (
            cell.rjust(width) if not column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        say("  ".join([first, *others]).rstrip())


def shorten(text: str, width: int) -> str:
    """One line of at most that many characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (LocalPlatformError, KneoError) as problem:
        sys.exit(f"\n{type(problem).__name__}: {problem}")
    except KeyboardInterrupt:
        sys.exit("\nstopped")
