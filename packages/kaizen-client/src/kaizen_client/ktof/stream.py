"""Decoding while the text is still arriving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kaizen_client.ktof.decoder import Line, Reader, check_indent, is_item, is_row, read_line
from kaizen_client.ktof.grammar import Header, KtofDecodeError, split_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_NOTHING: Any = object()


class Piece(NamedTuple):
    """A finished part of a document.

    Attributes:
        path: where it belongs: `("name",)` for a field of the document, `("rows", 3)` or `(3,)` for a value of one of
            its arrays, `()` for a document that is a single scalar.
        value: the part itself.
    """

    path: tuple[str | int, ...]
    value: Any


class StreamDecoder:
    """Takes a document in chunks of any size and hands out each part as soon as it is whole.

    Parts are the fields of the document and, one by one, the rows and items of its arrays. `close()` gives the value
    that `decode` would have given, after the same checks.
    """

    def __init__(self, *, indent: int = 2, strict: bool = True) -> None:
        check_indent(indent)
        self._indent = indent
        self._strict = strict
        self._tail: list[str] = []  # the pieces of the line that is still arriving
        self._number = 0
        self._blank = False
        self._unit: list[Line] = []  # the lines of the part that is still growing
        self._array: tuple[Header, Line, list[Any]] | None = None
        self._root: Any = _NOTHING

    def feed(self, chunk: str) -> list[Piece]:
        """Take more text; the parts that it completed.

        Raises:
            KtofDecodeError: what arrived so far cannot become a document.
        """
        end, *lines = chunk.split("\n")
        self._tail.append(end)
        pieces: list[Piece] = []
        for line in lines:
            pieces += self._line("".join(self._tail))
            self._tail = [line]
        return pieces

    def close(self) -> tuple[list[Piece], Any]:
        """The last parts and the whole document.

        Raises:
            KtofDecodeError: the document is cut short, or broken.
        """
        pieces = [*self._line("".join(self._tail)), *self._finish_unit(), *self._finish_array()]
        self._tail = []
        return pieces, {} if self._root is _NOTHING else self._root

    def _line(self, raw: str) -> Iterator[Piece]:
        self._number += 1
        line = read_line(raw, self._number, self._indent, strict=self._strict, after_blank=self._blank)
        self._blank = line is None
        if line is None:
            return
        if line.depth == 0:
            yield from self._finish_unit()
            yield from self._finish_array()
            header = self._reader([line]).header(line)
            if header is not None and not header.rest and header.length:
                self._open(header, line)
                return
        elif self._array is not None and line.depth == 1:
            yield from self._finish_unit()
        elif self._array is None and not self._unit:
            raise KtofDecodeError("this line belongs to nothing above it", line.number)
        self._unit.append(line)
        if line.depth == 0 and self._is_whole(line):
            yield from self._finish_unit()

    def _is_whole(self, line: Line) -> bool:
        """Whether a line at the root can have nothing below it: its value stands behind its colon."""
        header = self._reader([line]).header(line)
        field = split_field(line.text)
        return bool(header.rest if header is not None else field and field[1])

    def _open(self, header: Header, line: Line) -> None:
        values: list[Any] = []
        if header.key is not None:
            self._fields(line)[header.key] = values
        elif self._root is not _NOTHING:
            raise KtofDecodeError("only one value may stand at the root", line.number)
        else:
            self._root = values
        self._array = header, line, values

    def _finish_unit(self) -> Iterator[Piece]:
        lines, self._unit = self._unit, []
        if not lines:
            return
        if self._array is not None:
            yield self._value(lines)
            return
        reader = self._reader(lines)
        value = reader.followed(reader.document)
        if self._root is _NOTHING and not isinstance(value, dict):
            self._root = value
            yield Piece((), value)
            return
        if not isinstance(value, dict):
            raise KtofDecodeError("a field needs a colon behind its name", lines[0].number)
        self._fields(lines[0]).update(value)
        for key, part in value.items():
            yield Piece((key,), part)

    def _value(self, lines: list[Line]) -> Piece:
        """The row or item that these lines are."""
        assert self._array is not None
        header, _, values = self._array
        reader, first = self._reader(lines), lines[0]
        reader.refuse_gap(first, inside=bool(values))
        if header.fields is not None and is_row(first.text, header.delimiter):
            reader.position = 1
            values.append(reader.row(header, first))
        elif header.fields is None and is_item(first.text):
            values.append(reader.followed(lambda: reader.item(first.depth)))
        if reader.position < len(lines):
            raise KtofDecodeError("this line belongs to nothing above it", lines[reader.position].number)
        path = (len(values) - 1,) if header.key is None else (header.key, len(values) - 1)
        return Piece(path, values[-1])

    def _finish_array(self) -> Iterator[Piece]:
        array, self._array = self._array, None
        if array is not None:
            header, line, values = array
            self._reader([]).check_count(header, len(values), line)
        return iter(())

    def _fields(self, line: Line) -> dict[str, Any]:
        """The document as an object, which it must be when a field stands at its root."""
        if self._root is _NOTHING:
            self._root = {}
        if not isinstance(self._root, dict):
            raise KtofDecodeError("only one value may stand at the root", line.number)
        return self._root

    def _reader(self, lines: list[Line]) -> Reader:
        return Reader(lines, strict=self._strict)


def iter_decode(chunks: Iterable[str], *, indent: int = 2, strict: bool = True) -> Iterator[Piece]:
    """Each part of a document as soon as the chunks have completed it.

    Raises:
        KtofDecodeError: the text breaks the format.
    """
    decoder = StreamDecoder(indent=indent, strict=strict)
    for chunk in chunks:
        yield from decoder.feed(chunk)
    yield from decoder.close()[0]
