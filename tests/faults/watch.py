"""What the server of `tests.faults.lives` does with a request: its name says it, and who asks about whom.

A name is a verb and words behind it, the first of them the process: `hang-4711-2`. Any other name is answered at once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import TYPE_CHECKING

from tests.faults.behaviours import right_answer
from tests.faults.origin import http_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.origin import Exchange

PATIENCE = 10.0
"""Seconds after which the server gives up waiting for what it was asked about, and says what there is. The clients
under test wait longer for an answer: what ends by their timeout was not hung up on at once."""
VERBS = frozenset({"hang", "slow", "post", "meet", "gate", "held", "left", "mark", "late", "waits", "open"})


class Watch:
    """The behaviour of an `Origin` that counts, by process, what was held, given up and sent too late."""

    def __init__(self) -> None:
        self._held_by: Counter[str] = Counter()
        self._left_by: Counter[str] = Counter()
        self._here: Counter[str] = Counter()
        self._late_by: dict[str, int] = {}
        self._gates: dict[str, tuple[asyncio.Event, asyncio.Event]] = {}
        self._changed = asyncio.Condition()

    async def behave(self, exchange: Exchange) -> None:
        """Do what the name says."""
        name = str(right_answer(exchange)["run_id"])
        verb, _, rest = name.partition("-")
        if verb in ("hang", "post"):
            self._note(rest)
        said = await getattr(self, f"_{verb}")(exchange, rest) if rest and verb in VERBS else name
        if said is not None:
            await exchange.answer(200, {"run_id": said or name, "status": "completed"})

    def _note(self, rest: str) -> None:
        words = rest.split("-")
        for end in range(1, len(words) + 1):
            if (prefix := "-".join(words[:end])) in self._late_by:
                self._late_by[prefix] += 1

    async def _count(self, counter: Counter[str], name: str) -> None:
        async with self._changed:
            counter[name] += 1
            self._changed.notify_all()

    async def _until(self, enough: Callable[[], bool]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._changed:
                await self._changed.wait_for(enough)

    # --- calls under test

    async def _hang(self, exchange: Exchange, rest: str) -> None:
        """Silence until the client hangs up."""
        process = rest.partition("-")[0]
        await self._count(self._held_by, process)
        await exchange.hang()
        await self._count(self._left_by, process)

    async def _slow(self, exchange: Exchange, rest: str) -> str:
        """An answer after a while."""
        await self._count(self._held_by, rest.partition("-")[0])
        await asyncio.sleep(0.3)
        return ""

    async def _post(self, exchange: Exchange, rest: str) -> None:
        """An answer after a while, in pieces."""
        whole = http_answer(200, right_answer(exchange))
        await asyncio.sleep(0.02)
        for part in (whole[:40], whole[40:-20], whole[-20:]):
            await exchange.send(part)
            await asyncio.sleep(0.002)

    async def _meet(self, exchange: Exchange, rest: str) -> str:
        """An answer when so many are here at once."""
        number = int(rest.rpartition("-")[2])
        await self._count(self._here, rest)
        await self._until(lambda: self._here[rest] >= number)
        return "" if self._here[rest] >= number else "alone"

    async def _gate(self, exchange: Exchange, rest: str) -> None:
        """An answer when another request says so."""
        gate, answered = self._gates.setdefault(rest, (asyncio.Event(), asyncio.Event()))
        await gate.wait()
        try:
            await exchange.answer(200, right_answer(exchange))
        finally:
            answered.set()

    # --- questions about them

    async def _waits(self, exchange: Exchange, rest: str) -> str:
        """Whether the gate's request is here."""
        return "yes" if rest in self._gates else "no"

    async def _open(self, exchange: Exchange, rest: str) -> str:
        """Let the gate's answer out; it is in the client's socket when this one comes."""
        gate, answered = self._gates.pop(rest)
        gate.set()
        await answered.wait()
        return ""

    async def _until_counted(self, counter: Counter[str], rest: str) -> str:
        process, _, number = rest.partition("-")
        await self._until(lambda: counter[process] >= int(number))
        return f"{counter[process]} of {number}"

    async def _held(self, exchange: Exchange, rest: str) -> str:
        """Wait until so many of the process's requests have been held: `held-<process>-<number>`."""
        return await self._until_counted(self._held_by, rest)

    async def _left(self, exchange: Exchange, rest: str) -> str:
        """Wait until so many of those were hung up on."""
        return await self._until_counted(self._left_by, rest)

    async def _mark(self, exchange: Exchange, rest: str) -> str:
        """From now on, requests with these words behind their verb are late."""
        for _ in range(50):  # turns of the loop in which it reads whatever has arrived by now
            await asyncio.sleep(0)
        self._late_by[rest] = 0
        return ""

    async def _late(self, exchange: Exchange, rest: str) -> str:
        """How many were."""
        return str(self._late_by.pop(rest))
