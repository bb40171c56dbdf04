"""KTOF into values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kaizen_client.ktof.grammar import (
    Header,
    KtofDecodeError,
    is_plain_key,
    read_header,
    read_key,
    read_scalar,
    split_cells,
    split_field,
    unquoted_index,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def decode(text: str, *, indent: int = 2, strict: bool = True) -> Any:
    """The value that a KTOF text stands for. An empty text is an empty object.

    Args:
        text: the whole document.
        indent: blanks for each level, as the writer used them.
        strict: check indentation, declared counts, and blank lines inside arrays. Without it they are forgiven:
            what is there is read, levels are rounded down.

    Raises:
        KtofDecodeError: the text breaks the format; `line` says where.
    """
    check_indent(indent)
    reader = Reader(lines_of(text, indent, strict=strict), strict=strict)
    return reader.followed(reader.document)


def looks_like_ktof(text: str, *, indent: int = 2, strict: bool = True) -> bool:
    """Whether the text is a KTOF object or array as an encoder writes it, and not prose that happens to decode.

    A field name of several unquoted words, or a line without a structure, is prose. Without `strict`, a text counts
    also when its indentation or its counts are wrong.
    """
    try:
        value = decode(text, indent=indent, strict=strict)
    except KtofDecodeError:
        return False
    if not isinstance(value, (dict, list)) or not text.strip():
        return False
    for line in text.split("\n"):
        if not line.strip() or line.startswith((" ", '"')) or read_header(line.rstrip()):
            continue
        field = split_field(line)
        if field is None or not is_plain_key(field[0]):
            return False
    return True


class Line(NamedTuple):
    """One line: level, text without its indentation, number from 1, and whether blank lines stand before it."""

    depth: int
    text: str
    number: int
    after_blank: bool = False


def check_indent(indent: int) -> None:
    """Refuse an indentation that no encoder can have used."""
    if isinstance(indent, bool) or not isinstance(indent, int) or indent < 1:
        raise KtofDecodeError(f"indent must be an integer of at least 1, got {indent!r}")


def lines_of(text: str, indent: int, *, strict: bool) -> list[Line]:
    """The lines that hold something."""
    lines: list[Line] = []
    blank = False
    for number, raw in enumerate(text.split("\n"), 1):
        line = read_line(raw, number, indent, strict=strict, after_blank=blank)
        blank = line is None
        if line is not None:
            lines.append(line)
    return lines


def read_line(raw: str, number: int, indent: int, *, strict: bool, after_blank: bool) -> Line | None:
    """One line with its level, or None for a blank one."""
    content = raw.lstrip(" ")
    margin = len(raw) - len(content)
    stripped = content.strip()
    if not stripped:
        return None
    if strict:
        if content[0] == "\t":
            raise KtofDecodeError("a tab in the indentation", number)
        if margin % indent:
            raise KtofDecodeError(f"indented by {margin}, which is no multiple of {indent}", number)
    return Line(margin // indent, stripped, number, after_blank)


class Reader:
    """Walks over the lines of one document, or of one piece of it."""

    def __init__(self, lines: list[Line], *, strict: bool) -> None:
        self.lines = lines
        self.strict = strict
        self.position = 0

    def followed(self, read: Callable[[], Any]) -> Any:
        """What `read` gives, unless it is nested deeper than Python can follow."""
        try:
            return read()
        except RecursionError:
            pass
        raise self.error("the text is nested too deeply", self.lines[self.position - 1])

    def document(self) -> Any:
        """The whole document."""
        if not self.lines:
            return {}
        first = self.lines[0]
        header = self.header(first)
        value: Any
        if header is not None and header.key is None:
            self.position = 1
            value = self.array(header, first.depth + 1, first)
        elif len(self.lines) == 1 and header is None and split_field(first.text) is None:
            self.position = 1
            value = self.scalar(first.text, first)
        else:
            value = self.fields(first.depth)
        if self.position < len(self.lines):
            raise self.error("this line belongs to nothing above it", self.lines[self.position])
        return value

    def fields(self, depth: int) -> dict[str, Any]:
        """The fields of an object, one level of the document."""
        value: dict[str, Any] = {}
        while (line := self.at(depth)) is not None:
            self.position += 1
            self.field(value, line, line.text, depth + 1)
        return value

    def field(self, value: dict[str, Any], line: Line, text: str, below: int) -> None:
        """Read one field into `value`; what belongs to it stands from level `below` on."""
        header = self.header(line, text)
        if header is not None and header.key is not None:
            value[header.key] = self.array(header, below, line)
            return
        parts = split_field(text)
        if parts is None:
            raise self.error("a field needs a colon behind its name", line)
        key, rest = self.guard(line, read_key, parts[0]), parts[1]
        if rest:
            value[key] = self.scalar(rest, line)
        else:
            value[key] = self.fields(self.lines[self.position].depth) if self.deeper(below) else {}

    def array(self, header: Header, depth: int, line: Line) -> list[Any]:
        """The values of an array whose header was just read."""
        if not self.strict and self.deeper(depth):
            depth = self.lines[self.position].depth
        if header.fields is not None:
            if header.rest:
                raise self.error("a table's rows stand below its header", line)
            values = self.rows(header, depth)
        elif header.rest:
            values = [self.scalar(cell, line) for cell in self.guard(line, split_cells, header.rest, header.delimiter)]
        else:
            values = self.items(depth)
        self.check_count(header, len(values), line)
        return values

    def rows(self, header: Header, depth: int) -> list[Any]:
        values: list[Any] = []
        while (line := self.at(depth)) is not None and is_row(line.text, header.delimiter):
            self.refuse_gap(line, inside=bool(values))
            self.position += 1
            values.append(self.row(header, line))
        return values

    def row(self, header: Header, line: Line) -> dict[str, Any]:
        """One row of a table."""
        fields = header.fields or []
        cells = self.guard(line, split_cells, line.text, header.delimiter)
        if len(cells) != len(fields) and self.strict:
            raise self.error(f"{len(cells)} values in a table of {len(fields)} columns", line)
        return {name: self.scalar(cell, line) for name, cell in zip(fields, cells, strict=False)}

    def items(self, depth: int) -> list[Any]:
        values: list[Any] = []
        while (line := self.at(depth)) is not None and is_item(line.text):
            self.refuse_gap(line, inside=bool(values))
            values.append(self.item(depth))
        return values

    def item(self, depth: int) -> Any:
        """The list item at the current line."""
        line = self.lines[self.position]
        self.position += 1
        text = line.text[1:].strip()
        if not text:
            return self.fields(depth + 1)
        header = self.header(line, text)
        if header is not None and header.key is None:
            return self.array(header, depth + 1, line)
        if header is None and split_field(text) is None:
            return self.scalar(text, line)
        value: dict[str, Any] = {}
        nested = header is None and depth + 2
        self.field(value, line, text, nested or depth + 1)
        while (sibling := self.at(depth + 1)) is not None and not is_item(sibling.text):
            self.position += 1
            self.field(value, sibling, sibling.text, depth + 2)
        return value

    def at(self, depth: int) -> Line | None:
        """The current line if it stands at this level."""
        if self.position < len(self.lines) and self.lines[self.position].depth == depth:
            return self.lines[self.position]
        return None

    def deeper(self, depth: int) -> bool:
        """Whether the current line stands at this level or below; strictly, it must be exactly there."""
        if self.position == len(self.lines):
            return False
        found = self.lines[self.position].depth
        return found == depth if self.strict else found >= depth

    def check_count(self, header: Header, found: int, line: Line) -> None:
        """Hold the number of values against the declared one."""
        if self.strict and found != header.length:
            raise self.error(f"the header announces {header.length} values, {found} are there", line)

    def refuse_gap(self, line: Line, *, inside: bool) -> None:
        """No blank line may stand between the values of an array."""
        if self.strict and inside and line.after_blank:
            raise KtofDecodeError("a blank line inside an array", line.number - 1)

    def header(self, line: Line, text: str | None = None) -> Header | None:
        return self.guard(line, read_header, line.text if text is None else text)  # type: ignore[no-any-return]

    def scalar(self, token: str, line: Line) -> Any:
        return self.guard(line, read_scalar, token)

    def guard(self, line: Line, read: Any, *arguments: Any) -> Any:
        """Call a reader of words; its error gets the line's number."""
        try:
            return read(*arguments)
        except KtofDecodeError as exc:
            problem = exc.problem
        raise self.error(problem, line)

    def error(self, problem: str, line: Line) -> KtofDecodeError:
        return KtofDecodeError(problem, line.number)


def is_item(text: str) -> bool:
    """Whether the line is an item of a list."""
    return text == "-" or text.startswith("- ")


def is_row(text: str, delimiter: str) -> bool:
    """Whether the line is a row of a table, not the next field: its first delimiter stands before any colon.

    An array header has its delimiters before the colon too, but ends the rows.
    """
    colon = unquoted_index(text, ":")
    if colon < 0:
        return True
    mark = unquoted_index(text, delimiter)
    return 0 <= mark < colon and read_header(text) is None
