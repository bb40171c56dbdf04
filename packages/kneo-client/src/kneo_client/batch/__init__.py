"""Many runs: `run_many` for what fits a session, `Batch` for what has to survive it.

    results = await run_many(cases, spec="spec.yaml", client=client)

    batch = Batch("eval.sqlite", client=client)
    await batch.submit(read_cases("cases.jsonl"), spec="spec.yaml")

`python -m kneo_client batch` does the same from a shell. Names load when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kneo_client.batch.bars import shown
    from kneo_client.batch.batch import Batch
    from kneo_client.batch.cases import Case, read_cases
    from kneo_client.batch.errors import (
        BatchError,
        BatchInputError,
        BatchLockedError,
        BatchMismatchError,
        BatchRefusedError,
        BatchStoreError,
    )
    from kneo_client.batch.limits import Limits
    from kneo_client.batch.many import run_many
    from kneo_client.batch.progress import Progress
    from kneo_client.batch.report import BatchReport
    from kneo_client.batch.results import BatchStatus, CaseResult

_MODULES = {
    "Batch": "batch",
    "BatchError": "errors",
    "BatchInputError": "errors",
    "BatchLockedError": "errors",
    "BatchMismatchError": "errors",
    "BatchRefusedError": "errors",
    "BatchReport": "report",
    "BatchStatus": "results",
    "BatchStoreError": "errors",
    "Case": "cases",
    "CaseResult": "results",
    "Limits": "limits",
    "Progress": "progress",
    "read_cases": "cases",
    "run_many": "many",
    "shown": "bars",
}

__all__ = [
    "Batch",
    "BatchError",
    "BatchInputError",
    "BatchLockedError",
    "BatchMismatchError",
    "BatchRefusedError",
    "BatchReport",
    "BatchStatus",
    "BatchStoreError",
    "Case",
    "CaseResult",
    "Limits",
    "Progress",
    "read_cases",
    "run_many",
    "shown",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
