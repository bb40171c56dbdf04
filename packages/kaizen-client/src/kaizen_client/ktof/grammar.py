"""The words of the format: scalars, quoted strings, keys and array headers, both ways; and its two dialects."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

DialectName = Literal["ktof", "toon"]

DELIMITERS = (",", "\t", "|")
"""What may separate the values of an array. A comma is not repeated in the array's header."""

MAX_DEPTH = 200
"""How deep objects and arrays may stand in each other, written and read."""

_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {written: sign for sign, (_, written) in _ESCAPES.items()}
_EXACT_FLOAT = 2**53
_MOST_DIGITS = 15  # of an array's length; no text has that many values

_ESCAPED = re.compile(r'[\\"\n\r\t]')
_CONTROL = re.compile(r"[\x00-\x1f]")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.?)", re.DOTALL)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_STRING = re.compile(_QUOTED, re.DOTALL)
_NUMBER_STARTS = frozenset("-0123456789")
_JSON = {"[": "]", "{": "}"}
_HEADER = re.compile(
    rf'(?P<key>{_QUOTED}|[^"\[\]{{}}:]*)\[(?P<marker>#?)(?P<length>0|[1-9][0-9]*)(?P<keyed>:?)(?P<delimiter>[\t|]?)\]',
    re.DOTALL,
)
_QUOTED_KEY = re.compile(_QUOTED + r"\s*:", re.DOTALL)
_TO_ITS_END = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'  # or to the end of the line, where the closing quote is missing
_OUTSIDE = {mark: re.compile(f"{_TO_ITS_END}|{re.escape(mark)}", re.DOTALL) for mark in (*DELIMITERS, ":")}
_COLUMN_MARKS = {mark: re.compile(f"{_TO_ITS_END}|[{{}}]|{re.escape(mark)}", re.DOTALL) for mark in DELIMITERS}


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
class Dialect:
    """In what the dialects differ.

    Attributes:
        marker: whether `[#3]` exists.
        brackets: whether an empty array is written as `[]`, not as `[0]:`.
        below: levels between the dash of a list item and the values of an array that is its first field.
        codes: whether `\\u001b` is an escape.
        comments: whether lines that begin with `#` say nothing.
        groups: whether tables have groups of columns, and keys before their rows.
    """

    marker: bool
    brackets: bool
    below: int
    codes: bool
    comments: bool
    groups: bool


_DIALECTS = {
    "ktof": Dialect(marker=True, brackets=False, below=1, codes=False, comments=False, groups=False),
    "toon": Dialect(marker=False, brackets=True, below=2, codes=True, comments=True, groups=True),
}


def dialect_of(name: str, failure: type[KtofError]) -> Dialect:
    """The dialect of this name."""
    if name not in _DIALECTS:
        raise failure(f"dialect must be 'ktof' or 'toon', got {name!r}")
    return _DIALECTS[name]


def check_indent(indent: object, failure: type[KtofError]) -> None:
    """Refuse an indentation that no encoder can have used."""
    if isinstance(indent, bool) or not isinstance(indent, int) or indent < 1:
        raise failure(f"indent must be an integer of at least 1, got {indent!r}")


class Header:
    """What `users[2|]{id|name}: ` says about an array.

    Attributes:
        key: the field that holds the array, None for an array without a name.
        length: how many values it announces.
        columns: the paths of a table's columns, None when the values stand inline or as a list.
        keyed: whether each row has a key before it, so that the rows make an object.
        rest: what follows the colon, stripped.
        names: the names of the columns, None where some stand in groups.
        depth: the levels of a row: 1, more where columns stand in groups.
    """

    __slots__ = ("columns", "delimiter", "depth", "key", "keyed", "length", "names", "rest")

    def __init__(
        self,
        key: str | None,
        length: int,
        delimiter: str,
        columns: list[tuple[str, ...]] | None,
        rest: str,
        *,
        keyed: bool,
    ) -> None:
        self.key = key
        self.length = length
        self.delimiter = delimiter
        self.columns = columns
        self.keyed = keyed
        self.rest = rest
        self.depth = max(map(len, columns)) if columns else 1
        self.names = [path[0] for path in columns] if columns and self.depth == 1 else None


def quote(text: str, dialect: Dialect) -> str:
    """The text in quotes, with the escapes that the dialect has."""
    escaped = _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text)
    if dialect.codes:
        escaped = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)
    return f'"{escaped}"'


def unquote(token: str, dialect: Dialect) -> str:
    """The text of a quoted token."""
    if not _STRING.fullmatch(token):
        raise KtofDecodeError("a quoted string does not end where its value does")
    inner = token[1:-1]
    if "\\" not in inner:
        return inner

    def sign(found: re.Match[str]) -> str:
        escape = found[1]
        if escape in _UNESCAPES:
            return _UNESCAPES[escape]
        code = int(escape[1:], 16) if dialect.codes and len(escape) > 1 else 0xD800
        if 0xD800 <= code < 0xE000:
            known = '\\\\ \\" \\n \\r \\t' + " \\uXXXX" * dialect.codes
            raise KtofDecodeError(f"unknown escape \\{escape}; only {known} exist")
        return chr(code)

    return _ESCAPE.sub(sign, inner)


def is_plain_key(token: str) -> bool:
    """Whether an encoder would write this name without quotes."""
    return _PLAIN_KEY.fullmatch(token) is not None


def write_key(key: str, dialect: Dialect) -> str:
    """A field name, quoted unless it is a plain word."""
    return key if _PLAIN_KEY.fullmatch(key) else quote(key, dialect)


