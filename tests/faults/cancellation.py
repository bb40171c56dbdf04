"""Cancellation torture: `task.cancel()` at every point where a public coroutine is suspended.

Every point is tried on a pool of three connections. It is fatal when the pool cannot carry three simultaneous calls
afterwards: that shows a single lost slot.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kneo_client.agent import AgentClient
from kneo_client.core.transport import Transport
from kneo_client.platform import PlatformClient
from tests.faults import clients
from tests.faults.figures import Figure
from tests.faults.origin import Origin, http_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterator

    from tests.faults.origin import Exchange
    from tests.faults.settings import Settings

    PublicCall = Callable[[Transport], Coroutine[Any, Any, Any]]

POOL = 3
SITUATIONS = ("cold", "warm", "retrying", "queued")
"""First call of a client; a connection is there; the first answer was 503; all connections are in use."""
ANSWER = {
    "run_id": "r", "status": "completed", "ok": True, "valid": True, "count": 0, "change_count": 0, "environment": "e",
    "continuation_id": "c", "request": None, "events": [], "tasks": [], "runs": [], "checkpoints": [], "policies": {},
    "inventory": {}, "summary": {}, "report": {}, "from_checkpoint": {}, "to_checkpoint": {},
}  # fmt: skip
"""One object that is a right answer to every operation."""
RECOVERY = 3.0
"""Seconds in which three calls must succeed after a cancellation."""


_meetings = itertools.count()


class Steps:
    """Awaits a coroutine, counts its suspensions, and cancels the task while it is suspended for the k-th time."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], cancel_at: int = 0) -> None:
        self._coroutine = coroutine
        self._cancel_at = cancel_at
        self.count = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        inner = self._coroutine.__await__()
        failure: BaseException | None = None
        while True:
            try:
                waited_for = next(inner) if failure is None else inner.throw(failure)
            except StopIteration as done:
                return done.value
            self.count += 1
            if self.count == self._cancel_at:
                loop.call_soon(task.cancel)  # runs before anything that could complete what is waited for
            failure = None
            try:
                yield waited_for
            except BaseException as exc:
                failure = exc


class Meeting:
    """Holds requests until as many are here at the same time as the pool has connections."""

    def __init__(self) -> None:
        self._here: Counter[tuple[str, int]] = Counter()
        self._complete: dict[tuple[str, int], asyncio.Event] = {}

    async def join(self, exchange: Exchange) -> None:
        """Wait for the others of this path and attempt; who waits since an earlier one may have been left behind."""
        name = exchange.target, exchange.number
        complete = self._complete.setdefault(name, asyncio.Event())
        self._here[name] += 1
        if self._here[name] == POOL:
            complete.set()
        await complete.wait()


