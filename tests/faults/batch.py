"""Batches that are killed: what the store says in the end is held against what the platform did."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kneo_client.batch import Batch
from tests.faults.figures import ROOT, Figure
from tests.faults.origin import Origin
from tests.faults.run_ledger import RunLedger

if TYPE_CHECKING:
    from tests.faults.settings import Settings

RATE = 0.05
CPU_A_CASE = 0.002
SPEC = {"version": "v1", "workflow": {"type": "sequential", "name": "stand-in", "steps": []}}


@dataclass
class Books:
    """What the store says, against what the stand-in did."""

    cases: int = 0
    kills: int = 0
    faults: int = 0
    requests: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    failures: int = 0
    unaccounted: int = 0
    cpu: float = 0.0
    seconds: float = 0.0
    said: str = ""

    @property
    def clean(self) -> bool:
        """Whether every case was run once and every outcome is told."""
        return self.lost + self.doubled + self.wrong + self.unaccounted == 0 and self.failures > 0


async def run(count: int, kills: int, seed: str, folder: Path, *, concurrency: int) -> Books:
    """Run a batch of the command line and kill it at random moments, then resume it to its end."""
    books, ledger, chance = Books(count, kills), RunLedger(seed, RATE), random.Random(seed)
    (folder / "spec.json").write_text(json.dumps(SPEC))
    with (folder / "cases.jsonl").open("w") as file:
        file.writelines(json.dumps({"id": number, "input": f"case {number}"}) + "\n" for number in range(count))
    started = time.monotonic()
    async with Origin(ledger.behave) as origin:
        command = Command(folder, origin.url, concurrency, ledger, books)
        for moment in sorted(chance.uniform(0.01, 0.95) for _ in range(kills)):
            await command.run(kill_at=int(count * moment))
        await command.run()
    books.seconds = time.monotonic() - started
    books.faults, books.requests = ledger.faults, ledger.requests.total()
    _compare(books, ledger, folder / "eval.sqlite")
    return books


@dataclass
class Command:
    """`python -m kneo_client batch run`, as often as it takes."""

    folder: Path
    url: str
    concurrency: int
    ledger: RunLedger
    books: Books

    async def run(self, *, kill_at: int | None = None) -> None:
        """Start or go on with the batch, to its end or until the platform has made so many runs."""
        arguments = ["run", "cases.jsonl", "--spec", "spec.json", "--store", "eval.sqlite"]
        before = _children_cpu()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "kneo_client", "batch", *arguments, "--concurrency", str(self.concurrency)),
            cwd=self.folder,
            env={**os.environ, "KNEO_URL": self.url, "KNEO_API_KEY": "k", "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        ending = asyncio.create_task(process.communicate())
        while kill_at is not None and not ending.done() and len(self.ledger.created) < kill_at:
            await asyncio.sleep(0.01)
        if kill_at is not None and not ending.done():
            process.kill()
        output, _ = await ending
        self.books.said = output.decode(errors="replace")
        self.books.cpu += _children_cpu() - before


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _compare(books: Books, ledger: RunLedger, store: Path) -> None:
    results = list(Batch(store).results())
    numbers = {text: number for number, text in enumerate(ledger.inputs)}
    books.doubled = sum(times - 1 for times in ledger.runs_of.values())
    books.lost = books.cases - sum(1 for each in results if each.status in ("completed", "failed"))
    books.failures = sum(1 for number in range(len(ledger.inputs)) if ledger.fails(number))
    books.unaccounted = books.failures - sum(1 for each in results if each.failed and each.error)
    for each in results:
        number = numbers.get(each.input)
        right = number is not None and (each.run_id, each.failed) == (str(number), ledger.fails(number))
        books.wrong += not (right and (each.failed or each.output == f"out of {each.input}"))


async def prove(settings: Settings) -> list[Figure]:
    """A batch on the stand-in, killed again and again."""
    count, kills = settings.count(100_000, 400), settings.count(20, 3)
    with tempfile.TemporaryDirectory() as folder:
        books = await run(count, kills, settings.seed, Path(folder), concurrency=settings.count(500, 100))
    if not books.clean:
        print(books.said[-2000:], file=sys.stderr)
    a_case = books.cpu / count
    reached = (
        f"lost {books.lost}, doubled {books.doubled}, wrong {books.wrong}, failures {books.failures:,}, unaccounted for"
        f" {books.unaccounted}; {books.requests:,} requests, {books.faults:,} faulted; {1000 * a_case:.2f} ms of CPU a"
        f" case, {kills + 1} starts included; {books.seconds:.0f} s"
    )
    kept = books.clean and (settings.short or a_case <= CPU_A_CASE)
    return [
        Figure(
            f"Batch of {count:,} cases on a stand-in, kill -9 at {kills} random moments",
            reached,
            "0 lost, doubled, wrong, unaccounted for; <= 2 ms of CPU a case",
            kept,
            settings.command("batch"),
        )
    ]
