"""Processes and tasks at their ends, through the public clients: each situation in processes of its own.

Right is what a situation prints (see its function in `tests.faults.situations`), the exit code, nothing on stderr, and
an end without being asked. Wrong is an abort (ended by a signal), a hang, or anything else.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults.figures import ROOT, Figure
from tests.faults.origin import Origin
from tests.faults.situations.products import AWAITED, BLOCKING, KINDS
from tests.faults.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.faults.settings import Settings

PATIENCE = 90.0
"""Seconds after which a process hangs; no call in it waits longer than 20."""
AT_ONCE = os.cpu_count() or 2
NEWEST = ROOT / ".venv-newest" / "bin" / "python"


@dataclass(frozen=True)
class Situation:
    """One row: what happens, to which clients, and what is right.

    Attributes:
        name: module and function below `tests.faults.situations`.
        says: all words that it prints.
        code: its exit code.
        before, arguments: more of them, around the kind of client and the server's URL.
        quiet: whether nothing may stand on stderr.
        repeats: for what tries much in one process: how many of those, instead of the number asked for.
    """

    name: str
    says: str
    kinds: Iterable[str] = tuple(KINDS)
    code: int = 0
    before: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    quiet: bool = True
    repeats: int | None = None

    def command(self, python: str, kind: str, url: str) -> list[str]:
        """What starts it."""
        module, _, function = self.name.partition(".")
        where = [python, "-X", "faulthandler", "-m", "tests.faults.situations", module, function]
        return [*where, *self.before, kind, url, *self.arguments]


ROWS = (
    Situation("ends.closed", "one"),
    Situation("ends.left_open", "one"),
    Situation("ends.exit_in_a_call", "one", code=3),
    Situation("ends.loop_left", "one", AWAITED),
    Situation("ends.tasks_left", "4 of 4", AWAITED),
    Situation("ends.hook_before_old", "early last"),
    Situation("ends.hook_before_new", "early last"),
    Situation("ends.hook_after_old", "early last"),
    Situation("ends.hook_after_new", "early last"),
    Situation("ends.hook_on_the_same_loop", "early later last", AWAITED),
    Situation("ends.hook_first", "last"),
    Situation("ends.hook_by_name", "last"),
    Situation("ends.hook_closes", "early closed"),
    Situation("ends.hook_with_calls_on_daemons", "early last"),
    Situation("ends.calls_on_daemons", "early"),
    Situation("ends.thread_outlives_main", "slow-PID"),
    Situation("ends.thread_begins_late", "old new"),
    Situation("ends.closed_by_another_thread", "4 of 4 UNKNOWN 4", BLOCKING),
    Situation("forks.live", "before child0 7 child1 7 after"),
    Situation("forks.live_new", "before child 7 after"),
    Situation("forks.in_a_thread", "before child0 0 child1 0 child2 0 child3 0 child4 0 after"),
    Situation("forks.pool", "before w0 w1 w2 w3 after"),
    Situation("forks.in_a_running_loop", "before child new 0 after"),
    Situation("forks.with_calls_under_way", "child 7 0 of 0"),
    Situation("forks.preload", "before w0 w1 w0 w1 w0 w1 w0 w1"),
    Situation("loops.several", "in0 in1 in2 " + "at0 " * 3 + "at1 " * 3 + "at2 at2 at2"),
    Situation("loops.on_asyncio", "30 at0 at1 at2 2 of 2 after", AWAITED),
    Situation("loops.on_uvloop", "30 at0 at1 at2 2 of 2 after", AWAITED),
    Situation("loops.on_trio", "30 at0 at1 at2 2 of 2 after", AWAITED),
    Situation("loops.under_gevent", "30 at0 at1 at2"),
    Situation("loops.in_a_subinterpreter", "inside", quiet=False),
    Situation("loops.beside_a_subinterpreter", "outside inside again new", quiet=False),
    Situation("signals.in_a_call", "one interrupted 1 of 1 after"),
    Situation("signals.ends_the_process", "one interrupted", code=130),
    Situation("signals.waiting_for_a_connection", "one interrupted", BLOCKING),
    Situation("signals.in_a_loop", "interrupted 20 of 20 after", AWAITED),
    Situation("limits.cold", "typed NOT_SENT after"),
    Situation("limits.warm", "one typed NOT_SENT after"),
    Situation("limits.memory", "flat flat", BLOCKING),
)

CANCELLED = (
    *(
        Situation("cancels.run", says, AWAITED, before=(situation,), arguments=("COUNT", "SEED", loop), repeats=repeats)
        for loop in ("asyncio", "uvloop")
        for situation, says, repeats in (
            ("busy", "cancel 0 timeout 0 group 0 scope 0", 75),
            ("any_moment", "lost 0 late 0 slots 100", 6400),
            ("many", "lost 0 100 of 100 after slots 100 late 0", 300),
            ("closing", "30 of 30 30", 30),
        )
    ),
    Situation("cancels.scopes", "late 0 slots 100", AWAITED, arguments=("COUNT", "SEED"), repeats=6400),
)
"""Many cancelled calls in each process: as many as `repeats` says."""


@dataclass(frozen=True)
class End:
    """How one process ended: the kind of wrong, or nothing; and what it said."""

    wrong: str
    story: str


def name_of(row: Situation) -> str:
    """What it is called in tables and tests."""
    return ".".join([row.name.removesuffix(".run"), *row.before, *row.arguments[2:]])


async def run(
    row: Situation, kind: str, origin: Origin, python: str = sys.executable, *, count: int = 0, seed: str = "s1"
) -> End:
    """One process."""
    given = {"COUNT": str(count), "SEED": seed}
    command = [given.get(word, word) for word in row.command(python, kind, origin.url)]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)  # with whatever it has forked
        await process.wait()
        return End("hang", f"{kind}: still there after {PATIENCE:g} s")
    said = " ".join(out.decode().split()).replace(str(process.pid), "PID")
    noise = err.decode(errors="replace").strip()
    story = f"{kind}: exit {process.returncode}, said {said!r}" + (f", stderr: {noise[-600:]}" if noise else "")
    code = process.returncode or 0
    if code < 0 or "Fatal Python error" in noise:
        return End("abort", story)
    return End("" if (said, code) == (row.says, row.code) and not (noise and row.quiet) else "wrong", story)


def pythons() -> dict[str, str]:
    """Interpreters by version: the one that runs this, and 3.13 where `make faults` found one."""
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": sys.executable}
    if NEWEST.exists():
        found.setdefault("3.13", str(NEWEST))
    return found


async def _many(row: Situation, python: str, processes: int, settings: Settings) -> Counter[str]:
    """So many processes of a row, kinds of client in turn: how often it went how wrong."""
    kinds, places, wrong = itertools.cycle(row.kinds), asyncio.Semaphore(AT_ONCE), Counter[str]()
    async with Origin(Watch().behave) as origin:

        async def one(kind: str, number: int) -> None:
            async with places:
                seed = f"{settings.seed}.{number}"
                end = await run(row, kind, origin, python, count=row.repeats or 0, seed=seed)
            wrong[end.wrong] += 1
            if end.wrong:
                print(f"{name_of(row)} {end.wrong}: {end.story}", flush=True)

        await asyncio.gather(*(one(next(kinds), number) for number in range(processes)))
    return wrong


async def prove(settings: Settings) -> list[Figure]:
    """Every row on every interpreter: 200 processes, or as many as it takes to cancel 40,000 calls at any moment."""
    return [await _figure(row, settings) for row in (*ROWS, *CANCELLED) if settings.only in name_of(row)]


async def _figure(row: Situation, settings: Settings) -> Figure:
    processes = settings.count(200 if row.repeats is None else 3, len(tuple(row.kinds)))
    said, right = [], True
    for version, python in pythons().items():
        wrong = await _many(row, python, processes, settings)
        said.append(f"{version}: {wrong['abort']} aborts, {wrong['hang']} hangs, {wrong['wrong']} otherwise wrong")
        right &= wrong.total() == wrong[""]
    of = f"{processes} processes" + (f" of {row.repeats:,} calls each" if row.repeats else "")
    wanted = f"Lives, {name_of(row)}, {of}"
    return Figure(wanted, "; ".join(said), f"0; {row.says}", right, settings.command("lives"))
