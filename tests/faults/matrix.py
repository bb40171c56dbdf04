"""Fault matrix: every fault of the catalogue, GET and keyed POST, through every kind of client, judged."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.faults import clients
from tests.faults.answer_faults import body_faults, coding_faults, conflict_faults, retry_after_faults, status_faults
from tests.faults.figures import Figure
from tests.faults.origin import HOST, Origin, closed_port
from tests.faults.surfaces import SURFACES, UNREAD
from tests.faults.wire_faults import connection_faults, framing_faults

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from sdk_engine.errors import SdkError

    from tests.faults.fault import Fault
    from tests.faults.origin import Exchange
    from tests.faults.settings import Settings
    from tests.faults.surfaces import Surface

SLACK = 0.25
"""Seconds past the deadline after which a call counts as late; cases share two cores."""
AT_ONCE = 16
MAYBE_BUSY = ("late", "wrong error")
"""Verdicts that a busy machine can cause; such cases are judged again, alone."""
AGAIN = 2
METHODS = ("GET", "POST")
LARGEST_KEPT_BODY = 4096


@functools.cache
def catalogue() -> list[Fault]:
    """Every fault there is."""
    groups = (
        connection_faults,
        framing_faults,
        coding_faults,
        body_faults,
        status_faults,
        conflict_faults,
        retry_after_faults,
    )
    return [fault for group in groups for fault in group()]


@dataclass(frozen=True)
class Case:
    """One call of the matrix, and what came of it.

    Attributes:
        verdict: "right", or what is wrong: "false success", "untyped", "late", "gave up", "wrong error".
    """

    fault: Fault
    method: str
    surface: str
    verdict: str = ""
    detail: str = field(default="", compare=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def name(self) -> str:
        """For people, and for `--only`."""
        return f"{self.surface} {self.method} {self.fault.name}"


async def run_matrix(
    surfaces: Iterable[str] = SURFACES, wire: str = "default", only: str = "", methods: Iterable[str] = METHODS
) -> list[Case]:
    """Judge every case whose name contains `only`, several at once where that cannot disturb them."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def limited(case: Case) -> Case:
        async with limit:
            return await judge(case, wire)

    faults = catalogue()
    asked = [
        Case(fault, method, surface)
        for surface in surfaces
        for fault in faults
        for method in methods
        if fault.about not in SURFACES[surface].without
    ]
    asked = [case for case in asked if only in case.name]
    cases = await asyncio.gather(*(limited(case) for case in asked if not case.fault.alone))
    cases += [await judge(case, wire) for case in asked if case.fault.alone]
    for _ in range(AGAIN):
        cases = [await judge(case, wire) if case.verdict in MAYBE_BUSY else case for case in cases]
    return cases


async def judge(case: Case, wire: str) -> Case:
    """Make the call against an origin of its own and compare with what is right."""
    fault = case.fault
    async with somewhere(fault) as (url, origin):
        client = SURFACES[case.surface](url, fault.timeout, wire)
        try:
            for number in range(fault.warm):
                with contextlib.suppress(client.error):
                    await client.call(case.method, f"warm-{number}")
            before = _arrived(fault, origin)
            started = time.monotonic()
            outcome = await _within(client.longest * 3 + 2, client.call(case.method, "judged"))
            seconds = time.monotonic() - started
        finally:
            await client.close()
        verdict, detail = _verdict(case, client, outcome, _arrived(fault, origin) - before)
        if outcome is not NEVER and seconds > client.longest + SLACK:
            verdict, detail = "late", f"after {seconds:.2f} s of {client.longest:.2f} s: {detail}"
    return Case(fault, case.method, case.surface, verdict, detail, seconds)


NEVER = object()


def _arrived(fault: Fault, origin: Origin | None) -> int:
    """How many attempts the origin has noticed: requests, or connections where the fault strikes earlier."""
    if origin is None:
        return 0
    return origin.hits if fault.at == "request" else origin.connections


async def _within(seconds: float, awaitable: Any) -> Any:
    """The result, the exception, or NEVER."""
    task = asyncio.ensure_future(awaitable)
    done, _ = await asyncio.wait([task], timeout=seconds)
    if not done:
        task.cancel()
        await asyncio.wait([task], timeout=1)
        return NEVER
    return task.exception() or task.result()


