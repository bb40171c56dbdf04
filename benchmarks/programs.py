"""Whole programs, from the start of the process to its end: what an import and a first answer cost."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.environments import OURS, PUBLISHED, PUBLISHED_KAIZEN, PUBLISHED_KNOXCALL, python, variables
from benchmarks.operations import KEY
from benchmarks.runner import taking_turns

if TYPE_CHECKING:
    from benchmarks.server import Server

_FIRST_ANSWER_SDK = f"""
import asyncio
from kneo_client import KneoClient
from kneo_client.core.profiles import Profile
async def main():
    async with KneoClient(Profile("bench", "URL", "{KEY}")) as client:
        assert (await client.platform.health.healthz()).ok
asyncio.run(main())
"""
_FIRST_ANSWER_BLOCKING = f"""
from kneo_client.client import SyncKneoClient
from kneo_client.core.profiles import Profile
with SyncKneoClient(Profile("bench", "URL", "{KEY}")) as client:
    assert client.platform.health.healthz().ok
"""
_FIRST_ANSWER_HTTPX_BLOCKING = """
import httpx
with httpx.Client() as client:
    assert client.get("URL/v1/healthz").json()["ok"]
"""
_FIRST_ANSWER_HTTPX = """
import asyncio
import httpx
async def main():
    async with httpx.AsyncClient() as client:
        assert (await client.get("URL/v1/healthz")).json()["ok"]
asyncio.run(main())
"""


@dataclass(frozen=True)
class Program:
    """One program; `URL` in its code is the server's."""

    label: str
    code: str
    environment: str = OURS


def _imports(package: str, name: str, version: str, published: str) -> tuple[Program, ...]:
    """The package with its main class, then alone: first the published one."""
    both = (f"from {package} import {name}", f"import {package}")
    return (
        *(Program(f"{version}: {statement}", statement, published) for statement in both),
        *(Program(statement, statement) for statement in both),
        BARE,
    )


BARE = Program("python", "pass")
PROGRAMS = {
    "import": (
        BARE,
        Program("import kneo_client", "import kneo_client"),
        Program("from kneo_client import KneoClient", "from kneo_client import KneoClient"),
        Program("1.2.0: import kneo_client", "import kneo_client", PUBLISHED),
        Program("1.2.0: from kneo_client import KneoClient", "from kneo_client import KneoClient", PUBLISHED),
        Program("import httpx", "import httpx"),
        Program("import httpx2", "import httpx2"),
        Program("import aiohttp", "import aiohttp"),
        Program("import pyreqwest.client", "import pyreqwest.client"),
    ),
    "import knoxcall": _imports("knoxcall", "KnoxCall", "1.2.0", PUBLISHED_KNOXCALL),
    "import kaizen_client": _imports("kaizen_client", "KaizenClient", "0.1.4", PUBLISHED_KAIZEN),
    "first answer": (
        Program("httpx", _FIRST_ANSWER_HTTPX),
        Program("kneo_client", _FIRST_ANSWER_SDK),
        Program("kneo-client 1.2.0", _FIRST_ANSWER_SDK, PUBLISHED),
        Program("httpx.Client", _FIRST_ANSWER_HTTPX_BLOCKING),
        Program("SyncKneoClient", _FIRST_ANSWER_BLOCKING),
        BARE,
    ),
}


def run(program: Program, url: str) -> dict[str, float]:
    """CPU and wall seconds of the process, and its peak memory in kB."""
    interpreter = str(python(program.environment))
    start = time.perf_counter()
    pid = os.posix_spawn(interpreter, [interpreter, "-c", program.code.replace("URL", url)], variables())
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{program.label} failed")
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "peak": usage.ru_maxrss}


def compare_programs(server: Server, rounds: int) -> list[dict[str, Any]]:
    """The rows of all programs."""
    rows = []
    for group, programs in PROGRAMS.items():
        found = {program.label: program for program in programs}
        for program in programs:
            run(program, server.url)  # fills the caches
        turns = taking_turns(list(found), rounds, lambda label, found=found: run(found[label], server.url))
        rows += [{"scenario": group, **row} for row in turns]
    return rows
