"""`python -m benchmarks`: measure everything, and write the figures into results/latest.json and the documents.

python -m benchmarks             all of it
python -m benchmarks quick       a single round into .cache/bench-env, the tables on standard output: does it run?
python -m benchmarks report      no measuring: write the documents anew from results/latest.json
python -m benchmarks gate        instructions and system calls against limits.toml; the exit status says it
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from benchmarks import report
from benchmarks.bytecodes import compare_bytecodes
from benchmarks.codecs import compare_codecs
from benchmarks.counts import compare_counts
from benchmarks.environments import CACHE, cores, machine, prepare
from benchmarks.gate import gate
from benchmarks.main_job import compare_main_job
from benchmarks.probes import compare_probes
from benchmarks.programs import compare_programs
from benchmarks.runner import compare_calls
from benchmarks.server import running
from benchmarks.shapes import compare_shapes

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.runner import Row

ROUNDS = 7
TURNS = 3
"""Turns that the clients take in one round: many short ones, so that a noisy neighbour hits all alike."""


def measure(rounds: int, file: Path) -> None:
    """Everything, the clients on one core and the server on another."""
    prepare()
    about = machine()
    with running() as server:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {cores()[0]})  # the processes started from here inherit it
        rows = compare_calls(server, TURNS * rounds)
        rows += compare_programs(server, 3 * rounds)
        rows += compare_probes(rounds)
        rows += compare_codecs(rounds)
        rows += compare_shapes()
        rows += compare_bytecodes()
        rows += compare_main_job(min(rounds, 3))
        about["server"] = server.kind
        save(file, about, rows)
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, set(cores()))
        save(file, about, rows + compare_counts(server))


def save(file: Path, about: dict[str, str], rows: list[Row]) -> None:
    """Keep the figures."""
    file.write_text(json.dumps({"machine": about, "rows": rows}, indent=1, ensure_ascii=False) + "\n")


def main(task: str = "all") -> int:
    """Do what the command line says."""
    if task == "gate":
        return gate()
    if task == "quick":
        measure(1, CACHE / "quick.json")
        print(*report.pages(CACHE / "quick.json").values(), sep="\n")
        return 0
    if task == "all":
        measure(ROUNDS, report.RESULTS)
    elif task != "report":
        print(__doc__, file=sys.stderr)
        return 2
    report.write()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
