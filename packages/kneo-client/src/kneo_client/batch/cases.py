"""Cases: what a batch is made of, where they come from, and the key under which each is sent."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kneo_client.batch.errors import BatchInputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

CaseId = str | int
"""How the caller names a case; 1 and "1" are two."""

_LARGEST_ID = 2**63
_LONGEST_FIELD = 2**31 - 1
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        id: names it within its batch.
        input: the text that the run gets.
    """

    id: CaseId
    input: str


def case_key(batch: str, case_id: CaseId, spec: str, text: str, attempt: int = 1) -> str:
    """The idempotency key of a case: the same case of the same batch is the same run, however often it is sent.

    Args:
        batch: the batch's name.
        case_id: the case's.
        spec: the spec, as `canonical` writes it.
        text: the case's input.
        attempt: counts from 1; a further attempt is another run.
    """
    parts = [batch, case_id, spec, text] + ([attempt] if attempt > 1 else [])
    return hashlib.sha256(_exact(parts)).hexdigest()[:32]


def canonical(spec: Mapping[str, Any]) -> str:
    """A spec as the one text that all spellings of it share.

    Raises:
        BatchInputError: it holds what JSON cannot.
    """
    try:
        text = json.dumps(spec, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except (TypeError, ValueError, RecursionError) as exc:
        problem = str(exc)
    else:
        return text
    raise BatchInputError(f"the spec has no JSON form: {problem}")


def _exact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def to_case(given: object, place: str) -> Case:
    """A case out of `{"id": ..., "input": ...}` or a `Case`, checked.

    Raises:
        BatchInputError: it has no usable id or input; the message says where it stands.
    """
    if isinstance(given, Case):
        case_id, text = given.id, given.input
    elif isinstance(given, dict):
        missing = [name for name in ("id", "input") if name not in given]
        if missing:
            raise BatchInputError(f"{place} has no {' and no '.join(missing)}; a case is {{'id': ..., 'input': ...}}")
        case_id, text = given["id"], given["input"]
    else:
        raise BatchInputError(f"{place} is {_kind(given)}; a case is {{'id': ..., 'input': ...}}")
    if isinstance(case_id, bool) or not isinstance(case_id, (str, int)) or case_id == "":
        raise BatchInputError(f"{place}: its id must be a text or a whole number, not {_kind(case_id)}")
    if isinstance(case_id, int) and not -_LARGEST_ID <= case_id < _LARGEST_ID:
        raise BatchInputError(f"{place}: its id must fit 64 bits; give it as a text")
    if not isinstance(text, str):
        raise BatchInputError(f"{place}: its input must be a text, not {_kind(text)}; write other values as JSON text")
    if not (_has_bytes(text) and (isinstance(case_id, int) or _has_bytes(case_id))):
        raise BatchInputError(f"{place} holds a lone surrogate, which has no UTF-8 form")
    return Case(case_id, text)


def read_cases(path: str | os.PathLike[str]) -> Iterator[Case]:
    """The cases of a file, one by one: JSON lines, or CSV with the columns `id` and `input` (by the name's end).

    Raises:
        BatchInputError: the file cannot be read, or a line is no case; the message names the line.
    """
    file = Path(path)
    try:
        yield from _read_csv(file) if file.suffix.lower() == ".csv" else _read_lines(file)
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise BatchInputError(f"{file} cannot be read: {exc}") from None


def _read_lines(file: Path) -> Iterator[Case]:
    with file.open(encoding="utf-8-sig", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{file}, line {number}"
            try:
                given = json.loads(line, parse_constant=_refuse)
            except (ValueError, RecursionError) as exc:
                problem = "it is nested too deeply" if isinstance(exc, RecursionError) else str(exc)
            else:
                yield to_case(given, place)
                continue
            raise BatchInputError(f"{place} is not JSON: {problem}")


def _read_csv(file: Path) -> Iterator[Case]:
    csv.field_size_limit(_LONGEST_FIELD)
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.DictReader(text)
        for row in rows:
            fields = {name: value for name, value in row.items() if value is not None}
            yield to_case(fields, f"{file}, line {rows.line_num}")


def checked(given: Iterable[object]) -> Iterator[Case]:
    """Cases out of whatever the caller iterates over."""
    for number, each in enumerate(given, 1):
        yield to_case(each, f"case {number}")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not in JSON")


def _has_bytes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(value: object) -> str:
    return f"{type(value).__name__}" if value != "" else "empty"
