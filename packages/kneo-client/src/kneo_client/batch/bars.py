"""Shows progress: a bar where somebody looks at a terminal or a notebook, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from kneo_client.batch.progress import Progress

    Show = Callable[[Progress], object]

_LINE_EVERY = 5.0


@contextlib.contextmanager
def shown(name: str, stream: TextIO | None = None) -> Generator[Show]:
    """What to give as `on_progress`, inside a with block: rich or tqdm if installed and looked at, else lines.

    Args:
        name: of the batch.
        stream: where to; None means standard error.
    """
    chosen: TextIO = stream or sys.stderr
    looked_at = chosen.isatty() or _in_notebook()
    if looked_at and importlib.util.find_spec("rich") is not None:
        bar = _rich_bar
    elif looked_at and importlib.util.find_spec("tqdm") is not None:
        bar = _tqdm_bar
    else:
        bar = _lines
    with bar(name, chosen) as show:
        yield show


def _in_notebook() -> bool:
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


@contextlib.contextmanager
def _lines(name: str, stream: TextIO) -> Generator[Show]:
    last: Progress | None = None
    told = float("-inf")

    def show(progress: Progress) -> None:
        nonlocal last, told
        last = progress
        if time.monotonic() - told >= _LINE_EVERY:
            told, last = time.monotonic(), None
            print(f"{name}: {progress}", file=stream, flush=True)

    yield show
    if last is not None:
        print(f"{name}: {last}", file=stream, flush=True)


@contextlib.contextmanager
def _rich_bar(name: str, stream: TextIO) -> Generator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rest]}"))
    with Bars(*columns, console=Console(file=stream)) as bars:
        task = bars.add_task(name, total=None, rest="")

        def show(progress: Progress) -> None:
            bars.update(task, completed=progress.done, total=progress.total, rest=_rest(progress))

        yield show


@contextlib.contextmanager
def _tqdm_bar(name: str, stream: TextIO) -> Generator[Show]:
    from tqdm.auto import tqdm  # type: ignore[import-untyped, unused-ignore]

    bar: Any = tqdm(desc=name, file=stream, unit="case")

    def show(progress: Progress) -> None:
        bar.total = progress.total
        bar.set_postfix_str(_rest(progress), refresh=False)
        bar.update(progress.done - bar.n)

    try:
        yield show
    finally:
        bar.close()


def _rest(progress: Progress) -> str:
    return str(progress).partition("), ")[2]
