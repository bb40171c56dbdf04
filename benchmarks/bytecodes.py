"""Where our own part of a call goes: bytecodes by function, `python -m benchmarks.bytecodes` prints them as JSON.

Python counts them itself, so they are the same on every machine and at every load.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.clients import at_once
from benchmarks.environments import OURS, ROOT, python
from benchmarks.operations import OPERATIONS

if TYPE_CHECKING:
    from types import CodeType

    from benchmarks.runner import Row

OPERATION = "runs.create"


def compare_bytecodes() -> list[Row]:
    """One row for each function that a call goes through, the longest first."""
    command = [str(python(OURS)), "-m", "benchmarks.bytecodes"]
    counted = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    return [{"scenario": "bytecodes", "subject": name, "bytecodes": count} for name, count in counted.items()]


def count() -> Counter[str]:
    """Bytecodes of one call, without a network, by function."""
    counted: Counter[str] = Counter()

    def executed(code: CodeType, offset: int) -> None:
        counted[code.co_qualname] += 1

    operation, watching = OPERATIONS[OPERATION], sys.monitoring
    with at_once("https://kneo.example.com") as call:
        call(operation)
        call(operation)
        watching.use_tool_id(watching.PROFILER_ID, __name__)
        watching.register_callback(watching.PROFILER_ID, watching.events.INSTRUCTION, executed)
        watching.set_events(watching.PROFILER_ID, watching.events.INSTRUCTION)
        call(operation)
        watching.set_events(watching.PROFILER_ID, watching.events.NO_EVENTS)
    del counted[count.__qualname__]
    return counted


if __name__ == "__main__":
    print(json.dumps(dict(count().most_common())))
