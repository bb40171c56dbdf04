"""Reads a document line by line, as the lines come. `decode` and `StreamDecoder` are both this reader: they agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kaizen_client.ktof.dialects import MAX_DEPTH, KtofDecodeError, check_indent, dialect_of
from kaizen_client.ktof.headers import Header, read_header
from kaizen_client.ktof.parts import Open, Piece, grouped, is_no_item, path_of, twice
from kaizen_client.ktof.words import (
    BLANKS,
    LETTERS,
    WORDS,
    read_column,
    read_key,
    read_scalar,
    split_cells,
    split_field,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIELD = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)(?:\[(0|[1-9][0-9]{0,14})\])?:(?:[ \t\r]+(.*))?", re.DOTALL)
FENCE = re.compile(r"( *)(`{3,}|~{3,})[ \t]*(ktof|toon|)[ \t\r]*", re.IGNORECASE)
_NOTHING_ABOVE = "this line belongs to nothing above it"
_TOO_DEEP = f"the text is nested too deeply: over {MAX_DEPTH} levels"
_NO_COLON = "a field needs a colon behind its name"


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
        self.open: list[Open] = []  # from the root to the innermost
        self.table: Open | None = None  # the innermost, if it is a table that can be taken column by column
        self.number = 0
        self.blank = False
        self.fence: re.Match[str] | None = None
        self.guarded = True  # whether a line may be none of the document
        self.is_scalar = False
        self.over: tuple[str, int] | None = None  # why no line may follow, and the line that is about

    def take(self, lines: Sequence[str]) -> None:
        """Take the next lines, without their newlines."""
        position = 0
        if not self.number:
            lines = [lines[0].removeprefix("\ufeff"), *lines[1:]]  # the mark of a file
        try:
            while position < len(lines):
                self.number += 1
                self._line(lines[position])
                position += 1
                if self.table is not None and not (self.guarded or self.blank):
                    taken = self._rows(self.table, lines, position)
                    position += taken
                    self.number += taken
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
        text = content.strip(BLANKS)
        if not text:
            self.blank = True
            return
        margin = len(raw) - len(content)
        if self.guarded:
            if self._is_around(raw, text):
                return
            margin = max(0, margin - len(self.fence[1])) if self.fence else margin
        if content[0] == "\t" and self.strict:
            raise KtofDecodeError("a tab in the indentation")
        if not self.open:
            self._first(self._level(margin), text)
            return
        top = self.open[-1]
        if margin != top.margin or (top.takes is not None and not top.takes(text)):
            top = self._holder(self._level(margin), text)
        if self.blank:
            self._check_gap()
        top.fresh = False
        if (header := top.header) is None:
            self._field(top, text, _FIELD.fullmatch(text))
        elif header.columns is None:
            self._item(top, text)
        else:
            self._row(top, header, text)

    def _is_around(self, raw: str, text: str) -> bool:
        """Whether the line is no part of the document: a fence around it, or a comment."""
        if self.dialect.comments and text[0] == "#":
            return True
        if self.fence is not None:
            margin, marks, _ = self.fence.groups()
            if raw.startswith(margin + marks) and not text.strip(marks[0]):
                while self.open:
                    self._close()
                self.fence, self.over = None, ("the document ends with its fence", 0)
                return True
        if self.over:
            raise KtofDecodeError(*self.over)
        if self.open or self.fence is not None:
            return False
        self.fence = FENCE.fullmatch(raw)
        self.guarded = self.fence is not None or self.dialect.comments
        return self.fence is not None

    def _level(self, margin: int) -> int:
        """The margin if a line may have it; leniently, that of the level it falls into."""
        rest = margin % self.indent
        if rest and self.strict:
            raise KtofDecodeError(f"indented by {margin}, which is no multiple of {self.indent}")
        return margin - rest

    def _first(self, margin: int, text: str) -> None:
        """The first line says what the document is."""
        header = read_header(text, self.dialect)
        if header is not None and header.key is None:
            self._array(None, header, margin + self.indent)
            if not self.open:
                self.over, self.guarded = (_NOTHING_ABOVE, 0), True
        elif header is None and split_field(text) is None:
            self.value = self._scalar(text)
            self.is_scalar = self.guarded = True
            self.over = (_NO_COLON, self.number)
        else:
            self._field(self._begin(None, "", {}, margin), text, _FIELD.fullmatch(text))

    def _holder(self, margin: int, text: str) -> Open:
        """What a line belongs to. All that is open inside of that is closed."""
        top = self.open[-1]
        while margin != top.margin or (top.takes is not None and not top.takes(text)):
            if margin > top.margin and top.fresh and not self.strict:
                top.margin = margin
            elif margin > top.margin or len(self.open) == 1:
                raise KtofDecodeError(_NOTHING_ABOVE)
            else:
                self._close()
                top = self.open[-1]
        return top

    def _check_gap(self) -> None:
        """No blank line may stand between the values of an array."""
        self.blank = False
        if self.strict and any(each.header is not None and each.value for each in self.open):
            raise KtofDecodeError("a blank line inside an array", self.number - 1)

    def _field(self, top: Open, text: str, plain: re.Match[str] | None, first: int = 0) -> None:
        """A field of an object.

        Args:
            plain: the line, where it is one with a plain name.
            first: for the first field of a list item, how much nearer the values of an array stand.
        """
        if plain is not None:
            key, length, rest = plain.groups()
            if length is not None:
                if rest:
                    self._put(top, key, self._inline(int(length), rest, ","))
                else:
                    opened = Header(key, int(length), ",", None, "", keyed=False)
                    self._begin(top, key, [], top.margin + self.indent - first, opened)
                return
        else:
            header = read_header(text, self.dialect)
            if header is not None and header.key is not None:
                self._array(top, header, top.margin + self.indent - first)
                return
            parts = split_field(text)
            if parts is None:
                raise KtofDecodeError(_NO_COLON)
            key, rest = read_key(parts[0], self.dialect, strict=self.strict), parts[1]
        if not rest:
            self._begin(top, key, {}, top.margin + self.indent)
            return
        value = WORDS.get(rest, rest) if rest[0] in LETTERS else self._scalar(rest)
        if key in top.value and self.strict:
            raise twice(key)
        top.value[key] = value
        if self.pieces is not None:
            self._tell(key, value)

    def _item(self, top: Open, text: str) -> None:
        """An item of a list, behind its dash."""
        text = text[1:].lstrip(BLANKS)
        plain = _FIELD.fullmatch(text)
        if text and plain is None:
            header = read_header(text, self.dialect)
            if header is not None and header.key is None:
                self._array(top, header, top.margin + self.indent)
                return
            if header is None and split_field(text) is None:
                self._put(top, "", self._scalar(text))
                return
        item = self._begin(top, "", {}, top.margin + self.indent)
        item.takes, item.fresh = is_no_item, False
        if text:
            self._field(item, text, plain, 0 if self.dialect.deeper else self.indent)

    def _row(self, top: Open, header: Header, text: str) -> None:
        """A row of a table."""
        key, dialect, strict = "", self.dialect, self.strict
        if header.keyed:
            parts = split_field(text)
            if parts is None:
                raise KtofDecodeError(_NO_COLON)
            key, text = read_key(parts[0], dialect, strict=strict), parts[1]
        cells = split_cells(text, header.delimiter)
        if len(cells) != header.width and strict:
            raise KtofDecodeError(f"{len(cells)} values in a table of {header.width} columns")
        values = [
            WORDS.get(cell, cell) if cell[:1] in LETTERS else read_scalar(cell, dialect, strict) for cell in cells
        ]
        names = header.names
        row = grouped(header.columns or [], values) if names is None else dict(zip(names, values))  # noqa: B905
        self._put(top, key, row)

    def _rows(self, top: Open, lines: Sequence[str], start: int) -> int:
        """Take as many rows as stand there without anything between them, column by column.

        What `_row` does with each of them, in half the time. Where that finds fault with one, it shall say so.
        """
        header, names = top.header, top.names
        assert header is not None
        assert names is not None
        margin, delimiter, rows = " " * top.margin, header.delimiter, list[list[str]]()
        for position in range(start, len(lines)):
            line = lines[position]
            text = line.strip(BLANKS)
            cells = text.split(delimiter) if '"' not in text else split_cells(text, delimiter)
            if (
                len(cells) != header.width
                or margin + text != line
                or not text
                or (":" in text and not header.is_row(text))
            ):
                break
            rows.append(cells)
        try:
            columns = [read_column(column, self.dialect, self.strict) for column in zip(*rows, strict=True)]
        except KtofDecodeError:
            self.table = None
            return 0
        top.value += [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        top.fresh = not top.value
        return len(rows)

    def _array(self, top: Open | None, header: Header, margin: int) -> None:
        """An array whose header was just read: whole if its values stand behind it, else open."""
        key = header.key or ""
        if not header.rest:
            self._check(len(self.open) + 1 + header.depth)
            self._begin(top, key, {} if header.keyed else [], margin, header)
            return
        if header.columns is not None:
            raise KtofDecodeError("a table's rows stand below its header")
        self._put(top, key, self._inline(header.length, header.rest, header.delimiter))

    def _inline(self, length: int, rest: str, delimiter: str) -> list[Any]:
        """The values that stand behind a header."""
        self._check(len(self.open) + 1)
        dialect, strict = self.dialect, self.strict
        values = [read_scalar(cell, dialect, strict) for cell in split_cells(rest, delimiter)]
        self._check_count(length, len(values), self.number)
        return values

    def _scalar(self, token: str) -> Any:
        if token[0] in "[{":  # it may stand for an empty array or object
            self._check(len(self.open) + 1)
        return read_scalar(token, self.dialect, self.strict)

    def _put(self, top: Open | None, key: str, value: Any) -> None:
        """Put a whole value where it belongs."""
        self._place(top, key, value)
        if self.pieces is not None:
            self._tell(key, value)

    def _place(self, top: Open | None, key: str, value: Any) -> None:
        if top is None:
            self.value = value
            return
        holder = top.value
        if type(holder) is list:
            holder.append(value)
            return
        if key in holder and self.strict:
            raise twice(key)
        holder[key] = value

    def _begin(self, top: Open | None, key: str, value: Any, margin: int, header: Header | None = None) -> Open:
        """Put a value whose lines are still to come."""
        if len(self.open) >= MAX_DEPTH:
            raise KtofDecodeError(_TOO_DEEP)
        self._place(top, key, value)
        opened = Open(value, margin, self.number, key, header)
        self.table = opened if opened.names and self.pieces is None else None
        self.open.append(opened)
        return opened

    def _close(self) -> None:
        """The innermost open value has all its lines."""
        closed, self.table = self.open.pop(), None
        if closed.header is not None:
            self._check_count(closed.header.length, len(closed.value), closed.line)
        if self.pieces is not None:
            in_parts = not self.open or (len(self.open) == 1 and self.open[0].header is None and closed.header)
            if not (in_parts and closed.value):
                self._tell(closed.key, closed.value)

    def _tell(self, key: str, value: Any) -> None:
        """Hand out a whole value, if it is a part of the document that is handed out by itself."""
        path = path_of(self.open, key, value)
        if path is not None and self.pieces is not None:
            self.pieces.append(Piece(path, value))

    def _check(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise KtofDecodeError(_TOO_DEEP)

    def _check_count(self, announced: int, found: int, line: int) -> None:
        if self.strict and found != announced:
            raise KtofDecodeError(f"the header announces {announced} values, {found} are there", line)
