"""Array headers: `users[2|]{id|name}: `."""

from __future__ import annotations

import re

from kaizen_client.ktof.dialects import DELIMITERS, DIALECTS, Dialect, KtofDecodeError
from kaizen_client.ktof.words import BLANKS, QUOTED, TO_ITS_END, read_key, unquoted_index

_MOST_DIGITS = 15  # of a length; no text has that many values
_HEADER = re.compile(rf'({QUOTED}|[^"\[\]{{}}:]*)\[(#?)(0|[1-9][0-9]*)(:?)([\t|]?)\]', re.DOTALL)
_COLUMN_MARKS = {mark: re.compile(f"{TO_ITS_END}|[{{}}]|{re.escape(mark)}", re.DOTALL) for mark in DELIMITERS}


class Header:
    """What `users[2|]{id|name}: ` says about an array.

    Attributes:
        key: the field that holds the array, None for an array without a name.
        length: how many values it announces.
        columns: the paths of a table's columns, None when the values stand inline or as a list.
        keyed: whether each row has a key before it, so that the rows make an object.
        rest: what follows the colon, stripped.
        names: the names of the columns, None where some stand in groups.
        depth: the levels of a row: 1, more where columns stand in groups; 0 without columns.
    """

    __slots__ = ("columns", "delimiter", "depth", "key", "keyed", "length", "names", "rest", "width")

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
        self.width = 0 if columns is None else len(columns)
        self.depth = max(map(len, columns)) if columns else 0
        self.names = [path[0] for path in columns] if columns and self.depth == 1 else None

    def is_row(self, text: str) -> bool:
        """Whether a line is a row of this table, not the next field: its first delimiter stands before any colon.

        An array header has its delimiters before the colon too, but ends the rows.
        """
        colon = unquoted_index(text, ":")
        if colon < 0:
            return True
        mark = unquoted_index(text, self.delimiter)
        return 0 <= mark < colon and not _is_header(text)


def read_header(line: str, dialect: Dialect) -> Header | None:
    """The array header that a line begins with, or None when it is none."""
    found = _HEADER.match(line) if "[" in line else None
    if found is None:
        return None
    name, marker, length, keyed, delimiter = found.groups()
    end, columns = found.end(), None
    delimiter = delimiter or ","
    if line.startswith("{", end):
        columns, end = _read_columns(line, end, delimiter, dialect)
    if not line.startswith(":", end) or name != name.rstrip(BLANKS):
        return None
    if len(length) > _MOST_DIGITS:
        raise KtofDecodeError("an array's length has too many digits")
    if (marker and not dialect.marker) or (keyed and not dialect.groups):
        raise KtofDecodeError(f"{'[#' if marker else '[N:'}] is of another dialect; see `dialect`")
    key = read_key(name, dialect, strict=True) if name else None
    return Header(key, int(length), delimiter, columns, line[end + 1 :].strip(BLANKS), keyed=bool(keyed))


def _is_header(line: str) -> bool:
    try:
        return any(read_header(line, dialect) is not None for dialect in DIALECTS.values())
    except KtofDecodeError:
        return True


def _read_columns(line: str, start: int, delimiter: str, dialect: Dialect) -> tuple[list[tuple[str, ...]] | None, int]:
    """The paths of the columns between the braces that open at `start`, and the place behind the closing one."""
    paths: list[tuple[str, ...]] = []
    groups: tuple[str, ...] = ()
    begin, named = start + 1, False
    for found in _COLUMN_MARKS[delimiter].finditer(line, start + 1):
        mark, token = found[0], line[begin : found.start()].strip(BLANKS)
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
