"""The words of the format: scalars, quoted strings, keys and array headers, both ways."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS = (",", "\t", "|")
"""What may separate the values of an array. A comma is not repeated in the array's header."""

_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "t": "\t"}
_EXACT_FLOAT = 2**53
_MOST_DIGITS = 15  # of an array's length; no text has that many values

_ESCAPED = re.compile(r'[\\"\n\r\t]')
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NUMERIC = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_PLAIN_TEXT = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./@+ -]*[A-Za-z0-9_./@+-])?")
_STRUCTURAL = re.compile(r'[:"\\\[\]{}\x00-\x1f\x7f]')
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_STRING = re.compile(_QUOTED, re.DOTALL)
_NUMBER_STARTS = frozenset("-0123456789")
_HEADER = re.compile(
    rf'(?P<key>{_QUOTED}|[^"\[\]{{}}:]*)\[#?(?P<length>[0-9]+)(?P<delimiter>[\t|]?)\]'
    rf'(?:\{{(?P<fields>(?:{_QUOTED}|[^"{{}}])*)\}})?:(?P<rest>.*)',
    re.DOTALL,
)
_TO_ITS_END = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'  # or to the end of the line, where the closing quote is missing
_OUTSIDE = {mark: re.compile(f"{_TO_ITS_END}|{re.escape(mark)}", re.DOTALL) for mark in (*DELIMITERS, ":")}


class KtofError(ValueError):
    """A value or a text that the format does not allow."""


class KtofEncodeError(KtofError):
    """The value has no KTOF form, or an option is out of its range. Fix what the message names."""


class KtofDecodeError(KtofError):
    """The text is not KTOF, or not as strict decoding wants it; `strict=False` forgives indentation and counts.

    Attributes:
        line: number of the line the message is about, from 1; 0 when it is about the text as a whole.
    """

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {problem}" if line else problem)
        self.problem = problem
        self.line = line

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.line)


@dataclass(frozen=True)
class Header:
    """What `users[2|]{id|name}: ` says about an array.

    Attributes:
        key: the field that holds the array, None for an array without a name.
        fields: the columns of a table, None when the values stand inline or as a list.
        rest: what follows the colon, stripped.
    """

    key: str | None
    length: int
    delimiter: str
    fields: list[str] | None
    rest: str


def quote(text: str) -> str:
    """The text in quotes, with the five escapes the format has."""
    return f'"{_ESCAPED.sub(lambda found: _ESCAPES[found[0]], text)}"'


def unquote(token: str) -> str:
    """The text of a quoted token."""
    inner = token[1:-1]
    if "\\" not in inner:
        return inner
    return _ESCAPE.sub(_unescape, inner)


def _unescape(found: re.Match[str]) -> str:
    if found[1] not in _UNESCAPES:
        raise KtofDecodeError(f'unknown escape \\{found[1]}; only \\\\ \\" \\n \\r \\t exist')
    return _UNESCAPES[found[1]]


def write_key(key: str) -> str:
    """A field name, quoted unless it is a plain word."""
    return key if _PLAIN_KEY.fullmatch(key) else quote(key)


def is_plain_key(token: str) -> bool:
    """Whether an encoder would write this name without quotes."""
    return _PLAIN_KEY.fullmatch(token) is not None


def write_scalar(value: Any, delimiter: str) -> str:
    """A string, number, bool or None; quoted when it would otherwise be read as something else."""
    if isinstance(value, str):
        return value if _is_safe(value, delimiter) else quote(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        try:
            return int.__str__(value)
        except ValueError as exc:  # Python's limit on the digits of an integer
            raise KtofEncodeError(str(exc)) from None
    return _write_float(value)


def _write_float(value: float) -> str:
    if not math.isfinite(value):
        return "null"
    text = float.__repr__(value)
    if "e" in text:
        text = f"{Decimal(text):f}"
    elif text.endswith(".0"):
        text = text[:-2]
    return "0" if text == "-0" else text


def _is_safe(text: str, delimiter: str) -> bool:
    if _PLAIN_TEXT.fullmatch(text):  # nearly every text there is
        return text not in _WORDS
    return not (
        not text
        or text[0] == "-"
        or delimiter in text
        or _STRUCTURAL.search(text)
        or text.strip() != text
        or text[0] == "\ufeff"
        or text[-1] == "\ufeff"
        or (text[0].isdigit() and _NUMERIC.fullmatch(text))
    )


def read_scalar(token: str) -> Any:
    """What a token stands for; the token has no blanks around it."""
    first = token[:1]
    if first == '"':
        if not _STRING.fullmatch(token):
            raise KtofDecodeError("a quoted string does not end where its value does")
        return unquote(token)
    if first not in _NUMBER_STARTS:
        return _WORDS.get(token, token)
    if _INTEGER.fullmatch(token):
        try:
            return int(token)
        except ValueError as exc:
            raise KtofDecodeError(str(exc)) from None
    if _NUMBER.fullmatch(token):
        number = float(token)
        if math.isinf(number):
            raise KtofDecodeError("a number is too large")
        return int(number) if number.is_integer() and abs(number) <= _EXACT_FLOAT else number
    return token


def split_cells(text: str, delimiter: str) -> list[str]:
    """The tokens of a row or an inline array; delimiters inside quotes do not count."""
    if '"' not in text:
        return [cell.strip() for cell in text.split(delimiter)]
    cells: list[str] = []
    start = 0
    for index in _unquoted(text, delimiter):
        cells.append(text[start:index].strip())
        start = index + 1
    return [*cells, text[start:].strip()]


def read_header(line: str) -> Header | None:
    """The array header that a line begins with, or None when it is none."""
    if "[" not in line:
        return None
    found = _HEADER.fullmatch(line)
    if found is None or found["key"] != found["key"].rstrip():
        return None
    if len(found["length"]) > _MOST_DIGITS:
        raise KtofDecodeError("an array's length has too many digits")
    key, delimiter = found["key"], found["delimiter"] or ","
    fields = None if found["fields"] is None else [_name(cell) for cell in split_cells(found["fields"], delimiter)]
    return Header(_name(key) if key else None, int(found["length"]), delimiter, fields, found["rest"].strip())


def split_field(line: str) -> tuple[str, str] | None:
    """Key token and the rest behind the colon, or None when the line has no colon outside quotes."""
    if line.startswith('"'):
        found = re.match(_QUOTED + r"\s*:", line, re.DOTALL)
        return None if found is None else (found[0][:-1].rstrip(), line[found.end() :].strip())
    colon = unquoted_index(line, ":")
    return None if colon < 0 else (line[:colon].strip(), line[colon + 1 :].strip())


def unquoted_index(line: str, mark: str) -> int:
    """Where the mark first stands outside quotes, or -1."""
    first = line.find(mark)
    return first if first < 0 or '"' not in line else next(_unquoted(line, mark), -1)


def _unquoted(text: str, mark: str) -> Iterator[int]:
    """Where the mark stands outside quotes."""
    return (found.start() for found in _OUTSIDE[mark].finditer(text) if found[0] == mark)


def read_key(token: str) -> str:
    """A field name as written before its colon."""
    return _name(token)


def _name(token: str) -> str:
    return unquote(token) if token.startswith('"') else token
