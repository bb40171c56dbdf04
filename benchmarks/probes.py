"""Costs inside one process, without a server: `python -m benchmarks.probes NAME` prints one round as JSON.

A probe gives a name to each thing it times; the first is the base of the ratios.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.environments import OURS, PUBLISHED, ROOT, python
from benchmarks.operations import KEY, OPERATIONS, items
from benchmarks.runner import medians
from benchmarks.server.answers import CREATE_BODY, body, encoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.runner import Row

    Timed = dict[str, tuple[Callable[[], object], int]]  # name: (what to do, how often in one pass)

NOWHERE = "https://kneo.example.com"


def engine() -> Timed:
    """What our engine adds to a call: its plans, driven over a wire that answers at once.

    `bare` is what no client can save: build URL and body, send, decode. `call` does the same through the engine, so the
    difference is ids, headers, retry shell, deadline and logging.
    """
    from sdk_engine.bodies import encode_json
    from sdk_engine.messages import Request
    from sdk_engine.steps import Send

    from benchmarks.clients import AtOnce, over
    from kneo_client.platform.runs import CREATE

    client = over(AtOnce(), NOWHERE)
    driver, headers = client.driver, dict(client._transport.settings.headers)

    async def bare() -> Any:
        request = Request("POST", NOWHERE, CREATE.target({}), headers, encode_json(CREATE_BODY))
        return CREATE.decode(await Send(request, 30.0))

    return {
        "runs.create, bare": (lambda: driver.run(bare()), 2000),
        "runs.create": (lambda: client.platform.runs.create(CREATE_BODY), 2000),
        "healthz": (lambda: client.platform.health.healthz(), 2000),
    }


def decoding(operation: str) -> Timed:
    """A page into typed items, against `json.loads` of the same bytes; then with unknown fields read as well."""
    from sdk_engine.bodies import decode_json

    from kneo_client import types

    what = OPERATIONS[operation]
    content = encoded(body(f"{what.method} {what.target}"))
    listed = operation == "runs.list 1000"
    result, name = (types.RunListResponse, "runs") if listed else (types.TraceResponse, "events")

    def unknown_fields(some: slice) -> Any:
        page = decode_json(content, result)
        return page, [item["cost"] for item in items(page, name)[some]]

    return {
        "json.loads": (lambda: json.loads(content), 10),
        "typed": (lambda: decode_json(content, result), 10),
        "typed, an unknown field of one item": (lambda: unknown_fields(slice(1)), 10),
        "typed, an unknown field of every item": (lambda: unknown_fields(slice(None)), 10),
    }


def kneo_construction() -> Timed:
    """A client, as dashboards make one per request."""
    from kneo_client import KneoClient
    from kneo_client.core.profiles import Profile

    profile = Profile("bench", NOWHERE, KEY)
    return {"KneoClient": (lambda: KneoClient(profile), 20)}


def httpx_construction() -> Timed:
    """The client most SDKs make inside theirs."""
    import httpx

    return {"httpx.AsyncClient": (httpx.AsyncClient, 20)}


PROBES: dict[str, Callable[[], Timed]] = {
    "engine": engine,
    "decode runs.list 1000": lambda: decoding("runs.list 1000"),
    "decode runs.trace 1000": lambda: decoding("runs.trace 1000"),
    "construct httpx": httpx_construction,
    "construct kneo": kneo_construction,
}


def compare_probes(rounds: int) -> list[Row]:
    """The rows of all probes."""
    rows = []
    for name in ("engine", "decode runs.list 1000", "decode runs.trace 1000"):
        seen = [_round(name) for _ in range(rounds)]
        rows += [{"scenario": name, **row} for row in medians(list(seen[0]), seen)]
    seen = [
        _round("construct httpx")
        | _round("construct kneo")
        | {"KneoClient, 1.2.0": _round("construct kneo", PUBLISHED)["KneoClient"]}
        for _ in range(rounds)
    ]
    return rows + [{"scenario": "construct", **row} for row in medians(list(seen[0]), seen)]


def _round(name: str, environment: str = OURS) -> dict[str, dict[str, float]]:
    """One round of a probe, in a process of its own."""
    command = [str(python(environment)), "-m", "benchmarks.probes", name]
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)


def main(name: str) -> None:
    """Time each thing of one probe: the best of three passes, after a call that does not count."""
    result = {}
    for label, (do, times) in PROBES[name]().items():
        do()
        passes = []
        for _ in range(3):
            start = time.process_time()
            for _ in range(times):
                do()
            passes.append((time.process_time() - start) / times)
        result[label] = {"cpu": min(passes)}
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
