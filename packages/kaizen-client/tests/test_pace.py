"""The rate of calls: who waits for how long, and what becomes of the slots of those who do not come."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest

from kaizen_client import KaizenRequestError
from kaizen_client.pace import Pace

Scripted = Callable[..., Any]


@pytest.mark.promise("kaizen.client.rate-limit")
async def test_calls_above_the_rate_wait_their_turn(scripted: Scripted, sleeps: list[float]) -> None:
    client, wire = scripted(200, 200, 200, max_requests_per_second=10)
    for _ in range(3):
        await client.health()
    assert sleeps == [pytest.approx(0.1, abs=0.05), pytest.approx(0.2, abs=0.1)]
    assert len(wire.requests) == 3


async def test_the_rate_never_holds_a_call_beyond_its_deadline(scripted: Scripted) -> None:
    client, wire = scripted(200, max_requests_per_second=0.001, deadline=5)
    await client.health()
    with pytest.raises(KaizenRequestError, match="max_requests_per_second"):
        await client.health()
    assert len(wire.requests) == 1


async def test_calls_that_are_refused_or_cancelled_leave_their_slots_to_others(scripted: Scripted) -> None:
    client, wire = scripted(200, 200, max_requests_per_second=0.001)
    pace = client._session.pace
    await client.health()
    hurried = client.with_options(deadline=5)
    for _ in range(3):
        with pytest.raises(KaizenRequestError, match="max_requests_per_second"):
            await hurried.health()
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(client.health)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    now = client._session.settings.clock()
    assert 990 < pace.reserve(now) - now <= 1000
    assert len(wire.requests) == 1


def test_pace_starts_again_after_a_pause() -> None:
    pace = Pace(2)
    assert [pace.reserve(0), pace.reserve(0), pace.reserve(0.25), pace.reserve(9)] == [0, 0.5, 1, 9]


def test_slots_that_came_back_go_to_the_next_and_are_never_made_up_for() -> None:
    pace = Pace(1)
    slots = [pace.reserve(0) for _ in range(5)]
    assert slots == [0, 1, 2, 3, 4]
    for slot in (3, 1, 2):
        pace.give_back(slot)
    assert pace.reserve(0, longest_wait=0.5) is None
    assert [pace.reserve(1.5), pace.reserve(1.5), pace.reserve(1.5)] == [2, 3, 5]
    pace.give_back(5)
    assert [pace.reserve(99), pace.reserve(99)] == [99, 100]