def _verdict(case: Case, client: Surface, outcome: Any, arrived: int) -> tuple[str, str]:
    right = case.fault.right
    if outcome is NEVER:
        return "late", "never returned"
    if not isinstance(outcome, BaseException):
        shown = str(outcome)[:200]
        if right.breaks not in client.promises or (right.success and outcome is UNREAD):
            return "right", shown
        mixed_up = outcome in (None, UNREAD) or "run_id" not in outcome or outcome["run_id"] != "judged"
        return ("false success" if mixed_up or not right.success else "right"), shown
    detail = f"{type(outcome).__name__}: {str(outcome)[:200]}"
    if not isinstance(outcome, client.error):
        return "untyped", detail
    if right.success and not right.outcomes:
        return "gave up", detail
    problem = _problem(case, client, outcome, arrived)
    return ("wrong error", f"{problem}: {detail}") if problem else ("right", detail)


def _problem(case: Case, client: Surface, error: SdkError, arrived: int) -> str | None:
    right = case.fault.right
    if error.outcome not in right.outcomes:
        return f"outcome {error.outcome}"
    attempts = right.attempts if right.status is None else {3 if right.status in client.retried else 1}
    if error.attempts not in attempts:
        return f"{error.attempts} attempts"
    if case.fault.at == "request" and arrived != error.attempts:
        return f"{error.attempts} attempts, but the origin saw {arrived}"
    if case.fault.at.startswith("accept") and arrived < error.attempts:
        return f"{error.attempts} attempts over {arrived} connections"
    if client.stamps and error.request_id is None:
        return "no request id"
    if client.keyed and case.method == "POST" and error.idempotency_key != "key-judged":
        return f"idempotency key {error.idempotency_key!r}"
    if len(str(error.body)) > 2 * LARGEST_KEPT_BODY or len(str(error)) > LARGEST_KEPT_BODY:
        return "too much of the body kept"
    if clients.CANARY in f"{error!r}{error.body}{error.__cause__!r}":
        return "shows the API key"
    return None


@contextlib.asynccontextmanager
async def somewhere(fault: Fault) -> AsyncIterator[tuple[str, Origin | None]]:
    """The URL to call, and the origin that counts what arrives there."""
    if fault.at == "closed port":
        yield f"http://{HOST}:{closed_port()}", None
    elif fault.at == "unknown host":
        yield f"http://{'a' * 70}.invalid:9", None  # no label is longer than 63: refused before any look-up
    elif fault.at == "full backlog":
        with _full_backlog() as port:
            yield f"http://{HOST}:{port}", None
    else:
        async with Origin(fault.behave, on_connect=_on_connect(fault.at)) as origin:
            yield origin.url, origin


def _on_connect(at: str) -> Callable[[Exchange], None] | None:
    def reset(exchange: Exchange) -> None:
        exchange.reset()

    def close(exchange: Exchange) -> None:
        exchange.close()

    return {"accept, reset": reset, "accept, close": close}.get(at)


@contextlib.contextmanager
def _full_backlog() -> Iterator[int]:
    """A port whose queue is full, so that connecting takes for ever."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind((HOST, 0))
        listener.listen(0)
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def tally(cases: Iterable[Case]) -> Counter[str]:
    """How many cases have which verdict."""
    return Counter(case.verdict for case in cases)


async def prove(settings: Settings) -> list[Figure]:
    """The matrix as figures, every wrong case printed."""
    surfaces = settings.surfaces or tuple(SURFACES)
    cases = await run_matrix(surfaces, settings.wire, settings.only)
    for case in cases:
        if case.verdict != "right" or settings.only:
            print(f"{case.verdict} | {case.name} | {case.seconds:.2f} s | {case.detail}")
    figures: list[Figure] = []
    for surface in surfaces:
        counts = tally(case for case in cases if case.surface == surface)
        total = counts.total()
        wrong = {name: count for name, count in counts.items() if name != "right"}
        reached = f"{counts['right']} of {total} right" + "".join(f", {n} {name}" for name, n in sorted(wrong.items()))
        demanded = "0 false successes, 0 untyped, 0 late"
        figures.append(
            Figure(
                f"Fault matrix, {surface}",
                reached,
                demanded,
                not wrong,
                settings.command(f"matrix --surfaces {surface}"),
            )
        )
    return figures
