"""`python -m kneo_client batch`: batches from a shell."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING, Any

from kneo_client.batch.bars import shown
from kneo_client.batch.batch import DEFAULT_CONCURRENCY, Batch
from kneo_client.batch.cases import read_cases
from kneo_client.batch.limits import Limits
from kneo_client.client import KneoClient

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

    from kneo_client.batch.results import BatchStatus

_FAILED, _INTERRUPTED = 1, 130


def add_parser(commands: Any) -> None:
    """Add the batch commands to those of `python -m kneo_client`."""
    parser = commands.add_parser("batch", help="run many cases, and go on with them whatever happens")
    batch = parser.add_subparsers(required=True, metavar="COMMAND")

    platform = argparse.ArgumentParser(add_help=False)
    platform.add_argument("--profile", help="of client.toml; else $KNEO_URL and $KNEO_API_KEY")
    platform.add_argument("--concurrency", type=int, default=DEFAULT_CONCURRENCY, help="runs under way at most")
    platform.add_argument("--max-seconds", type=float, help="stop after so long")
    platform.add_argument("--max-tokens", type=int, help="send nothing further once the runs have used so many")
    store = argparse.ArgumentParser(add_help=False)
    store.add_argument("--store", required=True, help="the batch's file")
    store.add_argument("--name", help="of the batch; else the one in the store, or that of the file")

    run = batch.add_parser("run", parents=[store, platform], help="run the cases of a file; goes on where it was")
    run.add_argument("cases", help="JSON lines with id and input, or CSV with such columns")
    run.add_argument("--spec", required=True, help="YAML or JSON")
    run.set_defaults(command=_run)
    resume = batch.add_parser("resume", parents=[store, platform], help="run what has no outcome yet")
    resume.set_defaults(command=_resume)
    retry = batch.add_parser("retry-failed", parents=[store, platform], help="run the failed cases anew")
    retry.set_defaults(command=_retry_failed)
    status = batch.add_parser("status", parents=[store], help="how far it is")
    status.set_defaults(command=_status)
    report = batch.add_parser("report", parents=[store], help="counts, times and failures by kind")
    report.add_argument("--html", action="store_true", help="as HTML")
    report.set_defaults(command=_report)
    export = batch.add_parser("export", parents=[store], help="write one line a case")
    export.add_argument("--output", required=True, help="a name that ends in .jsonl, .csv or .parquet")
    export.set_defaults(command=_export)


def _run(arguments: argparse.Namespace) -> int:
    return _work(arguments, lambda batch: batch.submit(read_cases(arguments.cases), spec=arguments.spec))


def _resume(arguments: argparse.Namespace) -> int:
    return _work(arguments, lambda batch: batch.resume())


def _retry_failed(arguments: argparse.Namespace) -> int:
    return _work(arguments, lambda batch: batch.retry_failed())


def _work(arguments: argparse.Namespace, start: Callable[[Batch], Coroutine[Any, Any, BatchStatus]]) -> int:
    async def work() -> BatchStatus:
        async with KneoClient.from_profile(arguments.profile) as client:
            with shown(arguments.store) as show:
                batch = Batch(
                    arguments.store,
                    name=arguments.name,
                    client=client,
                    concurrency=arguments.concurrency,
                    limits=Limits(arguments.max_seconds, arguments.max_tokens),
                    on_progress=show,
                )
                with _stopped_by_signals(batch):
                    return await start(batch)

    resume = f"go on with: python -m kneo_client batch resume --store {arguments.store}"
    try:
        status = asyncio.run(work())
    except KeyboardInterrupt:
        print(f"interrupted; {resume}", file=sys.stderr)  # noqa: T201
        return _INTERRUPTED
    print(status)  # noqa: T201
    if status.finished:
        return 0
    print(resume, file=sys.stderr)  # noqa: T201
    return _INTERRUPTED if status.stopped == _INTERRUPT else _FAILED


_INTERRUPT = "interrupted"


@contextlib.contextmanager
def _stopped_by_signals(batch: Batch) -> Generator[None]:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        batch.stop(_INTERRUPT, at_once=True)

    with contextlib.suppress(NotImplementedError):  # Windows: asyncio.run turns Ctrl-C into a cancellation
        for each in signals:
            loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError):
            for each in signals:
                loop.remove_signal_handler(each)


def _status(arguments: argparse.Namespace) -> int:
    print(Batch(arguments.store, name=arguments.name).status())  # noqa: T201
    return 0


def _report(arguments: argparse.Namespace) -> int:
    report = Batch(arguments.store, name=arguments.name).report()
    print(report.to_html() if arguments.html else report)  # noqa: T201
    return 0


def _export(arguments: argparse.Namespace) -> int:
    count = Batch(arguments.store, name=arguments.name).export(arguments.output)
    print(f"{count:,} cases: {arguments.output}")  # noqa: T201
    return 0
