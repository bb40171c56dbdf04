"""Lets the clients take turns, round after round, and takes medians.

What is compared is measured within the same second or two on the same core, so a neighbour on the machine, or a clock
that changes its speed, hits all alike. A ratio is the median of the ratios of the single rounds.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from benchmarks.environments import ROOT, python, variables
from benchmarks.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.scenarios import Scenario, Subject
    from benchmarks.server import Server

    Measurement = dict[str, float]
    Row = dict[str, Any]


class Workers:
    """One process per subject, started when first needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._processes: dict[Subject, subprocess.Popen[str]] = {}

    def measure(self, subject: Subject, scenario: Scenario) -> Measurement:
        """Have the subject's process do one round of the scenario."""
        process = self._processes.get(subject) or self._start(subject)
        assert process.stdin is not None
        assert process.stdout is not None
        job = {"operation": scenario.operation, "tasks": scenario.tasks, "seconds": scenario.seconds}
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{subject.label} failed at {scenario.name}")
        return json.loads(answer)

    def _start(self, subject: Subject) -> subprocess.Popen[str]:
        command = [str(python(subject.environment)), "-m", "benchmarks.worker", subject.client, self._url]
        process = subprocess.Popen(
            command, cwd=ROOT, env=variables(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._processes[subject] = process
        return process

    def close(self) -> None:
        """End the processes."""
        for process in self._processes.values():
            process.communicate()


def taking_turns(names: Sequence[str], rounds: int, measure: Callable[[str], Measurement]) -> list[Row]:
    """Measure each name once a round, in changing order; one row per name, the first name being the base."""
    order = random.Random(0)
    return medians(names, [{name: measure(name) for name in order.sample(names, len(names))} for _ in range(rounds)])


def medians(names: Sequence[str], rounds: Sequence[dict[str, Measurement]]) -> list[Row]:
    """One row per name, with the median of each thing measured."""
    base, rows = names[0], []
    for name in names:
        row: Row = {"subject": name, "rounds": len(rounds)}
        row |= {key: statistics.median(each[name][key] for each in rounds) for key in rounds[0][name]}
        ratios = [each[name]["cpu"] / each[base]["cpu"] for each in rounds]
        row |= {"ratio": statistics.median(ratios), "ratio_range": [min(ratios), max(ratios)]}
        if "resident" in row:
            row["growth"] = rounds[-1][name]["resident"] / rounds[0][name]["resident"]
        rows.append(row)
    return rows


def compare_calls(server: Server, rounds: int) -> list[Row]:
    """The rows of all scenarios."""
    workers = Workers(server.url)
    rows = []
    try:
        for scenario in SCENARIOS:
            print(f"{scenario.name} ...", file=sys.stderr, flush=True)
            subjects = {subject.label: subject for subject in scenario.subjects}

            def measure(label: str, scenario: Scenario = scenario, subjects: Any = subjects) -> Measurement:
                before = server.cpu()
                result = workers.measure(subjects[label], scenario)
                busy = (server.cpu() - before) / (result["calls"] * result["wall"])
                return result | {"server_busy": busy}

            turns = taking_turns(list(subjects), min(rounds, scenario.rounds), measure)
            rows += [{"scenario": scenario.name, **row} for row in turns]
    finally:
        workers.close()
    return rows
