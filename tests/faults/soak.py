"""Soak: requests, errors and cancellations by the million, and nothing may grow: memory, descriptors, tasks."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import random
from typing import TYPE_CHECKING, Any

from kneo_client.core.errors import KneoError
from kneo_client.platform import PlatformClient
from tests.faults import child, clients
from tests.faults.behaviours import right_answer
from tests.faults.figures import Figure
from tests.faults.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kneo_client.platform.runs import RunsClient
    from tests.faults.origin import Exchange
    from tests.faults.settings import Settings

WORKERS = 32
ERRORS = 10
CANCELS = 100
"""One in so many calls ends with an error, or is cancelled."""
MOST_BYTES = 1.0
"""Growth per request over the second half."""
NOISE = 1 << 20
"""Bytes that an allocator takes or gives as it likes."""
MARKS = (0.1, 0.5, 1.0)


async def behave(exchange: Exchange) -> None:
    """Answer; refuse runs called bad, and hang up on runs called lost."""
    if "/bad" in exchange.target:
        await exchange.answer(404, {"detail": {"error": "not_found", "message": "no such run"}})
    elif "/lost" in exchange.target:
        exchange.close()
    else:
        await exchange.answer(200, right_answer(exchange))


def soak(url: str, count: int) -> list[dict[str, Any]]:
    """In the child: make the calls; what the process held after a tenth, half and all of them."""
    return asyncio.run(_soak(url, count))


async def _soak(url: str, count: int) -> list[dict[str, Any]]:
    marks = []
    done = 0
    async with clients.transport(url) as transport:
        runs = PlatformClient(transport).runs
        for share in MARKS:
            numbers = iter(range(done, int(count * share)))
            await asyncio.gather(*(_worker(runs, numbers) for _ in range(WORKERS)))
            done = int(count * share)
            await asyncio.sleep(0.2)  # until cancelled requests are gone too
            gc.collect()
            fds, tasks = len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks())
            marks.append({"calls": done, "memory": child.memory(), "fds": fds, "tasks": tasks})
    return marks


async def _worker(runs: RunsClient, numbers: Iterable[int]) -> None:
    loop = asyncio.get_running_loop()
    for number in numbers:
        if number % CANCELS == 1:
            task = asyncio.ensure_future(runs.get(f"run-{number}"))
            loop.call_later(random.Random(number).uniform(0, 0.01), task.cancel)
            await asyncio.wait([task])
        elif number % ERRORS == 0:
            with contextlib.suppress(KneoError):
                await runs.get("lost" if number % (10 * ERRORS) == 0 else "bad")
                raise AssertionError("success where there was none")
        else:
            assert (await runs.get(f"run-{number}")).run_id == f"run-{number}"


def growth(marks: list[dict[str, Any]]) -> float:
    """Bytes per request over the second half."""
    middle, end = marks[-2], marks[-1]
    grown: int = end["memory"] - middle["memory"]
    return max(0, grown - NOISE) / (end["calls"] - middle["calls"])


def flat(marks: list[dict[str, Any]]) -> bool:
    """Whether nothing grew over the second half; connections come and go, but not beyond the workers."""
    middle, end = marks[-2], marks[-1]
    return (
        growth(marks) <= MOST_BYTES
        and end["tasks"] == middle["tasks"] == marks[0]["tasks"]
        and end["fds"] <= max(mark["fds"] for mark in marks[:-1]) + WORKERS // 4
    )


async def run(count: int, wire: str, patience: float) -> list[dict[str, Any]]:
    """The marks of a child that makes `count` calls."""
    async with Origin(behave) as origin:
        ended = await child.in_child("soak", "soak", origin.url, count, wire=wire, patience=patience)
    assert ended.value is not None, ended.stderr or "it took too long"
    marks: list[dict[str, Any]] = ended.value
    return marks


async def prove(settings: Settings) -> list[Figure]:
    """What grew."""
    count = settings.count(1_000_000, 3_000)
    marks = await run(count, settings.wire, patience=60 + count / 200)
    held = "; ".join(
        f"{mark['calls']:,} calls: {mark['memory'] / 1e6:.1f} MB, {mark['fds']} fds, {mark['tasks']} tasks"
        for mark in marks
    )
    title = f"Soak, {count:,} requests, {count // ERRORS:,} errors, {count // CANCELS:,} cancels"
    demanded = f"<= {MOST_BYTES:g} byte per request beyond {NOISE >> 20} MiB, descriptors and tasks flat"
    reached = f"{growth(marks):.2f} byte per request ({held})"
    return [Figure(title, reached, demanded, flat(marks), settings.command("soak"))]
