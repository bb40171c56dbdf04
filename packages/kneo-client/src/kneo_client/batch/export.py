"""Results as files."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kneo_client.core.errors import KneoInvalidRequestError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator

    from kneo_client.batch.results import CaseResult

_FIELDS: tuple[str, ...] = (
    "id",
    "status",
    "run_id",
    "output",
    "error",
    "input",
    "key",
    "attempts",
    "seconds",
    "tokens",
)
_ROW_GROUP = 10_000


def export(results: Iterable[CaseResult], output: str | os.PathLike[str]) -> int:
    """Write one row a case; how many. The file is there when it is whole, and not before."""
    path = Path(output)
    write = {".jsonl": _json_lines, ".csv": _csv, ".parquet": _parquet}.get(path.suffix.lower())
    if write is None:
        raise KneoInvalidRequestError(f"{path}: the name must end in .jsonl, .csv or .parquet")
    part = path.with_name(f"{path.name}.part")
    try:
        count = write(results, part)
        part.replace(path)
    except OSError as exc:
        raise KneoInvalidRequestError(f"{path} cannot be written: {exc}") from exc
    finally:
        part.unlink(missing_ok=True)
    return count


def _row(result: CaseResult) -> dict[str, Any]:
    values = asdict(result)
    return {name: values[name] for name in _FIELDS}


def _json_lines(results: Iterable[CaseResult], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for result in results:
            file.write(json.dumps(_row(result), ensure_ascii=False) + "\n")
            count += 1
    return count


def _flat(results: Iterable[CaseResult]) -> Iterator[dict[str, Any]]:
    for result in results:
        row = _row(result)
        if row["error"] is not None:
            row["error"] = json.dumps(row["error"], ensure_ascii=False)
        yield row


def _csv(results: Iterable[CaseResult], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _FIELDS)
        writer.writeheader()
        for row in _flat(results):
            writer.writerow(row)
            count += 1
    return count


def _parquet(results: Iterable[CaseResult], path: Path) -> int:
    try:
        import pyarrow  # type: ignore[import-untyped, unused-ignore]
        import pyarrow.parquet  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise KneoInvalidRequestError("Parquet needs: pip install 'kneo-client[parquet]'") from None
    text: Callable[[], Any] = pyarrow.string
    types = {"attempts": pyarrow.int64(), "seconds": pyarrow.float64(), "tokens": pyarrow.int64()}
    schema = pyarrow.schema([(name, types.get(name, text())) for name in _FIELDS])
    count = 0
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        for rows in batched(_flat(results), _ROW_GROUP):
            plain = [{**row, "id": str(row["id"])} for row in rows]
            writer.write_table(pyarrow.Table.from_pylist(plain, schema))
            count += len(plain)
    return count
