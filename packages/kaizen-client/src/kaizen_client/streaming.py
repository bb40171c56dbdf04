"""Answers for parts of a KTOF text that is still arriving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaizen_client.ktof.stream import StreamDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaizen_client.ktof.parts import Piece


class Parts:
    """Turns chunks of text into answers shaped like those of `prompts_decode`."""

    def __init__(self, indent: int, *, strict: bool) -> None:
        self._decoder = StreamDecoder(indent=indent, strict=strict)

    def feed(self, chunk: str) -> Iterator[dict[str, Any]]:
        """An answer for each part that the chunk completed."""
        return (_partial(piece) for piece in self._decoder.feed(chunk))

    def close(self) -> Iterator[dict[str, Any]]:
        """The answers for the last parts, then the one for the whole."""
        pieces, whole = self._decoder.close()
        yield from (_partial(piece) for piece in pieces)
        yield {"operation": "prompts.decode", "status": "ok", "path": [], "result": whole}


def _partial(piece: Piece) -> dict[str, Any]:
    return {"operation": "prompts.decode", "status": "partial", "path": list(piece.path), "result": piece.value}
