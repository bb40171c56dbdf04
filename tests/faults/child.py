"""Runs a function of this package in a process of its own, and reports what that process did and used."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults import clients
from tests.faults.figures import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Ended:
    """How a child process ended.

    Attributes:
        value: what its function returned; None when the process died or was stopped first.
        seconds: from its start to its end.
        after_return: seconds it lived on after the function had returned.
        code: exit code; None when it had to be stopped.
    """

    value: Any
    seconds: float
    after_return: float
    code: int | None
    stderr: str


async def in_child(
    module: str, function: str, *arguments: Any, wire: str, patience: float = 60.0, env: Mapping[str, str] | None = None
) -> Ended:
    """Call `tests.faults.<module>.<function>(*arguments)` there; it gets and returns JSON."""
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "faulthandler", "-m", "tests.faults.child", module, function, json.dumps(arguments)),
        cwd=ROOT,
        env={**os.environ, **(env or {}), clients.ENV_WIRE: wire},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        stdout, stderr = await asyncio.wait_for(process.communicate(), patience)
    except TimeoutError:
        process.kill()
        await process.wait()
        return Ended(None, time.monotonic() - started, patience, None, "")
    ended = time.time()
    line = stdout.decode().strip().splitlines()[-1:] or ["null"]
    said = json.loads(line[0]) or {"value": None, "returned": ended}
    seconds = time.monotonic() - started
    return Ended(said["value"], seconds, ended - said["returned"], process.returncode, stderr.decode(errors="replace"))


def memory(field: str = "VmRSS") -> int:
    """Bytes that this process has in memory now, or had at most (`VmHWM`)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(field)


def main() -> None:
    """In the child: call the function, print its value."""
    module, function, arguments = sys.argv[1:]
    clients.use_wire(clients.chosen_wire())
    value = getattr(importlib.import_module(f"tests.faults.{module}"), function)(*json.loads(arguments))
    print(json.dumps({"value": value, "returned": time.time()}), flush=True)


if __name__ == "__main__":
    main()
