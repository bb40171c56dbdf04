"""The main job: many runs created and awaited at once, on the real platform. What the client costs, and asks for.

Each client is a program of its own, started for each turn; the platform is a new one each time, so that no list is
longer for one than for the other. Requests are counted where they arrive: in the platform's log of accesses.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from benchmarks.environments import OURS, PUBLISHED, python, variables
from benchmarks.runner import medians
from kneo_client.examples.specs import WRITE_TWICE
from kneo_client.local import LocalPlatform

if TYPE_CHECKING:
    from benchmarks.runner import Measurement, Row

RUNS = (200, 1000)
PUBLISHED_CLIENT, HTTPX_LOOP, OUR_CLIENT = "kneo-client 1.2.0", "httpx", "kneo_client"

_BODY = f"body = {{'input': 'hello', 'spec': {json.dumps(WRITE_TWICE)}, 'async_mode': True}}\n"
_AT_ONCE = """
async def all_of(one, count):
    ended = await asyncio.gather(*(one() for _ in range(count)), return_exceptions=True)
    print(sum(each == "completed" for each in ended))
"""
_SDK = """
import asyncio, os, sys
from kneo_client import KneoClient
from kneo_client.core.profiles import Profile
async def main(count):
    async with KneoClient(Profile("bench", os.environ["URL"], os.environ["KEY"])) as client:
        runs = client.platform.runs
        async def one():
            created = await runs.create(body)
            return (await runs.wait_for_completion(created.run_id, timeout=600)).status
        await all_of(one, count)
asyncio.run(main(int(sys.argv[1])))
"""
_LOOP = """
import asyncio, os, sys
import httpx
async def main(count):
    headers = {"Authorization": "Bearer " + os.environ["KEY"]}
    async with httpx.AsyncClient(base_url=os.environ["URL"], headers=headers, timeout=600) as client:
        async def one():
            run = (await client.post("/v1/runs", json=body)).json()
            while run["status"] not in ("completed", "failed", "cancelled"):
                await asyncio.sleep(1)
                run = (await client.get("/v1/runs/" + run["run_id"])).json()
            return run["status"]
        await all_of(one, count)
asyncio.run(main(int(sys.argv[1])))
"""
CLIENTS = {
    PUBLISHED_CLIENT: (PUBLISHED, _SDK),
    HTTPX_LOOP: (OURS, _LOOP),
    OUR_CLIENT: (OURS, _SDK),
}


def compare_main_job(rounds: int) -> list[Row]:
    """A row for each client and number of runs. One round for the larger number: it takes minutes."""
    rows: list[Row] = []
    for count in RUNS:
        turns = []
        for _ in range(rounds if count == RUNS[0] else 1):
            print(f"main job, {count} runs ...", file=sys.stderr, flush=True)
            turns.append({name: _measure(name, count) for name in CLIENTS})
        rows += [{"scenario": f"main job, {count}", **row} for row in medians(list(CLIENTS), turns)]
    return rows


def _measure(name: str, count: int) -> Measurement:
    """CPU seconds of the client's process, requests at the platform, runs completed, runs that there are."""
    environment, code = CLIENTS[name]
    with LocalPlatform(environment={"KNEO_SERV_LOG_LEVEL": "info"}) as platform:
        where = variables() | {"URL": platform.url, "KEY": platform.profile.api_key}
        command = [str(python(environment)), "-c", "import asyncio\n" + _BODY + _AT_ONCE + code, str(count)]
        child = subprocess.Popen(command, env=where, stdout=subprocess.PIPE)
        assert child.stdout is not None
        printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise RuntimeError(f"{name} failed at {count} runs")
        log = (platform.folder / "platform.log").read_text(errors="replace")
        return {
            "cpu": usage.ru_utime + usage.ru_stime,
            "requests": float(
                sum('"' in line and "HTTP/1.1" in line and "/v1/runs" in line for line in log.splitlines())
            ),
            "completed": float(printed),
            "exist": float(_total(platform)),
        }


def _total(platform: LocalPlatform) -> Any:
    from kneo_client.client import SyncKneoClient

    with SyncKneoClient(platform.profile) as client:
        return client.platform.runs.list(limit=1).total
