"""Values into KTOF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaizen_client.ktof.grammar import DELIMITERS, KtofEncodeError, write_key, write_scalar


def encode(value: Any, *, indent: int = 2, delimiter: str = ",", length_marker: bool | str | None = None) -> str:
    """The value as KTOF text, without a newline at its end.

    Args:
        value: what JSON can carry, tuples and sets too. NaN and the infinities become null, -0.0 becomes 0; numbers
            are written without an exponent.
        indent: blanks for each level.
        delimiter: between the values of an array: comma, tab or `|`. The others spare quotes in texts full of commas.
        length_marker: True or "#" writes `[#3]` instead of `[3]`.

    Raises:
        KtofEncodeError: the value cannot be written, or an option is out of its range.
    """
    if isinstance(indent, bool) or not isinstance(indent, int) or indent < 1:
        raise KtofEncodeError(f"indent must be an integer of at least 1, got {indent!r}")
    if delimiter not in DELIMITERS:
        raise KtofEncodeError(f"delimiter must be ',', a tab or '|', got {delimiter!r}")
    if length_marker not in (None, True, False, "#"):
        raise KtofEncodeError(f"length_marker must be a bool or '#', got {length_marker!r}")
    encoder = _Encoder(" " * indent, delimiter, "#" if length_marker else "")
    try:
        encoder.root(value)
    except RecursionError:
        pass
    else:
        return "\n".join(encoder.lines)
    raise KtofEncodeError("the value is nested too deeply, or holds itself")


class _Encoder:
    def __init__(self, unit: str, delimiter: str, marker: str) -> None:
        self.lines: list[str] = []
        self.unit = unit
        self.delimiter = delimiter
        self.marker = marker
        self.suffix = "" if delimiter == "," else delimiter

    def root(self, value: Any) -> None:
        if isinstance(value, Mapping):
            self.fields(value, "")
        elif _is_array(value):
            self.array("", list(value), "")
        else:
            self.lines.append(self.scalar(value))

    def fields(self, value: Mapping[Any, Any], margin: str) -> None:
        for key, item in value.items():
            self.field(margin, _text_key(key), item, margin + self.unit)

    def field(self, start: str, key: str, value: Any, inner: str) -> None:
        """One field; `start` stands before its key, `inner` before the lines below it."""
        name = start + write_key(key)
        if isinstance(value, Mapping):
            self.lines.append(name + ":")
            self.fields(value, inner)
        elif _is_array(value):
            self.array(name, list(value), inner)
        else:
            self.lines.append(f"{name}: {self.scalar(value)}")

    def array(self, name: str, items: list[Any], inner: str) -> None:
        """An array under `name`: inline, as a table or as a list, whichever its items allow."""
        if not name:
            inner = self.unit
        head = f"{name}[{self.marker}{len(items)}{self.suffix}]"
        if all(not _is_container(item) for item in items):
            self.lines.append(f"{head}: {self.row(items)}" if items else head + ":")
        elif columns := _columns(items):
            self.lines.append(f"{head}{{{self.delimiter.join(map(write_key, columns))}}}:")
            for item in map(_values, items):
                self.lines.append(inner + self.row([item[column] for column in columns]))
        else:
            self.lines.append(head + ":")
            for item in items:
                self.item(item, inner)

    def item(self, value: Any, margin: str) -> None:
        """One `- ` line of a list, with what belongs below it."""
        dash = margin + "- "
        inner = margin + self.unit
        if isinstance(value, Mapping):
            pairs = iter(_values(value).items())
            first = next(pairs, None)
            if first is None:
                self.lines.append(margin + "-")
                return
            below = inner + self.unit if isinstance(first[1], Mapping) else inner
            self.field(dash, *first, below)
            for key, item in pairs:
                self.field(inner, key, item, inner + self.unit)
        elif _is_array(value):
            items = list(value)
            head = f"{dash}[{self.marker}{len(items)}{self.suffix}]:"
            if all(not _is_container(item) for item in items):
                self.lines.append(f"{head} {self.row(items)}" if items else head)
                return
            self.lines.append(head)
            for item in items:
                self.item(item, inner)
        else:
            self.lines.append(dash + self.scalar(value))

    def row(self, values: list[Any]) -> str:
        return self.delimiter.join([self.scalar(value) for value in values])

    def scalar(self, value: Any) -> str:
        if value is None or isinstance(value, (str, bool, int, float)):
            return write_scalar(value, self.delimiter)
        raise KtofEncodeError(f"{type(value).__name__} has no KTOF form; turn it into text or numbers first")


def _is_array(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset))


def _is_container(value: Any) -> bool:
    return isinstance(value, Mapping) or _is_array(value)


def _columns(items: list[Any]) -> list[str] | None:
    """The columns of the table that the items make, or None when they make none."""
    if not isinstance(items[0], Mapping):
        return None
    columns = list(_values(items[0]))
    names = set(columns)
    for item in items:
        if not isinstance(item, Mapping) or any(_is_container(value) for value in item.values()):
            return None
        if set(_values(item)) != names:
            return None
    return columns or None


def _values(item: Mapping[Any, Any]) -> Mapping[str, Any]:
    """The object with its names as JSON would write them."""
    return item if all(type(key) is str for key in item) else {_text_key(key): value for key, value in item.items()}


def _text_key(key: Any) -> str:
    if isinstance(key, str):
        return str(key)
    if key is None or isinstance(key, (bool, int, float)):
        return write_scalar(key, ",")
    raise KtofEncodeError(f"a field name must be text or a number, got {type(key).__name__}")
