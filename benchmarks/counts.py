"""Instructions and system calls of one call. Both repeat within a few percent on any machine, however busy it is.

Each is counted over a whole process twice, with few calls and with many; the difference is the calls alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import scenarios as s
from benchmarks.environments import CACHE, ROOT, cores, python
from benchmarks.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.runner import Row
    from benchmarks.server import Server

FEW = 20
LAYERED = ("healthz", "runs.create", "runs.list 1000")
"""Operations that are also counted without a network, to see which part of a call is ours."""


@dataclass(frozen=True)
class Counted:
    """One way to make one call, to be counted."""

    subject: s.Subject
    operation: str

    def command(self, url: str, calls: int) -> list[str]:
        """The process that makes that many calls."""
        interpreter = str(python(self.subject.environment))
        return [interpreter, "-m", "benchmarks.repeat", self.subject.client, url, self.operation, str(calls)]


COUNTED = (
    *(Counted(subject, "healthz") for subject in (*s.ALL, *s.BLOCKING)),
    *(Counted(subject, "runs.create") for subject in (*s.OF_INTEREST, s.PYREQWEST)),
    *(Counted(subject, "runs.list 1000") for subject in (*s.OF_INTEREST, s.PYREQWEST)),
    *(Counted(s.AT_ONCE_ENGINE, operation) for operation in LAYERED),
)


def compare_counts(server: Server) -> list[Row]:
    """The rows of everything counted; none where a tool is missing."""
    if missing_tools():
        return []
    counted = zip(COUNTED, instructions(server.url, COUNTED), system_calls(server.url, COUNTED), strict=True)
    return [
        {
            "scenario": "per call",
            "subject": each.subject.label,
            "operation": each.operation,
            "instructions": executed,
            "system_calls": calls,
        }
        for each, executed, calls in counted
    ]


def missing_tools() -> list[str]:
    """Which of the two tools are not installed."""
    return [tool for tool in ("valgrind", "strace") if shutil.which(tool) is None]


def instructions(url: str, what: Sequence[Counted]) -> list[float]:
    """Instructions in user space per call, all threads, by callgrind."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    return _per_call(what, lambda each, calls: _collected(_run([*command, *each.command(url, calls)])))


def system_calls(url: str, what: Sequence[Counted]) -> list[float]:
    """System calls per call, all threads, by strace."""

    def count(each: Counted, calls: int) -> int:
        summary = CACHE / f"strace-{each.subject.client}-{each.operation}-{calls}"
        _run(["strace", "-f", "-c", "-o", str(summary), *each.command(url, calls)])
        return int(summary.read_text().rstrip().rpartition("\n")[2].split()[3])

    return _per_call(what, count)


def _per_call(what: Sequence[Counted], count: Callable[[Counted, int], int]) -> list[float]:
    with ThreadPoolExecutor(len(set(cores()))) as pool:  # neighbours do not change a count
        few = pool.map(lambda each: count(each, FEW), what)
        many = pool.map(lambda each: count(each, FEW + OPERATIONS[each.operation].counted), what)
        return [
            (more - less) / OPERATIONS[each.operation].counted for each, less, more in zip(what, few, many, strict=True)
        ]


def _collected(report: str) -> int:
    found = re.search(r"Collected : (\d+)", report)
    assert found, report
    return int(found[1])


def _run(command: list[str]) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stderr
