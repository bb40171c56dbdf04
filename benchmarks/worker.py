"""Measures inside one environment. Reads jobs from standard input, one JSON object a line, and answers each with one.

A worker keeps its client, loop and connections between jobs; while it waits for a job it costs nothing, so several
workers can take turns on one core. CPU is user plus system time of the whole process, threads of libraries included.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks import clients
from benchmarks.operations import OPERATIONS

if TYPE_CHECKING:
    from benchmarks.operations import Operation

WARM_UP = 0.05  # seconds
WARM_TASKS = 100  # more than connections in a pool; httpx takes minutes to begin with a thousand


async def burst(call: clients.AsyncCall, operation: Operation, tasks: int, seconds: float) -> int:
    """Keep `tasks` calls under way for that long, each task at least one; how many were made."""
    end = time.perf_counter() + seconds
    made = 0

    async def one_after_another() -> None:
        nonlocal made
        while True:
            answer = await call(operation)
            made += 1
            if time.perf_counter() >= end:
                if not operation.check(answer):
                    raise AssertionError(f"wrong answer: {answer!r:.200}")
                return

    await asyncio.gather(*[one_after_another() for _ in range(tasks)])
    return made


def sync_burst(call: clients.SyncCall, operation: Operation, seconds: float) -> int:
    """Call again and again for that long; how many calls were made."""
    end = time.perf_counter() + seconds
    made = 0
    while True:
        answer = call(operation)
        made += 1
        if time.perf_counter() >= end:
            if not operation.check(answer):
                raise AssertionError(f"wrong answer: {answer!r:.200}")
            return made


async def one_by_one(call: clients.AsyncCall, operation: Operation, calls: int) -> None:
    """Make that many calls, one after another."""
    for _ in range(calls):
        await call(operation)


def resident() -> int:
    """Kilobytes of memory in use now."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


class Worker:
    """One client, opened once, and what it is asked to do."""

    def __init__(self, client: str, url: str) -> None:
        self._runner = asyncio.Runner()
        self._open = getattr(clients, client)(url)
        self._blocking = hasattr(self._open, "__enter__")
        self._call = self._open.__enter__() if self._blocking else self._runner.run(self._open.__aenter__())

    def run(self, operation: str, tasks: int, seconds: float) -> dict[str, Any]:
        """Warm up, then measure."""
        what = OPERATIONS[operation]
        self._burst(what, min(tasks, WARM_TASKS), WARM_UP)
        wall, cpu = time.perf_counter(), time.process_time()
        made = self._burst(what, tasks, seconds)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return {"calls": made, "cpu": cpu / made, "wall": wall / made, "resident": resident()}

    def repeat(self, operation: str, calls: int) -> None:
        """Make that many calls, one after another."""
        what = OPERATIONS[operation]
        if self._blocking:
            for _ in range(calls):
                self._call(what)
        else:
            self._runner.run(one_by_one(self._call, what, calls))

    def _burst(self, operation: Operation, tasks: int, seconds: float) -> int:
        if self._blocking:
            return sync_burst(self._call, operation, seconds)
        return self._runner.run(burst(self._call, operation, tasks, seconds))

    def close(self) -> None:
        """Close the client and the loop."""
        with contextlib.suppress(Exception):  # nobody measures this
            if self._blocking:
                self._open.__exit__(None, None, None)
            else:
                self._runner.run(self._open.__aexit__(None, None, None))
        self._runner.close()


def main(client: str, url: str) -> None:
    """Serve jobs until standard input ends."""
    worker = Worker(client, url)
    for line in sys.stdin:
        print(json.dumps(worker.run(**json.loads(line))), flush=True)
    worker.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
