"""Exactly once on the real platform: runs created through the fault proxy, counted in the platform's own store."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kneo_client.core.errors import KneoError
from kneo_client.core.profiles import Profile
from kneo_client.core.transport import Transport
from kneo_client.local import LocalPlatform
from kneo_client.platform import PlatformClient
from tests.faults import clients
from tests.faults.exactly_once import RATE, Bottomless
from tests.faults.figures import ROOT, Figure
from tests.faults.origin import Origin
from tests.faults.proxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kneo_client.platform.runs import RunsClient
    from tests.faults.settings import Settings

WORKERS = 8
TIMEOUT = 2.0
SPEC = {
    "version": "v1",
    "agent": {"name": "echo", "runtime_preferences": {"preferred_mode": "bridge"}},
    "components": {"agents": {"echo": {"name": "echo", "runtime_preferences": {"preferred_mode": "bridge"}}}},
    "workflow": {
        "type": "sequential", "name": "once", "steps": [{"id": "one", "kind": "agent", "ref": "echo"}],
    },
}  # fmt: skip


async def run(count: int, seed: str) -> tuple[FaultProxy, Counter[str], dict[str, str], list[KneoError]]:
    """Create `count` runs; returns the proxy, inputs in the store, ids that callers were told, and all errors."""
    told: dict[str, str] = {}
    errors: list[KneoError] = []
    python = os.environ.get("KNEO_SERV_PYTHON", ROOT / ".venv-platform" / "bin" / "python")
    async with LocalPlatform(python=python) as platform:
        address = urlsplit(platform.url)
        proxy = FaultProxy(str(address.hostname), int(address.port or 0), seed, RATE)
        async with Origin(proxy.behave) as origin:
            profile = Profile("faults", origin.url, platform.profile.api_key, timeout=TIMEOUT)
            async with Transport(profile, retry_policy=clients.policy()) as transport:
                transport.settings.budget = Bottomless()
                runs = PlatformClient(transport).runs
                orders = iter(range(count))
                await asyncio.gather(*(_worker(runs, orders, told, errors) for _ in range(WORKERS)))
        store = _inputs(platform.folder / ".kneo" / "kneo_runs.sqlite")
    return proxy, store, told, errors


async def _worker(runs: RunsClient, orders: Iterable[int], told: dict[str, str], errors: list[KneoError]) -> None:
    for number in orders:
        order = f"order-{number}"
        told[order] = await _insist(runs, order, errors)


async def _insist(runs: RunsClient, order: str, errors: list[KneoError], key: str | None = None) -> str:
    """Create a run; whoever gets an error goes on with the key it carries."""
    try:
        created = await runs.create({"input": order, "spec": SPEC, "async_mode": True}, idempotency_key=key)
    except KneoError as error:
        errors.append(error)
        key = error.idempotency_key
    else:
        return str(created.run_id)
    return await _insist(runs, order, errors, key)


def _inputs(database: Path) -> Counter[str]:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(
            "SELECT json_extract(payload, '$.input_text') FROM runs"
        ).fetchall()
    return Counter(str(text) for (text,) in rows)


async def prove(settings: Settings) -> list[Figure]:
    """Runs in the store, as a figure."""
    count = settings.count(2000, 20)
    proxy, store, told, errors = await run(count, settings.seed)
    without_key = sum(1 for error in errors if not error.idempotency_key)
    reached = (
        f"{store.total():,} runs in its store for {len(store):,} orders; {proxy.attempts.total():,} attempts,"
        f" {proxy.faults.total():,} faulted; {len(errors)} errors, {without_key} without key"
    )
    exact = store == Counter(told.keys()) and store.total() == count and len(set(told.values())) == count
    return [
        Figure(
            f"runs.create through the fault proxy into the real platform, {count:,} runs",
            reached,
            f"{count:,} runs",
            exact and not without_key,
            settings.command("platform_runs"),
        )
    ]
