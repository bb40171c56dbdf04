"""Deadlines: calls against origins that drip end when they said they would."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sdk_engine.call import exchange
from sdk_engine.settings import RequestOptions

from kneo_client.core.errors import KneoNetworkError
from kneo_client.core.retries import RetryPolicy
from tests.faults import behaviours, clients
from tests.faults.behaviours import OK
from tests.faults.figures import Figure
from tests.faults.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.behaviours import Behave
    from tests.faults.settings import Settings

DEADLINE = 0.5
GRACE = 0.05
AT_ONCE = 40
TICK = 0.02
SLOW: dict[str, Behave] = {
    "headers": behaviours.drip(OK, b"X-A: b\r\n"),
    "body": behaviours.drip(OK + b"Content-Length: 4096\r\n\r\n", b" "),
    "chunks": behaviours.drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", behaviours.chunk(b" ")),
    "nothing": behaviours.silent(),
}


class Lag:
    """How long threads of this process were ready and got no processor: a busy machine makes everybody late.

    The kernel keeps count for each thread (`schedstat`, nanoseconds), those of the wire included.
    """

    def __init__(self) -> None:
        self._samples: list[tuple[float, dict[str, int]]] = []
        self._ended = threading.Event()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Count inside."""
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(TICK):
            waits: dict[str, int] = {}
            for task in Path("/proc/self/task").iterdir():
                with contextlib.suppress(OSError):  # a thread that has just ended
                    waits[task.name] = int((task / "schedstat").read_text(encoding="ascii").split()[1])
            self._samples.append((time.monotonic(), waits))

    def around(self, moment: float) -> float:
        """The longest that any one thread waited from half a second before that moment until just after it."""
        window = [waits for when, waits in self._samples if moment - DEADLINE <= when <= moment + 3 * TICK]
        if not window:
            return 0.0
        first, last = window[0], window[-1]
        return max((waited - first.get(thread, 0) for thread, waited in last.items()), default=0) / 1e9


async def overruns(slow: str, calls: int) -> list[tuple[float, float]]:
    """Seconds past the deadline of each call, and how long a thread had to wait for a processor then."""
    ends: list[tuple[float, float]] = []
    lag = Lag()
    # One attempt may last longer than the whole call: only the deadline can end it.
    options = RequestOptions(timeout=10 * DEADLINE, deadline=DEADLINE)
    retry = RetryPolicy(max_attempts=3, base_delay=0.01)
    async with Origin(SLOW[slow]) as origin, clients.transport(origin.url, retry=retry) as transport:
        numbers = iter(range(calls))

        async def caller(place: int) -> None:
            await asyncio.sleep(DEADLINE * place / AT_ONCE)  # so that they do not all end at the same moment
            for _ in numbers:
                started = time.monotonic()
                with contextlib.suppress(KneoNetworkError):
                    await transport.driver.run(exchange(transport.settings, "GET", "/v1/healthz", options=options))
                    raise AssertionError("a dripping origin gave an answer")
                ended = time.monotonic()
                ends.append((ended, ended - started - DEADLINE))

        with contextlib.suppress(KneoNetworkError):  # the first call of a process also loads the wire
            await transport.driver.run(
                exchange(transport.settings, "GET", "/v1/healthz", options=RequestOptions(deadline=0.1))
            )
        with lag.watched():
            await asyncio.gather(*(caller(place) for place in range(AT_ONCE)))
    return [(late, lag.around(ended)) for ended, late in ends]


async def prove(settings: Settings) -> list[Figure]:
    """The latest of all calls, for each way to be slow; measured again when late, as a busy machine can do that."""
    calls = settings.count(1000, 2 * AT_ONCE)
    figures: list[Figure] = []
    for slow in SLOW:
        figure = await _figure(slow, calls, settings)
        figures.append(figure if figure.kept else await _figure(slow, calls, settings))
    return figures


async def _figure(slow: str, calls: int, settings: Settings) -> Figure:
    late = await overruns(slow, calls)
    worst, lag = max(late, key=lambda pair: pair[0] - pair[1])
    reached = f"at worst {worst * 1000:.0f} ms late, when a thread waited {lag * 1000:.0f} ms for a processor"
    title = f"Deadline of {DEADLINE:g} s, {calls:,} calls, slow {slow}"
    kept = worst - lag <= GRACE
    return Figure(title, reached, f"<= {GRACE * 1000:.0f} ms", kept, settings.command("deadlines"))
