"""A dead origin: what a thousand callers cost it, and how fast they are back when it heals."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sdk_engine.budget import CAPACITY, RetryBudget
from sdk_engine.call import exchange
from sdk_engine.drivers import AsyncDriver
from sdk_engine.errors import SdkError
from sdk_engine.messages import WireFailure
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import ClientSettings
from sdk_engine.testing import FakeAsyncWire

from kneo_client.core.errors import KneoError
from tests.faults import clients
from tests.faults.figures import Figure
from tests.faults.origin import Origin

if TYPE_CHECKING:
    from tests.faults.origin import Exchange
    from tests.faults.settings import Settings

AT_ONCE = 50
MOST_HITS_PER_CALL = 1.04
TIMEOUT = -1
"""An attempt without an answer, in the published cases."""

AWS_CASES = (
    # tokens, max attempts, answers, attempts made, succeeded, tokens left
    (500, 3, (503, 503, 200), 3, True, 486),
    (500, 3, (502, 502, 502), 3, False, 472),
    (14, 3, (503, 502), 2, False, 0),
    (0, 3, (503,), 1, False, 0),
    (20, 5, (503, 502), 2, False, 6),
    (500, 3, (TIMEOUT, TIMEOUT, 200), 3, True, 486),
)
"""Standard retry mode 2.1's published cases; where they say 500, ours say 503: the platform's 500 is never retried."""


class Sick:
    """An origin that refuses until it is healed."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.healed = False

    async def behave(self, exchange: Exchange) -> None:
        """Answer one request."""
        if self.healed:
            await exchange.answer(200, {})
        elif self.how == "503":
            await exchange.answer(503, {"detail": "down"})
        else:
            exchange.reset()


async def storm(how: str, calls: int) -> tuple[float, int, int]:
    """Hits per call while the origin is down; failures and calls until the bucket is full again, once it has healed."""
    sick = Sick(how)
    async with Origin(sick.behave) as origin, clients.transport(origin.url) as transport:
        numbers = iter(range(calls))

        async def caller() -> None:
            for _ in numbers:
                try:
                    await transport.request("GET", "/v1/healthz")
                except KneoError:
                    continue
                raise AssertionError("success from a dead origin")

        await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
        amplification = origin.hits / calls
        sick.healed = True
        failures, needed = 0, 0
        while transport.settings.budget.tokens < CAPACITY and needed < 2 * CAPACITY:
            needed += 1
            try:
                await transport.request("GET", "/v1/healthz")
            except KneoError:
                failures += 1
        return amplification, failures, needed


async def aws_cases() -> list[str]:
    """What differs from the published cases."""
    return [problem for case in AWS_CASES if (problem := await _aws_case(*case))]


async def _aws_case(
    tokens: int, most: int, answers: tuple[int, ...], attempts: int, succeeds: bool, left: int
) -> str | None:
    wire = FakeAsyncWire([WireFailure("no answer") if answer == TIMEOUT else answer for answer in answers])
    budget = RetryBudget(tokens)
    shared = ClientSettings("http://127.0.0.1", {}, retry=RetryPolicy(max_attempts=most, base_delay=0), budget=budget)
    try:
        await AsyncDriver(wire).run(exchange(shared, "GET", "/"))
        succeeded = True
    except SdkError:
        succeeded = False
    reached = (len(wire.requests), succeeded, budget.tokens)
    return None if reached == (attempts, succeeds, left) else f"{answers} from {tokens} tokens: {reached}"


async def prove(settings: Settings) -> list[Figure]:
    """Amplification, recovery and the published cases."""
    calls = settings.count(1000, 1000)
    figures: list[Figure] = []
    command = settings.command("storm")
    for how in ("503", "reset"):
        amplification, failures, needed = await storm(how, calls)
        kept = amplification <= MOST_HITS_PER_CALL
        title = f"Storm, {calls:,} calls on an origin that answers {how}, {AT_ONCE} at once"
        demanded = f"<= {MOST_HITS_PER_CALL}"
        figures.append(Figure(title, f"{amplification:.3f} hits per call", demanded, kept, command))
        reached = f"{failures} failures; {needed} calls until the bucket is full"
        kept = failures == 0 and needed <= CAPACITY
        figures.append(Figure(f"Recovery after {how}", reached, f"0 failures, <= {CAPACITY} calls", kept, command))
    wrong = await aws_cases()
    reached = f"{len(AWS_CASES) - len(wrong)} of {len(AWS_CASES)} equal {'; '.join(wrong)}".strip()
    figures.append(Figure("AWS standard retry mode 2.1, published cases", reached, "all equal", not wrong, command))
    return figures
