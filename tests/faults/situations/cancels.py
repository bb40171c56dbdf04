"""Cancelled calls: none is lost, the server is hung up on at once, nothing is sent afterwards, the slot is free."""

from __future__ import annotations

import asyncio
import itertools
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.faults.situations.products import AWAITED, Control, ours

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

POOL = 100
"""Connections of a client that was told no limit."""
_numbers = itertools.count()


def run(situation: str, kind: str, url: str, count: str, seed: str, loop: str = "asyncio") -> None:
    """One of the situations below, on asyncio's event loop or uvloop's."""
    factory = None
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        print(*runner.run(globals()[situation](kind, url, int(count), seed)), flush=True)


async def busy(kind: str, url: str, count: int, seed: str) -> list[object]:
    """Cancel while the loop is busy and the answer lies in the socket already: how many were lost, of each way."""
    client, control = AWAITED[kind](url), Control(url)
    await client.call("one")
    lost = dict.fromkeys(WAYS, 0)
    for _ in range(count):
        for way, cancelled in WAYS.items():
            lost[way] += not await cancelled(client, control, ours("gate", next(_numbers)))
    await client.close()
    return [f"{way} {number}" for way, number in lost.items()]


async def _answered(control: Control, name: str) -> None:
    """Until the answer to the call of this name lies in the socket, without another turn of the loop since."""
    while control.ask(name.replace("gate", "waits")) != "yes":
        await asyncio.sleep(0.001)
    control.ask(name.replace("gate", "open"))


async def _by_cancel(client: Any, control: Control, name: str) -> bool:
    task = asyncio.create_task(client.call(name))
    await _answered(control, name)
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()


async def _by_timeout(client: Any, control: Control, name: str) -> bool:
    async def limited() -> None:
        async with asyncio.timeout(None) as limit:
            limits.append(limit)
            await client.create(name)

    return await _times_out(limited, control, name, limits := list[asyncio.Timeout]())


async def _times_out(
    limited: Callable[[], Awaitable[None]], control: Control, name: str, limits: list[asyncio.Timeout]
) -> bool:
    task = asyncio.ensure_future(limited())
    await _answered(control, name)
    limits[0].reschedule(asyncio.get_running_loop().time())
    await asyncio.wait([task])
    return isinstance(task.exception(), TimeoutError)


async def _by_group(client: Any, control: Control, name: str) -> bool:
    ended: list[str] = []

    async def call() -> None:
        ended.append(await client.call(name))

    with suppress(ExceptionGroup):  # noqa: F821 - tests of the root need no Python 3.10
        async with asyncio.TaskGroup() as group:
            group.create_task(call())
            await _answered(control, name)
            raise TimeoutError  # of the group's own body
    return not ended


async def _by_scope(client: Any, control: Control, name: str) -> bool:
    import anyio

    ended: list[str] = []

    async def call() -> None:
        ended.append(await client.create(name))

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await _answered(control, name)
        group.cancel_scope.cancel()
    return not ended


WAYS = {"cancel": _by_cancel, "timeout": _by_timeout, "group": _by_group, "scope": _by_scope}


