"""`run_many`: a batch that lives as long as the call."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from kneo_client.batch.batch import DEFAULT_CONCURRENCY
from kneo_client.batch.cases import Case, canonical, to_case
from kneo_client.batch.limits import Limits
from kneo_client.batch.runner import Runner, Stop
from kneo_client.batch.specs import load_spec
from kneo_client.batch.store import SqliteStore

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    from kneo_client.batch.progress import Progress
    from kneo_client.batch.results import CaseResult
    from kneo_client.client import KneoClient


async def run_many(
    cases: Iterable[object],
    *,
    spec: Mapping[str, Any] | str | os.PathLike[str],
    client: KneoClient | None = None,
    concurrency: int = DEFAULT_CONCURRENCY,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> list[CaseResult]:
    """Run all cases and give their outcomes, in the order of the cases. Failures are results like any other.

    Each is sent under a key of its own and so is run once, however often it has to be sent; each call makes new runs.
    Nothing is kept: what has to survive the process is a `Batch`.

    Args:
        cases: `{"id": ..., "input": ...}`, `Case`, or plain texts, whose ids are then 0, 1, 2...
        spec: the spec of all runs, as a mapping or as the path of a YAML or JSON file.
        client: the platform's; None means one for `KneoClient.from_profile()`, closed at the end.
        concurrency: runs under way at most; it begins with 8 and grows while the platform takes them well.
        limits: ceilings of time and tokens; cases beyond them stay `pending` or `running`.
        on_progress: called with a `Progress` twice a second or so.

    Raises:
        BatchInputError: a case or the spec cannot be used. Nothing was sent.
        BatchRefusedError: the platform takes none of the cases.
        KneoError: the platform cannot be reached for good, or not with this key.
    """
    loaded = load_spec(spec)
    store = SqliteStore(":memory:", create=True)
    try:
        name = f"run_many-{secrets.token_hex(8)}"
        with store.begin(name, canonical(loaded)) as manifest:
            for number, each in enumerate(cases):
                manifest.add(Case(number, each) if isinstance(each, str) else to_case(each, f"case {number + 1}"))
        stop, limits = Stop(), limits or Limits()

        async def run(client: KneoClient) -> None:
            runner = Runner(client, store, concurrency=concurrency, limits=limits, on_progress=on_progress, stop=stop)
            await runner.run(name, json.loads(store.spec))

        if client is not None:
            await run(client)
        else:
            from kneo_client.client import KneoClient

            async with KneoClient.from_profile() as own:
                await run(own)
        return list(store.results())
    finally:
        store.close()