class Pier:
    """An origin's behaviour: answers at once, 503 first, or only when enough calls are here at the same time."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.refuse_first = False
        self._meeting = Meeting()

    async def behave(self, exchange: Exchange) -> None:
        """Answer one request."""
        if "/meet" in exchange.target:
            await self._meeting.join(exchange)
        elif exchange.target.endswith("/gate"):
            await self.gate.wait()
        elif self.refuse_first and exchange.number == 1:
            await exchange.answer(503, {"detail": "later"})
            return
        whole = http_answer(200, ANSWER)
        for part in (whole[:40], whole[40:-20], whole[-20:]):  # so that the client waits for each
            await asyncio.sleep(0.001)
            await exchange.send(part)


@dataclass
class Torture:
    """What came of it: points tried and fatal ones, by situation."""

    points: Counter[str] = field(default_factory=Counter[str])
    fatal: list[str] = field(default_factory=list[str])
    untyped: list[str] = field(default_factory=list[str])


def public_calls() -> dict[str, PublicCall]:
    """Every public coroutine method by name, as a function of the transport; found by looking, so none is left out."""
    calls: dict[str, PublicCall] = {
        "Transport.request": lambda transport: transport.request("POST", "/v1/runs", json={"input": "x"})
    }
    for root in (PlatformClient, AgentClient):
        probe = root(clients.transport("http://127.0.0.1:9"))
        for part, client in _parts(probe):
            for name, method in inspect.getmembers(client, inspect.iscoroutinefunction):
                if not name.startswith("_"):
                    calls[f"{root.__name__}.{part}.{name}"] = _caller(root, part, name, _arguments(method))
    return calls


def _parts(root: Any) -> Iterator[tuple[str, Any]]:
    for name in dir(root):
        value = None if name.startswith("_") else getattr(root, name)
        if type(value).__module__.startswith("kneo_client.") and type(value).__name__.endswith("Client"):
            yield name, value


def _arguments(method: Callable[..., Any]) -> list[Any]:
    required = [p for p in inspect.signature(method).parameters.values() if p.default is p.empty]
    return [{"input": "x"} if "dict" in str(p.annotation) else "x" for p in required]


def _caller(root: Any, part: str, name: str, arguments: list[Any]) -> PublicCall:
    return lambda transport: getattr(getattr(root(transport), part), name)(*arguments)


async def torture(situations: tuple[str, ...] = SITUATIONS, only: str = "") -> Torture:
    """Cancel every public coroutine at every point, in every situation; `only` lists ends of names."""
    result = Torture()
    for name, make in public_calls().items():
        for situation in situations:
            if name.endswith(tuple(only.split()) or ("",)):
                await _all_points(result, name, make, situation)
    return result


async def _all_points(result: Torture, name: str, make: PublicCall, situation: str) -> None:
    point, more = 0, True
    while more:
        point += 1
        pier = Pier()
        async with Origin(pier.behave) as origin, _pool_of_three(origin.url) as transport:
            more = await _cancelled_at(point, transport, pier, make, situation, result, name)
            if not more:
                return
            result.points[situation] += 1
            if problem := await _lost_a_slot(transport):
                result.fatal.append(f"{name} {situation} point {point}: {problem}")


async def _cancelled_at(
    point: int, transport: Transport, pier: Pier, make: PublicCall, situation: str, result: Torture, name: str
) -> bool:
    """Whether the coroutine had so many points."""
    holders: list[asyncio.Task[Any]] = []
    if situation != "cold":
        await transport.request("GET", "/v1/healthz")
    if situation == "queued":
        holders = [asyncio.create_task(transport.request("GET", "/v1/gate")) for _ in range(POOL)]
        await asyncio.sleep(0.02)
        asyncio.get_running_loop().call_later(0.02, pier.gate.set)
    pier.refuse_first = situation == "retrying"
    steps = Steps(make(transport), cancel_at=point)

    async def run() -> Any:
        return await steps

    outcome = (await asyncio.gather(asyncio.create_task(run()), return_exceptions=True))[0]
    pier.refuse_first = False
    if isinstance(outcome, Exception) and not isinstance(outcome, asyncio.CancelledError):
        result.untyped.append(f"{name} {situation} point {point}: {outcome!r}")
    pier.gate.set()
    await asyncio.gather(*holders)
    return steps.count >= point


async def _lost_a_slot(transport: Transport) -> str | None:
    """Whether three calls can no longer be under way at the same time."""
    place = f"/v1/meet/{next(_meetings)}"
    try:
        async with asyncio.timeout(RECOVERY):
            await asyncio.gather(*(transport.request("GET", place) for _ in range(POOL)))
    except Exception as exc:
        return repr(exc)
    return None


@contextlib.asynccontextmanager
async def _pool_of_three(url: str) -> Any:
    with clients.pool_size(POOL):
        transport = clients.transport(url, timeout=RECOVERY / 2)
        try:
            yield transport
        finally:
            await transport.aclose()


async def at_any_moment(seed: str, count: int) -> int:
    """Cancel calls at moments spread over their duration, 64 under way at a time; returns the times a slot was lost.

    Suspensions do not show the moments inside a wire that works on threads of its own.
    """
    lost = 0
    chance = random.Random(seed)
    pier = Pier()
    async with Origin(pier.behave) as origin, _pool_of_three(origin.url) as transport:
        for _ in range(count // 64):
            calls = [asyncio.create_task(transport.request("GET", f"/v1/runs/{n}")) for n in range(64)]
            for call in calls:
                asyncio.get_running_loop().call_later(chance.uniform(0, 0.15), call.cancel)
            await asyncio.gather(*calls, return_exceptions=True)
            lost += await _lost_a_slot(transport) is not None
    return lost


async def prove(settings: Settings) -> list[Figure]:
    """Fatal points of all points."""
    count = settings.count(20_000, 512)
    lost = await at_any_moment(settings.seed, count)
    only = settings.only or ("runs.get" if settings.short else "")
    result = await torture(only=only)
    for problem in [*result.fatal, *result.untyped]:
        print(problem)
    spread = ", ".join(f"{count} {situation}" for situation, count in result.points.items())
    reached = f"{len(result.fatal)} fatal, {len(result.untyped)} untyped of {result.points.total()} points ({spread})"
    return [
        Figure(
            f"Cancellation at every suspension, {len(public_calls())} public coroutines, pool of {POOL}",
            reached,
            "0 fatal",
            not result.fatal and not result.untyped,
            settings.command("cancellation"),
        ),
        Figure(
            f"Cancellation at any moment, {count:,} calls, 64 at a time, pool of {POOL}",
            f"{lost} times a slot lost",
            "0",
            not lost,
            settings.command("cancellation"),
        ),
    ]
