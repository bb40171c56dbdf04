"""Reads a document line by line, as the lines come. `decode` and `StreamDecoder` are both this reader: they agree."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from kaizen_client.ktof.grammar import (
    MAX_DEPTH,
    Dialect,
    Header,
    KtofDecodeError,
    check_indent,
    dialect_of,
    read_header,
    read_key,
    read_scalar,
    split_cells,
    split_field,
    unquoted_index,
)

_FIELD = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*):(?:[ \t]+(.*))?", re.DOTALL)
_FENCE = re.compile(r"( *)(`{3,}|~{3,})[ \t]*(?:ktof|toon|)\s*", re.IGNORECASE)
_NOTHING_ABOVE = "this line belongs to nothing above it"
_SHOWN = 80
_NO_COLON = "a field needs a colon behind its name"


class Piece(NamedTuple):
    """A finished part of a document.

    Attributes:
        path: where it belongs: `("name",)` for a field of the document, `("rows", 3)` or `(3,)` for a value of one of
            its arrays, `()` for a document that is a single scalar.
        value: the part itself.
    """

    path: tuple[str | int, ...]
    value: Any


class _Open:
    """An object or an array that may still grow.

    Attributes:
        value: a dict or a list.
        level: of the lines that belong to it.
        line: number of the line that opened it.
        key: its name in the object that holds it, "" in an array.
        header: of an array or a table, None for an object.
        names: the columns of a table without groups.
        is_item: whether it is an object of a list.
        fresh: whether lenient reading may still find its lines deeper than they should be.
    """

    __slots__ = ("fresh", "header", "is_item", "key", "level", "line", "names", "value")

    def __init__(
        self, value: Any, level: int, line: int, key: str = "", header: Header | None = None, *, is_item: bool = False
    ) -> None:
        self.value = value
        self.level = level
        self.line = line
        self.key = key
        self.header = header
        self.names = None if header is None else header.names
        self.is_item = is_item
        self.fresh = not is_item

    def takes(self, text: str, dialect: Dialect) -> bool:
        """Whether a line at its level is its own."""
        header = self.header
        if header is None:
            return not (self.is_item and is_item(text))
        if header.columns is None:
            return is_item(text)
        return header.keyed or is_row(text, header, dialect)


class Reader:
    """Takes the lines of one document, one after another, then gives its value.

    Args:
        indent, strict, dialect: see `decode`.
        pieces: where finished parts are put, if they are wanted.
    """

    def __init__(self, indent: int, dialect: str, *, strict: bool, pieces: list[Piece] | None = None) -> None:
        check_indent(indent, KtofDecodeError)
        self.indent = indent
        self.strict = strict
        self.dialect = dialect_of(dialect, KtofDecodeError)
        self.pieces = pieces
        self.value: Any = {}
        self.open: list[_Open] = []  # from the root to the innermost
        self.number = 0
        self.blank = False
        self.fence: re.Match[str] | None = None
        self.is_scalar = False
        self.over: tuple[str, int] | None = None  # why no line may follow, and the line that is about

    def line(self, raw: str) -> None:
        """Take the next line, without its newline."""
        self.number += 1
        try:
            self._line(raw)
        except KtofDecodeError as exc:
            if exc.line:
                raise
            problem = exc.problem
        else:
            return
        raise KtofDecodeError(problem, self.number)

    def finish(self) -> Any:
        """The value of the document, all of whose lines were taken."""
        if self.fence and self.strict:
            raise KtofDecodeError("the fence around the document does not end", self.number)
        while self.open:
            self._close()
        if self.is_scalar and self.pieces is not None:
            self.pieces.append(Piece((), self.value))
        return self.value

    def _line(self, raw: str) -> None:
        content = raw.lstrip(" ")
        text = content.strip()
        if not text:
            self.blank = True
            return
        if (self.fence and self._ends_fence(raw, text)) or (self.dialect.comments and text[0] == "#"):
            return
        if self.over:
            raise KtofDecodeError(*self.over)
        if not self.open and not self.fence and (found := _FENCE.fullmatch(raw)):
            self.fence = found
            return
        margin = len(raw) - len(content)
        if self.fence:
            margin = max(0, margin - len(self.fence[1]))
        if self.strict and content[0] == "\t":
            raise KtofDecodeError("a tab in the indentation")
        level, rest = divmod(margin, self.indent)
        if self.strict and rest:
            raise KtofDecodeError(f"indented by {margin}, which is no multiple of {self.indent}")
        if self.open:
            self._next(level, text)
        else:
            self._first(level, text)

    def _ends_fence(self, raw: str, text: str) -> bool:
        """Whether this line is the end of the fence; if so, none may follow."""
        assert self.fence is not None
        margin, marks = self.fence.groups()
        if not text.startswith(marks) or text.strip(marks[0]) or not raw.startswith(margin + marks):
            return False
        self.fence = None
        self.over = ("the document ends with its fence", 0)
        return True

    def _first(self, level: int, text: str) -> None:
        """The first line says what the document is."""
        header = read_header(text, self.dialect)
        if header is not None and header.key is None:
            self._array(None, header, level + 1)
            if not self.open:
                self.over = (_NOTHING_ABOVE, 0)
        elif header is None and split_field(text) is None:
            self.value = self._scalar(text)
            self.is_scalar = True
            self.over = (_NO_COLON, self.number)
        else:
            self._begin(None, _Open({}, level, self.number))
            self._field(self.open[0], text)

    def _next(self, level: int, text: str) -> None:
        """Any other line: find what it belongs to, and read it into that."""
        top = self.open[-1]
        while level != top.level or not top.takes(text, self.dialect):
            if level > top.level and top.fresh and not self.strict:
                top.level = level
            elif level > top.level or len(self.open) == 1:
                raise KtofDecodeError(_NOTHING_ABOVE)
            else:
                self._close()
                top = self.open[-1]
        if self.blank:
            self.blank = False
            if self.strict and any(each.header is not None and each.value for each in self.open):
                raise KtofDecodeError("a blank line inside an array", self.number - 1)
        top.fresh = False
        if top.header is None:
            self._field(top, text)
        elif top.header.columns is None:
            self._item(top, text)
        else:
            self._row(top, top.header, text)

    def _field(self, top: _Open, text: str, *, first: bool = False) -> None:
        """A field of an object. The values of an array that is the first of a list item may stand beside its fields."""
        found = _FIELD.fullmatch(text)
        if found is not None:
            key, rest = found.groups()
        else:
            header = read_header(text, self.dialect)
            if header is not None and header.key is not None:
                self._array(top, header, top.level + (self.dialect.below - 1 if first else 1))
                return
            parts = split_field(text)
            if parts is None:
                raise KtofDecodeError(_NO_COLON)
            key, rest = read_key(parts[0], self.dialect, strict=self.strict), parts[1]
        if rest:
            self._put(top, key, self._scalar(rest.strip()))
        else:
            self._begin(top, _Open({}, top.level + 1, self.number, key))

    def _item(self, top: _Open, text: str) -> None:
        """An item of a list, behind its dash."""
        text = text[1:].lstrip()
        header = None
        if text and _FIELD.fullmatch(text) is None:
            header = read_header(text, self.dialect)
            if header is not None and header.key is None:
                self._array(top, header, top.level + 1)
                return
            if header is None and split_field(text) is None:
                self._put(top, "", self._scalar(text))
                return
        self._begin(top, _Open({}, top.level + 1, self.number, is_item=True))
        if text:
            self._field(self.open[-1], text, first=True)

    def _row(self, top: _Open, header: Header, text: str) -> None:
        """A row of a table."""
        key = ""
        if header.keyed:
            parts = split_field(text)
            if parts is None:
                raise KtofDecodeError(_NO_COLON)
            key, text = read_key(parts[0], self.dialect, strict=self.strict), parts[1]
        cells = split_cells(text, header.delimiter)
        columns = header.columns or ()
        if len(cells) != len(columns) and self.strict:
            raise KtofDecodeError(f"{len(cells)} values in a table of {len(columns)} columns")
        self._check(len(self.open) + header.depth)
        values = [read_scalar(cell, self.dialect, strict=self.strict) for cell in cells]
        if header.names is not None:
            self._put(top, key, dict(zip(header.names, values, strict=False)))
            return
        row: dict[str, Any] = {}
        for path, value in zip(columns, values, strict=False):
            group = row
            for name in path[:-1]:
                group = group.setdefault(name, {})
            group[path[-1]] = value
        self._put(top, key, row)

    def _array(self, top: _Open | None, header: Header, level: int) -> None:
        """An array whose header was just read: whole if its values stand behind it, else open."""
        if not header.rest:
            value: Any = {} if header.keyed else []
            self._begin(top, _Open(value, level, self.number, header.key or "", header))
            return
        if header.columns is not None:
            raise KtofDecodeError("a table's rows stand below its header")
        self._check(len(self.open) + 1)
        values = [
            read_scalar(cell, self.dialect, strict=self.strict) for cell in split_cells(header.rest, header.delimiter)
        ]
        self._check_count(header, values, self.number)
        self._put(top, header.key or "", values)

    def _scalar(self, token: str) -> Any:
        value = read_scalar(token, self.dialect, strict=self.strict)
        if isinstance(value, (list, dict)):
            self._check(len(self.open) + 1)
        return value

    def _put(self, top: _Open | None, key: str, value: Any, *, whole: bool = True) -> None:
        """Put a value where it belongs: into an object, at the end of an array, or at the root."""
        if top is None:
            self.value = value
        elif isinstance(top.value, list):
            top.value.append(value)
        elif self.strict and key in top.value:
            raise KtofDecodeError(f"the name {key[:_SHOWN]!r} stands twice")
        else:
            top.value[key] = value
        if whole:
            self._tell(key, value)

    def _begin(self, top: _Open | None, opened: _Open) -> None:
        """Put a value that may still grow, and expect its lines."""
        self._check(len(self.open) + 1)
        self._put(top, opened.key, opened.value, whole=False)
        self.open.append(opened)

    def _close(self) -> None:
        """The innermost open value has all its lines."""
        closed = self.open.pop()
        if closed.header is not None:
            self._check_count(closed.header, closed.value, closed.line)
        in_parts = not self.open or (len(self.open) == 1 and self.open[0].header is None and closed.header)
        if not (in_parts and closed.value):
            self._tell(closed.key, closed.value)

    def _tell(self, key: str, value: Any) -> None:
        """Hand out a finished value, if it is a part of the document that is handed out by itself."""
        if self.pieces is None or len(self.open) > 2:
            return
        if not self.open:
            if self.value is value and not isinstance(value, dict):
                self.pieces.append(Piece((), value))
            return
        holder = self.open[-1]
        place = key if isinstance(holder.value, dict) else len(holder.value) - 1
        if len(self.open) == 1:
            self.pieces.append(Piece((place,), value))
        elif holder.header is not None and self.open[0].header is None:
            self.pieces.append(Piece((holder.key, place), value))

    def _check(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise KtofDecodeError(f"the text is nested too deeply: over {MAX_DEPTH} levels")

    def _check_count(self, header: Header, values: Any, line: int) -> None:
        if self.strict and len(values) != header.length:
            problem = f"the header announces {header.length} values, {len(values)} are there"
            raise KtofDecodeError(problem, line)


def is_item(text: str) -> bool:
    """Whether the line is an item of a list."""
    return text == "-" or text.startswith("- ")


def is_row(text: str, header: Header, dialect: Dialect) -> bool:
    """Whether the line is a row of a table, not the next field: its first delimiter stands before any colon.

    An array header has its delimiters before the colon too, but ends the rows.
    """
    colon = unquoted_index(text, ":")
    if colon < 0:
        return True
    mark = unquoted_index(text, header.delimiter)
    return 0 <= mark < colon and read_header(text, dialect) is None