def read_key(token: str, dialect: Dialect, *, strict: bool) -> str:
    """A field name as written before its colon. Brackets in it would be a header that is none."""
    if token.startswith('"'):
        return unquote(token, dialect)
    if strict and ("[" in token or "{" in token or token.startswith("- ")):
        raise KtofDecodeError("this is neither an array's header nor a field's name; such a name needs quotes")
    return token


def read_scalar(token: str, dialect: Dialect, *, strict: bool) -> Any:
    """What a token stands for; the token has no blanks around it."""
    first = token[:1]
    if first == '"':
        return unquote(token, dialect)
    if first in _JSON:
        return _read_brackets(token, strict=strict)
    if first not in _NUMBER_STARTS:
        return _WORDS.get(token, token)
    if token.isdigit() and token.isascii() and (first != "0" or len(token) == 1):
        return _integer(token)
    if not _NUMBER.fullmatch(token):
        return token
    number = float(token)
    if math.isinf(number):
        raise KtofDecodeError("a number is too large")
    if not (number.is_integer() and abs(number) <= _EXACT_FLOAT):
        return number if "." in token or "e" in token or "E" in token else _integer(token)
    return int(number)


def _integer(token: str) -> int:
    try:
        return int(token)
    except ValueError as exc:  # Python's limit on the digits of an integer
        raise KtofDecodeError(str(exc)) from None


def _read_brackets(token: str, *, strict: bool) -> Any:
    """A token that begins as JSON does. Writers quote such texts: what looks like JSON here is no text."""
    if token in ("[]", "{}"):
        return [] if token == "[]" else {}  # noqa: S105 - no password
    if token[-1] != _JSON[token[0]]:
        return token
    if strict:
        raise KtofDecodeError("brackets around a value: an array needs a header, and a text quotes")
    try:
        return json.loads(token)
    except (ValueError, RecursionError):
        return token


def split_cells(text: str, delimiter: str) -> list[str]:
    """The tokens of a row or an inline array; delimiters inside quotes do not count."""
    cells = text.split(delimiter)
    if '"' not in text:
        return [cell.strip() for cell in cells]
    if "\\" not in text:
        return _rejoined(cells, delimiter)
    cells, start = [], 0
    for found in _OUTSIDE[delimiter].finditer(text):
        if found[0] == delimiter:
            cells.append(text[start : found.start()].strip())
            start = found.end()
    return [*cells, text[start:].strip()]


def _rejoined(cells: list[str], delimiter: str) -> list[str]:
    """Cells that were split inside quotes, put together again: a whole cell has its quotes in pairs."""
    whole: list[str] = []
    waiting: list[str] = []
    for cell in cells:
        if cell.count('"') % 2:
            if waiting:
                whole.append(delimiter.join([*waiting, cell]).strip())
                waiting = []
            else:
                waiting.append(cell)
        elif waiting:
            waiting.append(cell)
        else:
            whole.append(cell.strip())
    return [*whole, delimiter.join(waiting).strip()] if waiting else whole


def read_header(line: str, dialect: Dialect) -> Header | None:
    """The array header that a line begins with, or None when it is none."""
    found = _HEADER.match(line) if "[" in line else None
    if found is None or found["key"] != found["key"].rstrip():
        return None
    delimiter, end, columns = found["delimiter"] or ",", found.end(), None
    if line.startswith("{", end):
        columns, end = _read_columns(line, end, delimiter, dialect)
    if not line.startswith(":", end):
        return None
    if len(found["length"]) > _MOST_DIGITS:
        raise KtofDecodeError("an array's length has too many digits")
    if (found["marker"] and not dialect.marker) or (found["keyed"] and not dialect.groups):
        raise KtofDecodeError(f"{'[#' if found['marker'] else '[N:'}] is of another dialect; see `dialect`")
    key = None if not found["key"] else read_key(found["key"], dialect, strict=True)
    return Header(key, int(found["length"]), delimiter, columns, line[end + 1 :].strip(), keyed=bool(found["keyed"]))


def _read_columns(line: str, start: int, delimiter: str, dialect: Dialect) -> tuple[list[tuple[str, ...]] | None, int]:
    """The paths of the columns between the braces that open at `start`, and the place behind the closing one."""
    paths: list[tuple[str, ...]] = []
    groups: tuple[str, ...] = ()
    begin, named = start + 1, False
    for found in _COLUMN_MARKS[delimiter].finditer(line, start + 1):
        mark, token = found[0], line[begin : found.start()].strip()
        if mark not in ("{", "}", delimiter):
            continue
        if mark == "{":
            groups += (_column(token, dialect),)
            if not dialect.groups:
                raise KtofDecodeError("groups of columns are of another dialect; see `dialect`")
        elif not named or token:
            paths.append((*groups, _column(token, dialect)))
        begin, named = found.end(), mark == "}"
        if mark == "}":
            if not groups:
                _check_columns(paths)
                return paths, found.end()
            groups = groups[:-1]
    return None, len(line)


def _check_columns(paths: list[tuple[str, ...]]) -> None:
    """Refuse columns of which one would overwrite another."""
    groups = {path[:end] for path in paths for end in range(1, len(path))}
    if len({*paths, *groups}) != len(paths) + len(groups):
        raise KtofDecodeError("two columns have the same name")


def _column(token: str, dialect: Dialect) -> str:
    if not token or (not token.startswith('"') and any(mark in token for mark in DELIMITERS)):
        raise KtofDecodeError("a column has no name, or one that needs quotes")
    return read_key(token, dialect, strict=True)


def split_field(line: str) -> tuple[str, str] | None:
    """Key token and the rest behind the colon, or None when the line has no colon outside quotes."""
    if line.startswith('"'):
        found = _QUOTED_KEY.match(line)
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
