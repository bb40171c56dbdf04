"""The words of the format, both ways: scalars, quoted texts, field names, and where a line is split."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from kaizen_client.ktof.dialects import DELIMITERS, KtofDecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kaizen_client.ktof.dialects import Dialect

WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""What begins with a letter is a word or a text."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {written[1]: sign for sign, written in _ESCAPES.items()}
BLANKS = " \t\r"
"""What may stand around a token. Other white space is a part of it."""

_EXACT_FLOAT = 2**53

_ESCAPED = re.compile(r'[\\"\n\r\t]')
_CONTROL = re.compile(r"[\x00-\x1f]")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.?)", re.DOTALL)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_PLAIN_TEXT = r"[A-Za-z_](?:[A-Za-z0-9_./@+ -]*[A-Za-z0-9_./@+-])?"
PLAIN = re.compile(_PLAIN_TEXT)
"""Nearly every text there is: it needs no quotes, unless it is one of the words."""
PLAIN_LINES = re.compile(rf"{_PLAIN_TEXT}(?:\n{_PLAIN_TEXT})*")
_INTEGER_LINES = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\n(?:0|[1-9][0-9]{0,17}))*")
QUOTED = r'"(?:[^"\\]|\\.)*"'
_STRING = re.compile(QUOTED, re.DOTALL)
_DIGITS = frozenset("0123456789")
_NUMBER_STARTS = _DIGITS | {"-"}
_JSON = {"[": "]", "{": "}"}
_QUOTED_KEY = re.compile(QUOTED + r"[ \t\r]*:", re.DOTALL)
TO_ITS_END = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'  # or to the end of the line, where the closing quote is missing
_OUTSIDE = {mark: re.compile(f"{TO_ITS_END}|{re.escape(mark)}", re.DOTALL) for mark in (*DELIMITERS, ":")}


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


def read_scalar(token: str, dialect: Dialect, strict: bool) -> Any:
    """What a token stands for; the token has no blanks around it."""
    first = token[:1]
    if first in _DIGITS and token.isdigit() and token.isascii() and (first != "0" or len(token) == 1):
        return _integer(token)
    if first == '"':
        return unquote(token, dialect)
    if first in _JSON:
        return _read_brackets(token, strict=strict)
    if first not in _NUMBER_STARTS:
        return WORDS.get(token, token)
    if not _NUMBER.fullmatch(token):
        return token
    number = float(token)
    if number.is_integer():
        if abs(number) <= _EXACT_FLOAT:
            return int(number)
        return _integer(token) if token[1:].isdigit() else number
    if math.isinf(number):
        raise KtofDecodeError("a number is too large")
    return number


def read_column(cells: Sequence[str], dialect: Dialect, strict: bool) -> Sequence[Any]:
    """What some tokens without quotes stand for. A column is mostly of one kind, and then goes through at once."""
    joined = "\n".join(cells)
    if PLAIN_LINES.fullmatch(joined) and WORDS.keys().isdisjoint(cells):
        return cells
    if _INTEGER_LINES.fullmatch(joined):
        return list(map(int, cells))
    return [read_scalar(cell.strip(BLANKS), dialect, strict) for cell in cells]


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
        return [cell.strip(BLANKS) for cell in cells]
    if "\\" not in text:
        return _rejoined(cells, delimiter)
    cells, start = [], 0
    for found in _OUTSIDE[delimiter].finditer(text):
        if found[0] == delimiter:
            cells.append(text[start : found.start()].strip(BLANKS))
            start = found.end()
    return [*cells, text[start:].strip(BLANKS)]


def _rejoined(cells: list[str], delimiter: str) -> list[str]:
    """Cells that were split inside quotes, put together again: a whole cell has its quotes in pairs."""
    whole: list[str] = []
    waiting: list[str] = []
    for cell in cells:
        if cell.count('"') % 2:
            if waiting:
                whole.append(delimiter.join([*waiting, cell]).strip(BLANKS))
                waiting = []
            else:
                waiting.append(cell)
        elif waiting:
            waiting.append(cell)
        else:
            whole.append(cell.strip(BLANKS))
    return [*whole, delimiter.join(waiting).strip(BLANKS)] if waiting else whole


def split_field(line: str) -> tuple[str, str] | None:
    """Key token and the rest behind the colon, or None when the line has no colon outside quotes."""
    if line.startswith('"'):
        found = _QUOTED_KEY.match(line)
        return None if found is None else (found[0][:-1].rstrip(BLANKS), line[found.end() :].strip(BLANKS))
    colon = unquoted_index(line, ":")
    return None if colon < 0 else (line[:colon].strip(BLANKS), line[colon + 1 :].strip(BLANKS))


def unquoted_index(line: str, mark: str) -> int:
    """Where the mark first stands outside quotes, or -1."""
    first = line.find(mark)
    return first if first < 0 or '"' not in line else next(_unquoted(line, mark), -1)


def _unquoted(text: str, mark: str) -> Iterator[int]:
    """Where the mark stands outside quotes."""
    return (found.start() for found in _OUTSIDE[mark].finditer(text) if found[0] == mark)
