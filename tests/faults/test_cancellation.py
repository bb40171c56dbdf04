import asyncio

import pytest

from tests.faults import simulation
from tests.faults.cancellation import SITUATIONS, Steps, at_any_moment, public_calls, torture

FEWEST_PUBLIC_CALLS = 29
SEEDS = range(15)


async def test_steps_cancel_at_the_suspension_asked_for():
    reached: list[int] = []

    async def three_suspensions() -> None:
        for number in range(3):
            reached.append(number)
            await asyncio.sleep(0)

    await Steps(three_suspensions())
    assert reached == [0, 1, 2]
    reached.clear()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(_awaited(Steps(three_suspensions(), cancel_at=2)))
    assert reached == [0, 1]


async def _awaited(steps: Steps) -> None:
    await steps


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_cancelling_at_any_suspension_loses_no_connection(situation: str):
    assert len(public_calls()) >= FEWEST_PUBLIC_CALLS
    result = await torture((situation,), only="request runs.get runs.create human_tasks.resume wait_for_completion")
    assert result.points.total() > 0
    assert not result.fatal + result.untyped


async def test_cancelling_at_any_moment_loses_no_connection():
    assert await at_any_moment("test", 512) == 0


def test_no_simulated_universe_breaks():
    assert simulation.failing("httpx2", SEEDS, jobs=1) is None