async def any_moment(kind: str, url: str, count: int, seed: str) -> list[object]:
    """Cancel at moments spread over a call's duration, 64 under way at a time.

    Lost are those whose `cancel()` said that it would, and that ended otherwise. Late are requests that arrive when all
    calls of their round have ended. Afterwards, as many calls as the client has connections must be under way at once.
    """
    client, control, chance = AWAITED[kind](url), Control(url), random.Random(seed)
    struck = lost = late = 0
    for number in range(count // 64):
        group = ours("post", number)
        tasks = [_task(client, f"{group}-{n}", chance) for n in range(64)]
        strikes: dict[asyncio.Task[str], bool] = {}
        for task in tasks:
            asyncio.get_running_loop().call_later(chance.uniform(0, 0.06), _strike, task, strikes)
        await asyncio.wait(tasks)
        control.ask(group.replace("post", "mark"))
        struck += sum(strikes.values())
        lost += sum(hit and not task.cancelled() for task, hit in strikes.items())
        broken = [str(task.exception()) for task in tasks if not task.cancelled() and task.exception()]
        assert not broken, broken
        late += int(control.ask(group.replace("post", "late")))
    slots = await _slots(client)
    await client.close()
    assert struck > count / 20, f"only {struck} calls were still under way when they were cancelled"
    return ["lost", lost, "late", late, "slots", slots]


def _strike(task: asyncio.Task[str], strikes: dict[asyncio.Task[str], bool]) -> None:
    strikes[task] = task.cancel()


def _task(client: Any, name: str, chance: random.Random) -> asyncio.Task[str]:
    return asyncio.create_task(client.call(name) if chance.random() < 0.5 else client.create(name))


async def _slots(client: Any) -> int:
    """How many calls can be under way at once, of those that must be able to."""
    name = ours("meet", next(_numbers), POOL)
    said = await asyncio.gather(*(client.call(name) for _ in range(POOL)), return_exceptions=True)
    return sum(answer == name for answer in said)


def scopes(kind: str, url: str, count: str, seed: str) -> None:
    """`any_moment` on trio: what of it can be seen there."""
    import anyio

    print(*anyio.run(_scopes, kind, url, int(count), seed, backend="trio"), flush=True)


async def _scopes(kind: str, url: str, count: int, seed: str) -> list[object]:
    import anyio

    client, control, chance = AWAITED[kind](url), Control(url), random.Random(seed)
    late, met = 0, list[str]()

    async def cancelled(name: str) -> None:
        with anyio.move_on_after(chance.uniform(0, 0.06)):
            await (client.call(name) if chance.random() < 0.5 else client.create(name))

    async def meet(name: str) -> None:
        met.append(await client.call(name))

    for number in range(count // 64):
        group = ours("post", number)
        async with anyio.create_task_group() as tasks:
            for n in range(64):
                tasks.start_soon(cancelled, f"{group}-{n}")
        control.ask(group.replace("post", "mark"))
        late += int(control.ask(group.replace("post", "late")))
    name = ours("meet", next(_numbers), POOL)
    async with anyio.create_task_group() as tasks:
        for _ in range(POOL):
            tasks.start_soon(meet, name)
    await client.close()
    return ["late", late, "slots", met.count(name)]


async def many(kind: str, url: str, count: int, seed: str) -> list[object]:
    """Cancel `count` POSTs at a server that answers none; most of them wait for a connection."""
    client, control = AWAITED[kind](url), Control(url)
    await client.call("one")
    tasks = [asyncio.create_task(client.create(ours("hang", n))) for n in range(count)]
    first = min(count, POOL)
    await asyncio.to_thread(control.ask, ours("held", first))
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    lost = sum(not task.cancelled() for task in tasks)
    control.ask(ours("mark"))
    left = await asyncio.to_thread(control.ask, ours("left", first))
    async with asyncio.timeout(5):
        after = await client.call("after")
    slots = await _slots(client)
    late = control.ask(ours("late"))
    await client.close()
    return ["lost", lost, left, after, "slots", slots, "late", late]


async def closing(kind: str, url: str, count: int, seed: str) -> list[object]:
    """Close the client while calls are under way, half of them cancelled just now: nothing stays connected."""
    client, control = AWAITED[kind](url), Control(url)
    tasks = [asyncio.create_task(client.create(ours("hang", n))) for n in range(count)]
    await asyncio.to_thread(control.ask, ours("held", count))
    for task in tasks[::2]:
        task.cancel()
    await client.close()
    left = await asyncio.to_thread(control.ask, ours("left", count))
    ends = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    typed = sum(isinstance(end, (asyncio.CancelledError, client.error)) for end in ends)
    return [left, typed]
