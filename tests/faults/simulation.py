"""Simulated universes: the client on a loop whose schedule, clock and network derive from a seed.

In each universe some callers place orders with the ledger while the network is slow, the origin misbehaves, crashes
and comes back, and callers give up at arbitrary moments. Afterwards the books must be right and the pool whole.
Replay one universe with `make faults ARGS="simulation --only SEED"`.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import sys
from typing import TYPE_CHECKING, Any

import simloop

from kneo_client.core.errors import KneoError
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import Transport
from kneo_client.platform import PlatformClient
from tests.faults import clients
from tests.faults.cancellation import POOL, Meeting, Steps
from tests.faults.figures import Figure
from tests.faults.ledger import Ledger
from tests.faults.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kneo_client.platform.runs import RunsClient
    from tests.faults.origin import Exchange
    from tests.faults.settings import Settings

CALLERS = 8
ORDERS = 3
"""Of each caller."""
TIMEOUT = 2.0
LATENCY = (0.001, 0.08)
RATE = 0.25
MOST_STEPS = 24
"""Suspensions after which a fickle caller has given up."""
PORT = 8080


class Clock:
    """What the client reads instead of the machine's clock."""

    def __call__(self) -> float:
        """The universe's own time."""
        return asyncio.get_running_loop().time()


async def universe(library: str) -> None:
    """One universe; an AssertionError says what broke in it."""
    loop: Any = asyncio.get_running_loop()
    with _generators_end_in_tasks(loop):
        await _universe(loop, library)


@contextlib.contextmanager
def _generators_end_in_tasks(loop: Any) -> Iterator[None]:
    """As on asyncio's own loops: what is left of an abandoned generator ends in a task of its own."""
    before = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(finalizer=lambda generator: loop.call_soon(loop.create_task, generator.aclose()))
    try:
        yield
    finally:
        sys.set_asyncgen_hooks(*before)


async def _universe(loop: Any, library: str) -> None:
    noise: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: noise.append(context))
    chance = simloop.sim.random
    loop.net.set_defaults(latency=LATENCY)
    ledger = Ledger(str(chance.random()), RATE)
    closing = asyncio.Event()
    serving = loop.net.host("origin").create_task(_serve(ledger, closing))
    await asyncio.sleep(0.5)
    module: Any = __import__(library)
    limits = module.Limits(max_connections=POOL, max_keepalive_connections=POOL)
    client = module.AsyncClient(base_url=f"http://origin:{PORT}", limits=limits, verify=False)
    retry = RetryPolicy(max_attempts=3, base_delay=0.05, max_delay=0.2, jitter=0)
    transport = Transport(clients.profile(f"http://origin:{PORT}", TIMEOUT), http_client=client, retry_policy=retry)
    transport.settings.clock = Clock()
    told: dict[str, str] = {}
    runs = PlatformClient(transport).runs
    callers = [asyncio.create_task(_caller(runs, f"c{number}", told, transport)) for number in range(CALLERS)]
    await asyncio.gather(*callers)
    ledger.calm = True
    wrong = {order: run for order, run in told.items() if run != f"run-{order}"}
    assert not wrong, f"wrong objects {wrong}"
    assert all(ledger.done[order] == 1 for order in told), "told ok, not done once"
    assert all(times == 1 for times in ledger.done.values()), "done twice"
    await _pool_is_whole(runs)
    await client.aclose()
    closing.set()
    await serving
    told_aloud = [context for context in noise if not isinstance(context.get("exception"), ConnectionResetError)]
    assert not told_aloud, f"the loop was told {told_aloud[:2]}"  # a reset that the origin feels is its own business


async def _serve(ledger: Ledger, closing: asyncio.Event) -> None:
    meeting = Meeting()

    async def behave(exchange: Exchange) -> None:
        if ledger.calm:
            await meeting.join(exchange)
        await ledger.behave(exchange)

    async with Origin(behave, port=PORT):
        await closing.wait()


async def _caller(runs: RunsClient, name: str, told: dict[str, str], transport: Transport) -> None:
    loop = asyncio.get_running_loop()
    for number in range(ORDERS):
        order = f"{name}-{number}"
        started = loop.time()
        placed = asyncio.create_task(_place(runs, order))
        await asyncio.wait([placed])
        took = loop.time() - started
        assert took <= transport.settings.longest_total + 0.05, f"{order} took {took:.2f} s"
        if placed.cancelled() or isinstance(placed.exception(), (KneoError, TimeoutError)):
            continue
        told[order] = placed.result()


async def _place(runs: RunsClient, order: str) -> str:
    """Place an order with all the patience there is, with little, or until some suspension."""
    chance = simloop.sim.random
    placing = runs.create({"input": order})
    mood = chance.choice(("patient", "impatient", "fickle"))
    if mood == "fickle":
        return str((await Steps(placing, cancel_at=chance.randint(1, MOST_STEPS))).run_id)
    async with asyncio.timeout(chance.uniform(0, 0.4) if mood == "impatient" else None):
        return str((await placing).run_id)


async def _pool_is_whole(runs: RunsClient) -> None:
    """As many calls at the same time as there may be connections: a single lost slot shows."""
    calls = (runs.create({"input": f"after-{number}"}) for number in range(POOL))
    said = await asyncio.gather(*calls, return_exceptions=True)
    broken = [item for item in said if isinstance(item, BaseException)]
    assert not broken, f"after the storm: {broken[:2]!r}"


def failing(library: str, seeds: range, jobs: int) -> str | None:
    """The first universe that breaks, told with its last events; None when all hold."""
    gc.freeze()  # each universe ends with a collection, which need not look at all our modules
    report = simloop.explore(functools.partial(universe, library), seeds, jobs=jobs)
    return None if report is None else f"seed {report.seed}: {report.exception!r}\n{report.render()}"


async def prove(settings: Settings) -> list[Figure]:
    """Universes that broke; simloop runs loops of its own, hence the thread."""
    count = settings.count(10_000, 40)
    first = int(settings.only or 0)
    seeds = range(first, first + 1) if settings.only else range(count)
    library = "httpx" if settings.wire == "httpx" else "httpx2"
    told = await asyncio.to_thread(failing, library, seeds, 1 if settings.short or settings.only else 2)
    if told:
        print(told)
    title = f"Simulated universes, {len(seeds):,} seeds, through a caller's {library} client"
    reached = told.splitlines()[0] if told else "none broke"
    return [Figure(title, reached, "none broke", told is None, settings.command("simulation"))]
