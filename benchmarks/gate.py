"""Fails when a call costs more instructions or system calls than `limits.toml` allows."""

from __future__ import annotations

import tomllib

from benchmarks import counts
from benchmarks.environments import HERE, OURS, prepare
from benchmarks.scenarios import Subject
from benchmarks.server import running

THOUSAND = 1000


def gate() -> int:
    """Count, print, and give the exit status."""
    missing = counts.missing_tools()
    if missing:
        print(
            f"SKIPPED: the gate needs {' and '.join(missing)}, which this machine does not have. Nothing was checked."
        )
        return 0
    prepare((OURS,))
    limits = tomllib.loads((HERE / "limits.toml").read_text())["call"]
    what = [counts.Counted(Subject("", limit["client"]), limit["operation"]) for limit in limits]
    with running() as server:
        calls = counts.system_calls(server.url, what)
        thousands = [each / THOUSAND for each in counts.instructions(server.url, what)]
    exceeded = False
    print(f"{'per call':32}{'k instructions':>22}{'system calls':>22}")
    for limit, instructions, system_calls in zip(limits, thousands, calls, strict=True):
        over = instructions > limit["instructions"] or system_calls > limit["system_calls"]
        exceeded |= over
        print(
            f"{limit['client'] + ' ' + limit['operation']:32}"
            f"{instructions:10.1f} of {limit['instructions']:>8}{system_calls:10.1f} of {limit['system_calls']:>8}"
            f"{'   TOO MUCH' if over else ''}"
        )
    return int(exceeded)
