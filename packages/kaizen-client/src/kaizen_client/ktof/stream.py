"""Decoding while the text is still arriving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaizen_client.ktof.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kaizen_client.ktof.dialects import DialectName
    from kaizen_client.ktof.parts import Piece


class StreamDecoder:
    """Takes a document in chunks of any size and hands out each part as soon as it is whole.

    Parts are the fields of the document and, one by one, the rows and items of its arrays. `close()` gives the value
    that `decode` would have given, after the same checks. Options are those of `decode`.
    """

    def __init__(self, *, indent: int = 2, strict: bool = True, dialect: DialectName = "ktof") -> None:
        self._pieces: list[Piece] = []
        self._reader = Reader(indent, dialect, strict=strict, pieces=self._pieces)
        self._tail: list[str] = []  # the parts of the line that is still arriving

    def feed(self, chunk: str) -> list[Piece]:
        """Take more text; the parts that it completed.

        Raises:
            KtofDecodeError: what arrived so far cannot become a document.
        """
        end, *lines = chunk.split("\n")
        self._tail.append(end)
        if lines:
            whole, self._tail = "".join(self._tail), [lines.pop()]
            self._reader.take([whole, *lines])
        return self._taken()

    def close(self) -> tuple[list[Piece], Any]:
        """The last parts and the whole document.

        Raises:
            KtofDecodeError: the document is cut short, or broken.
        """
        self._reader.take(["".join(self._tail)])
        self._tail = []
        value = self._reader.finish()
        return self._taken(), value

    def _taken(self) -> list[Piece]:
        pieces = self._pieces[:]
        self._pieces.clear()
        return pieces


def iter_decode(
    chunks: Iterable[str], *, indent: int = 2, strict: bool = True, dialect: DialectName = "ktof"
) -> Iterator[Piece]:
    """Each part of a document as soon as the chunks have completed it.

    Raises:
        KtofDecodeError: the text breaks the format.
    """
    decoder = StreamDecoder(indent=indent, strict=strict, dialect=dialect)
    for chunk in chunks:
        yield from decoder.feed(chunk)
    yield from decoder.close()[0]
