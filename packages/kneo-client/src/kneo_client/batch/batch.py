"""`Batch`: thousands of cases under one name, kept in a file, to be gone on with whatever happens in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kneo_client.batch.cases import canonical, to_case
from kneo_client.batch.errors import BatchMismatchError
from kneo_client.batch.limits import Limits
from kneo_client.batch.results import FAILURES
from kneo_client.batch.runner import Runner, Stop
from kneo_client.batch.specs import load_spec
from kneo_client.batch.store import SqliteStore
from kneo_client.core.errors import KneoInvalidRequestError

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Mapping

    from kneo_client.batch.progress import Progress
    from kneo_client.batch.report import BatchReport
    from kneo_client.batch.results import BatchStatus, CaseResult
    from kneo_client.client import KneoClient

DEFAULT_CONCURRENCY = 100
"""Runs under way at most; it begins with 8 and grows while the platform takes them well."""


class Batch:
    """Runs many cases on the platform, each exactly once, and remembers every outcome.

        async with KneoClient.from_profile() as client:
            batch = Batch("eval.sqlite", client=client)
            await batch.submit(read_cases("cases.jsonl"), spec="spec.yaml")
            for case in batch.results():
                print(case.id, case.status, case.output)

    The store holds case, key, run and outcome. A process that is killed loses nothing: `resume` sends what was not
    sent, and finds the runs of what was, because a case is sent under a key made of batch, case id, spec and input.

    Args:
        store: path of the SQLite file, on a local disk; made by `submit`.
        name: part of every key, so that another name means other runs; None means the name in the store, or that of
            the file.
        client: for what talks to the platform; reading needs none.
        concurrency: runs under way at most.
        limits: ceilings of time and tokens.
        on_progress: called with a `Progress` twice a second or so; `kneo_client.batch.shown` makes one that shows it.
    """

    def __init__(
        self,
        store: str | os.PathLike[str],
        *,
        name: str | None = None,
        client: KneoClient | None = None,
        concurrency: int = DEFAULT_CONCURRENCY,
        limits: Limits | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> None:
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise KneoInvalidRequestError(f"concurrency must be a whole number >= 1, got {concurrency!r}")
        self._path = store
        self._given_name = name
        self._client = client
        self._concurrency = concurrency
        self._limits = limits or Limits()
        self._on_progress = on_progress
        self.stop = Stop()
        """Call it with a reason, from any task: nothing further is sent, and `submit` or `resume` returns."""

    async def submit(
        self,
        cases: Iterable[object] | AsyncIterable[object],
        *,
        spec: Mapping[str, Any] | str | os.PathLike[str],
    ) -> BatchStatus:
        """Store the cases, then run all that have no outcome yet, until every one has.

        Nothing is sent before all cases are stored. Submitting cases again is submitting them once, and further
        cases may be added. Cases come one by one, so an iterator of any length takes no memory.

        Args:
            cases: `{"id": ..., "input": ...}` or `Case`; `read_cases` reads them from a file.
            spec: the spec of all runs, as a mapping or as the path of a YAML or JSON file.

        Raises:
            BatchInputError: a case or the spec cannot be used. Nothing was stored or sent.
            BatchMismatchError: the store holds another batch, another spec, or another input for a case.
            BatchStoreError: the store cannot be used, or another process works on it.
            BatchRefusedError: the platform takes none of the cases.
            KneoError: the platform cannot be reached for good, or not with this key. Then `resume`.
        """
        self._require_client()
        loaded = load_spec(spec)
        with self._writing(create=True) as store:
            await self._store_cases(store, cases, loaded)
            return await self._run(store)

    async def _store_cases(
        self, store: SqliteStore, cases: Iterable[object] | AsyncIterable[object], spec: dict[str, Any]
    ) -> None:
        import anyio.lowlevel

        name = self._given_name or store.name or Path(self._path).stem
        with store.begin(name, canonical(spec)) as manifest:
            number = 0
            async with aclosing(_one_by_one(cases)) as given:
                async for each in given:
                    number += 1
                    if manifest.add(to_case(each, f"case {number}")):
                        await anyio.lowlevel.checkpoint()

    async def resume(self) -> BatchStatus:
        """Run what has no outcome yet. Raises as `submit` does."""
        self._require_client()
        with self._writing() as store:
            return await self._run(store)

    async def retry_failed(self, statuses: Iterable[str] = FAILURES) -> BatchStatus:
        """Run the failed cases anew, each under a new key, and what has no outcome yet. Raises as `submit` does.

        Args:
            statuses: which failures; `CaseResult.status` says what there is.
        """
        chosen = set(statuses)
        if isinstance(statuses, str) or not chosen <= {*FAILURES, "blocked"}:
            raise KneoInvalidRequestError(f"statuses must be some of {', '.join((*FAILURES, 'blocked'))}")
        self._require_client()
        with self._writing() as store:
            store.retry(sorted(chosen))
            return await self._run(store)

    def status(self) -> BatchStatus:
        """How far the batch is; also while another process works on it."""
        with self._reading() as store:
            return store.status()

    def results(self) -> Iterator[CaseResult]:
        """All cases in the order in which they were submitted, as they are now: whole or partial, at any time."""
        with self._reading() as store:
            yield from store.results()

    def export(self, output: str | os.PathLike[str]) -> int:
        """Write the results to a file of JSON lines, CSV or Parquet, by its name's end; how many they were.

        Raises:
            KneoInvalidRequestError: the name ends in none of `.jsonl`, `.csv` and `.parquet`, or Parquet's library is
                not installed.
        """
        from kneo_client.batch.export import export

        return export(self.results(), output)

    def report(self) -> BatchReport:
        """Counts, times and failures by kind: print it, show it in a notebook, or plot it."""
        from kneo_client.batch.report import BatchReport

        with self._reading() as store:
            return BatchReport.of(store)

    # -- inside

    async def _run(self, store: SqliteStore) -> BatchStatus:
        assert self._client is not None
        runner = Runner(
            self._client,
            store,
            concurrency=self._concurrency,
            limits=self._limits,
            on_progress=self._on_progress,
            stop=self.stop,
        )
        name = store.name
        assert name is not None
        return await runner.run(name, json.loads(store.spec))

    def _require_client(self) -> None:
        if self._client is None:
            raise KneoInvalidRequestError("this needs a platform: Batch(..., client=KneoClient.from_profile())")

    @contextmanager
    def _writing(self, *, create: bool = False) -> Generator[SqliteStore]:
        store = SqliteStore(self._path, create=create)
        try:
            store.lock()
            self._check_name(store)
            yield store
        finally:
            store.close()

    @contextmanager
    def _reading(self) -> Generator[SqliteStore]:
        store = SqliteStore(self._path)
        try:
            self._check_name(store)
            yield store
        finally:
            store.close()

    def _check_name(self, store: SqliteStore) -> None:
        if self._given_name is not None and store.name not in (None, self._given_name):
            raise BatchMismatchError(f"{self._path} holds the batch {store.name!r}, not {self._given_name!r}")


async def _one_by_one(cases: Iterable[object] | AsyncIterable[object]) -> AsyncGenerator[object]:
    if isinstance(cases, AsyncIterable):
        async for each in cases:
            yield each
    else:
        for each in cases:
            yield each
