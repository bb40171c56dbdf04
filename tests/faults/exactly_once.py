"""Exactly once: keyed POSTs under fire. What callers were told is held against what the origin did."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sdk_engine.budget import RETRY_COST, RetryBudget
from sdk_engine.errors import Outcome

from kneo_client.core.errors import KneoError
from kneo_client.platform import PlatformClient
from tests.faults import clients
from tests.faults.figures import Figure
from tests.faults.ledger import Ledger
from tests.faults.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kneo_client.platform.runs import RunsClient
    from tests.faults.settings import Settings

WORKERS = 64
RATE = 0.33
TIMEOUT = 1.0


class Bottomless(RetryBudget):
    """A bucket that is always full: every documented attempt is made, however sick the origin."""

    def take(self, *, throttled: bool) -> int:
        """Take nothing."""
        return RETRY_COST


@dataclass
class Books:
    """What callers were told, against what the ledger did."""

    calls: int = 0
    attempts: int = 0
    faults: int = 0
    told_ok: int = 0
    errors: int = 0
    ambiguous: int = 0
    lost: int = 0
    twice: int = 0
    twice_after_resuming: int = 0
    wrong_object: int = 0
    untyped: int = 0
    without_key: int = 0
    false_not_sent: int = 0
    not_resumed: int = 0
    problems: list[str] = field(default_factory=list[str])

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong that a caller could not have mended."""
        wrong = self.lost + self.twice + self.twice_after_resuming + self.wrong_object + self.untyped
        return wrong + self.without_key + self.false_not_sent + self.not_resumed == 0


async def run(count: int, seed: str, rate: float = RATE) -> Books:
    """Place `count` orders through four transports, then resume every error with the key it carries."""
    books = Books(calls=count)
    ledger = Ledger(seed, rate)
    failed: dict[str, KneoError] = {}
    async with Origin(ledger.behave) as origin:
        transports = [clients.transport(origin.url, TIMEOUT) for _ in range(4)]
        for transport in transports[::2]:
            transport.settings.budget = Bottomless()
        shops = [PlatformClient(transport).runs for transport in transports]
        orders = iter(range(count))
        await asyncio.gather(*(_worker(shops[n % 4], orders, failed, books) for n in range(WORKERS)))
        books.attempts, books.faults = ledger.attempts.total(), ledger.faults.total()
        books.twice = sum(1 for times in ledger.done.values() if times > 1)
        for order, error in failed.items():
            if error.outcome is Outcome.NOT_SENT and ledger.done[order]:
                books.false_not_sent += 1
        books.lost = sum(1 for n in range(count) if f"o{n}" not in failed and not ledger.done[f"o{n}"])
        ledger.calm = True
        resuming = iter(list(failed.items()))
        await asyncio.gather(*(_resumer(shops[n % 4], resuming, books) for n in range(WORKERS)))
        books.twice_after_resuming = sum(1 for times in ledger.done.values() if times > 1)
        books.lost += sum(1 for n in range(count) if not ledger.done[f"o{n}"])
        for transport in transports:
            await transport.aclose()
    return books


async def _worker(runs: RunsClient, orders: Iterable[int], failed: dict[str, KneoError], books: Books) -> None:
    for number in orders:
        order = f"o{number}"
        try:
            run = await runs.create({"input": order})
        except KneoError as error:
            failed[order] = error
            books.errors += 1
            books.ambiguous += error.outcome is Outcome.UNKNOWN
            books.without_key += not error.idempotency_key
        except Exception as exc:
            books.untyped += 1
            books.problems.append(f"{order}: {exc!r}")
        else:
            books.told_ok += 1
            books.wrong_object += run.run_id != f"run-{order}"


async def _resumer(runs: RunsClient, failed: Iterable[tuple[str, KneoError]], books: Books) -> None:
    for order, error in failed:
        await _resume(runs, order, error.idempotency_key, books)


async def _resume(runs: RunsClient, order: str, key: str | None, books: Books) -> None:
    try:
        run = await runs.create({"input": order}, idempotency_key=key)
    except Exception as exc:
        books.not_resumed += 1
        books.problems.append(f"{order}: {exc!r}")
    else:
        books.wrong_object += run.run_id != f"run-{order}"


async def prove(settings: Settings) -> list[Figure]:
    """Three seeds as figures."""
    count = settings.count(100_000, 300)
    figures: list[Figure] = []
    for number in range(1, 4):
        seed = f"{settings.seed}.{number}"
        books = await run(count, seed)
        for problem in books.problems[:5]:
            print(problem)
        reached = (
            f"{books.attempts:,} attempts, {books.faults:,} faulted; lost {books.lost}, twice {books.twice},"
            f" twice after resuming {books.twice_after_resuming}, wrong object {books.wrong_object},"
            f" untyped {books.untyped}; {books.errors:,} errors ({books.ambiguous:,} ambiguous),"
            f" {books.without_key} without key, {books.not_resumed} not resumed"
        )
        command = settings.command("exactly_once")
        figures.append(
            Figure(f"Exactly once, {count:,} POSTs, seed {seed}", reached, "0 of each", books.clean, command)
        )
    return figures
