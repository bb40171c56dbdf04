"""Values into KTOF."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from kaizen_client.ktof.dialects import DELIMITERS, MAX_DEPTH, KtofEncodeError, check_indent, dialect_of
from kaizen_client.ktof.words import PLAIN, PLAIN_LINES, WORDS, quote, write_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kaizen_client.ktof.dialects import Dialect, DialectName

_SCALARS = frozenset((str, int, float, bool, type(None)))
_TEXT = frozenset((str,))
_CONSTANTS: dict[Any, str] = {None: "null", True: "true", False: "false"}
_LEAST_EXPONENT = 1e21  # from here on a float has an exponent: its digits, in full, would say another number

_NUMERIC = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_UNSAFE_START = rf"$|[\s\ufeff-]|(?:true|false|null|{_NUMERIC})$"
_UNSAFE_ANYWHERE = r':"\\\[\]{}\x00-\x09\x0b-\x1f\x7f'
_UNSAFE_END = r"[\s\ufeff]$"


def encode(
    value: Any,
    *,
    indent: int = 2,
    delimiter: str = ",",
    length_marker: bool | str | None = None,
    dialect: DialectName = "ktof",
) -> str:
    """The value as KTOF text, without a newline at its end.

    Args:
        value: what JSON can carry, tuples and sets too. NaN and the infinities become null, -0.0 becomes 0. Numbers
            are written without an exponent, but for floats from 1e21 on.
        indent: blanks for each level.
        delimiter: between the values of an array: comma, tab or `|`. The others spare quotes in texts full of commas.
        length_marker: True or "#" writes `[#3]` instead of `[3]`. Not in TOON.
        dialect: "toon" writes what TOON 3 and 4 read.

    Raises:
        KtofEncodeError: the value cannot be written, is nested deeper than `MAX_DEPTH` levels, or an option is out of
            its range.
    """
    check_indent(indent, KtofEncodeError)
    if delimiter not in DELIMITERS:
        raise KtofEncodeError(f"delimiter must be ',', a tab or '|', got {delimiter!r}")
    if length_marker not in (None, True, False, "#"):
        raise KtofEncodeError(f"length_marker must be a bool or '#', got {length_marker!r}")
    chosen = dialect_of(dialect, KtofEncodeError)
    if length_marker and not chosen.marker:
        raise KtofEncodeError("TOON has no length_marker")
    writer = _Writer(" " * indent, delimiter, "#" if length_marker else "", chosen)
    try:
        return writer.document(value)
    except KtofEncodeError:
        raise
    except (RecursionError, ValueError) as exc:  # ValueError: Python's limit on the digits of an integer
        problem = str(exc) if isinstance(exc, ValueError) else "the value is nested too deeply for this call stack"
    raise KtofEncodeError(problem)


class _Writer:
    """Writes one document, line by line.

    A `margin` is the blanks before a line, a `depth` the number of objects and arrays around a value, with its own.
    """

    def __init__(self, unit: str, delimiter: str, marker: str, dialect: Dialect) -> None:
        self.lines: list[str] = []
        self.keys: dict[str, str] = {}
        self.unit = unit
        self.delimiter = delimiter
        self.marker = marker
        self.suffix = "" if delimiter == "," else delimiter
        self.dialect = dialect
        self.unsafe = _unsafe(delimiter, comments=dialect.comments)

    def document(self, value: Any) -> str:
        """The whole text."""
        value = _plain(value)
        if isinstance(value, dict):
            self.fields(value, "", 1)
        elif isinstance(value, list):
            self.array("", value, self.unit, 1)
        elif isinstance(value, str) and value.startswith(("```", "~~~")):  # alone, it would be a fence
            self.lines.append(quote(value, self.dialect))
        else:
            self.lines.append(self.scalar(value))
        return "\n".join(self.lines)

    def fields(self, value: dict[str, Any], margin: str, depth: int) -> None:
        _check(depth)
        inner = margin + self.unit
        for key, item in value.items():
            self.field(margin + self.key(key), item, inner, depth + 1)

    def field(self, name: str, value: Any, inner: str, depth: int) -> None:
        """A field under its name; what is below it has the margin `inner`."""
        value = _plain(value)
        if isinstance(value, dict):
            self.lines.append(name + ":")
            self.fields(value, inner, depth)
        elif isinstance(value, list):
            self.array(name, value, inner, depth)
        else:
            self.lines.append(f"{name}: {self.scalar(value)}")

    def array(self, name: str, items: list[Any], inner: str, depth: int) -> None:
        """An array that is a field or the root: inline, as a table or as a list, whichever its items allow."""
        _check(depth)
        head = f"{name}[{self.marker}{len(items)}{self.suffix}]"
        if not items:
            brackets = f"{name}: []" if name else "[]"
            self.lines.append(brackets if self.dialect.brackets else head + ":")
            return
        items = _plain_items(items)
        if _hold_scalars(items):
            self.lines.append(f"{head}: {self.delimiter.join(self.cells(items))}")
            return
        table = _table(items)
        if table is None:
            self.lines.append(head + ":")
            self.items(items, inner, depth + 1)
            return
        _check(depth + 1)
        names, columns = table
        self.lines.append(f"{head}{{{self.delimiter.join(map(self.key, names))}}}:")
        rows = map(self.delimiter.join, zip(*map(self.cells, columns), strict=True))
        self.lines += [inner + row for row in rows]

    def items(self, items: list[Any], margin: str, depth: int) -> None:
        """The `- ` lines of a list, with what belongs below them."""
        for value in items:
            if isinstance(value, dict):
                self.object_item(value, margin, depth)
            elif isinstance(value, list):
                self.array_item(value, margin, depth)
            else:
                self.lines.append(f"{margin}- {self.scalar(value)}")

    def object_item(self, value: dict[str, Any], margin: str, depth: int) -> None:
        _check(depth)
        if not value:
            self.lines.append(margin + "-")
            return
        inner = margin + self.unit
        start, below = margin + "- ", inner + self.unit
        for key, item in value.items():
            first_array = start is not inner and not self.dialect.deeper and not isinstance(_plain(item), dict)
            self.field(start + self.key(key), item, inner if first_array else below, depth + 1)
            start = inner

    def array_item(self, items: list[Any], margin: str, depth: int) -> None:
        _check(depth)
        head = f"{margin}- [{self.marker}{len(items)}{self.suffix}]:"
        items = _plain_items(items)
        if items and _hold_scalars(items):
            self.lines.append(f"{head} {self.delimiter.join(self.cells(items))}")
        else:
            self.lines.append(head)
            self.items(items, margin + self.unit, depth + 1)

    def key(self, key: str) -> str:
        """A field name as it is written."""
        written = self.keys.get(key)
        if written is None:
            written = self.keys[key] = write_key(key, self.dialect)
        return written

    def cells(self, values: Sequence[Any]) -> Iterable[str]:
        """Scalars as the cells of a row or a column. A column is mostly of one kind, and then goes through at once."""
        kinds = set(map(type, values))
        if kinds == {int}:
            return map(str, values)
        if kinds == {bool}:
            return map(_CONSTANTS.__getitem__, values)
        if kinds == {str} and self.are_safe(values):
            return values
        return map(self.scalar, values)

    def are_safe(self, texts: Sequence[str]) -> bool:
        """Whether none of the texts needs quotes."""
        joined = "\n".join(texts)
        if joined.count("\n") >= len(texts):
            return False
        if PLAIN_LINES.fullmatch(joined):
            return WORDS.keys().isdisjoint(texts)
        return not self.unsafe.search(joined)

    def scalar(self, value: Any) -> str:
        """A text, number, bool or None; quoted when it would otherwise be read as something else."""
        kind = type(value)
        if kind is str:
            plain = PLAIN.fullmatch(value)
            safe = value not in WORDS if plain else "\n" not in value and not self.unsafe.search(value)
            return value if safe else quote(value, self.dialect)
        if kind is int:
            return str(value)
        if kind is float:
            return _write_float(value)
        if value is None or kind is bool:
            return _CONSTANTS[value]
        if isinstance(value, str):
            return self.scalar(str.__str__(value))
        if isinstance(value, (int, float)):
            return self.scalar(int(value) if isinstance(value, int) else float(value))
        raise KtofEncodeError(f"{kind.__name__} has no KTOF form; turn it into text or numbers first")


@functools.cache
def _unsafe(delimiter: str, *, comments: bool) -> re.Pattern[str]:
    """What makes a text need quotes, in a line of its own."""
    start = _UNSAFE_START + "|#" * comments
    return re.compile(f"^(?:{start})|[{_UNSAFE_ANYWHERE}{re.escape(delimiter)}]|{_UNSAFE_END}", re.MULTILINE)


def _check(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise KtofEncodeError(f"the value is nested too deeply: over {MAX_DEPTH} levels, or it holds itself")


def _plain(value: Any) -> Any:
    """Objects as dicts with text for names, arrays as lists, all else as it is."""
    kind = type(value)
    if kind in _SCALARS or kind is list:
        return value
    if isinstance(value, Mapping):
        return value if kind is dict and _TEXT.issuperset(map(type, value)) else _named(value)
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else value


def _plain_items(items: list[Any]) -> list[Any]:
    return items if _SCALARS.issuperset(map(type, items)) else [_plain(item) for item in items]


def _hold_scalars(items: Sequence[Any]) -> bool:
    kinds = set(map(type, items))
    return (
        dict not in kinds
        and list not in kinds
        and (kinds <= _SCALARS or not any(isinstance(item, (Mapping, list, tuple, set, frozenset)) for item in items))
    )


def _named(value: Mapping[Any, Any]) -> dict[str, Any]:
    """The object with its names as JSON would write them."""
    named = {_text_key(key): item for key, item in value.items()}
    if len(named) != len(value):
        raise KtofEncodeError("two names of an object are the same text")
    return named


def _text_key(key: Any) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    if key is None or isinstance(key, bool):
        return _CONSTANTS[key]
    if isinstance(key, (int, float)):
        return _write_float(key) if isinstance(key, float) else int.__repr__(key)
    raise KtofEncodeError(f"a field name must be text or a number, got {type(key).__name__}")


def _table(items: list[Any]) -> tuple[list[str], list[Sequence[Any]]] | None:
    """Names and values of the columns that the items make, or None when they make no table."""
    if set(map(type, items)) != {dict} or len(set(map(len, items))) != 1 or not items[0]:
        return None
    names = list(items[0])
    try:
        columns: list[Sequence[Any]] = (
            [[item[names[0]] for item in items]]
            if len(names) == 1
            else list(zip(*map(itemgetter(*names), items), strict=True))
        )
    except KeyError:
        return None
    return (names, columns) if all(map(_hold_scalars, columns)) else None


def _write_float(value: float) -> str:
    if not math.isfinite(value):
        return "null"
    if value.is_integer() and abs(value) < _LEAST_EXPONENT:
        return str(int(value))
    text = float.__repr__(value)
    return f"{Decimal(text):f}" if "e-" in text else text
