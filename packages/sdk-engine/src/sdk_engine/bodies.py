"""Bodies: JSON out, content codings undone under a cap, typed results in."""

from __future__ import annotations

import functools
import itertools
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sdk_engine.errors import ConfigurationError
from sdk_engine.messages import WireFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sdk_engine.messages import Response

T = TypeVar("T")

KEPT_BODY = 4096
"""Bytes of an error's body that stay on the exception."""

_BOM = b"\xef\xbb\xbf"
_KEPT_STRING = 200
_KEPT_DEPTH = 50
_LONGEST_PLACE = 100
_MAX_CODINGS = 2
_PIECE = 256 * 1024
_encode_text = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode


class UndecodableBody(Exception):
    """The body is not what was promised; the message names the field."""


class RefusedInside(Exception):
    """The answer says success in its status and no in its body."""


class Content(NamedTuple):
    """A body that is bytes already, and its media type; None sends no type."""

    data: bytes
    type: str | None = "application/json"


def encode_json(value: object) -> bytes:
    """The JSON text of a body.

    Raises:
        ConfigurationError: the value has no JSON form (NaN, an unknown type, a cycle, a lone surrogate).
    """
    try:
        return _encode_text(value).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        reason = "it holds a lone surrogate" if isinstance(exc, UnicodeEncodeError) else str(exc)
        nested = isinstance(exc, RecursionError) or reason.startswith("Circular")  # that has no place
    place = "" if nested else _unsendable(value)[:_LONGEST_PLACE]
    raise ConfigurationError(f"the body cannot be sent as JSON: {f'{place}: ' if place else ''}{reason}")


def _unsendable(value: Any) -> str:
    """Where in a body the part is that has no JSON form, such as `input.started` or `steps[2]`; nothing if unknown."""
    if isinstance(value, dict):
        parts = [(f".{key}" if isinstance(key, str) else f"[{key!r}]", item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        parts = [(f"[{index}]", item) for index, item in enumerate(value)]
    else:
        return ""
    for name, item in parts:
        if not _is_sendable(item):
            inner = _unsendable(item)
            return name.removeprefix(".") + ("." if inner and not inner.startswith("[") else "") + inner
    return ""


def _is_sendable(value: object) -> bool:
    try:
        _encode_text(value).encode()
    except (TypeError, ValueError):
        return False
    return True


def decode_json(content: bytes, result: Any = Any) -> Any:
    """The body as `result`: plain values, or a type, which may have a `from_json` of its own.

    Raises:
        UndecodableBody: it is not JSON, or not of that shape.
    """
    if content.startswith(_BOM):
        content = content[len(_BOM) :]
    try:
        return _decoder(result)(content)
    except (ValueError, RecursionError) as exc:  # msgspec's errors and UnicodeDecodeError are ValueErrors
        reason = "it is nested too deeply" if isinstance(exc, RecursionError) else str(exc)
    raise UndecodableBody(reason)


@functools.cache
def _decoder(result: Any) -> Callable[[bytes], Any]:
    """The decoding function for a type: its own, if it has one. msgspec loads when the first answer needs it."""
    own: Callable[[bytes], Any] | None = getattr(result, "from_json", None)
    if own is not None:
        return own
    import msgspec

    return msgspec.json.Decoder(result).decode


def plain_json(response: Response) -> Any:
    """What an operation gives that says nothing else: its body as plain values."""
    return decode_json(response.content)


def typed(load: Callable[[], type[T]]) -> Callable[[Response], T]:
    """A decoding function for bodies of this type; `load` gives it at the first answer, so that types load late."""

    def decode(response: Response) -> T:
        result: T = decode_json(response.content, load())
        return result

    return decode


def text(response: Response) -> str:
    """The body as text, for an operation that does not answer with JSON."""
    return response.content.decode(errors="replace")


def nothing(response: Response) -> None:
    """None, whatever the body: for an operation whose success carries no news, such as a 204."""


def error_body(content: bytes) -> tuple[Any, Any]:
    """An error's body twice: all of it if it is JSON (to read code and message from), and what may be kept."""
    if not content:
        return None, None
    try:
        parsed = decode_json(content)
    except UndecodableBody:
        return None, content[:KEPT_BODY].decode(errors="replace")
    small = len(content) <= KEPT_BODY
    kept = _shorten(parsed, KEPT_BODY if small else _KEPT_STRING, _KEPT_DEPTH)
    if small or len(json.dumps(kept)) <= KEPT_BODY:
        return parsed, kept
    return parsed, content[:KEPT_BODY].decode(errors="replace")


def _shorten(value: Any, longest: int, depth: int) -> Any:
    """The value with long strings cut and deep nesting left out: it must survive a repr and a pickle."""
    if isinstance(value, str):
        return value if len(value) <= longest else value[:longest] + "…"
    if isinstance(value, list):
        return [_shorten(item, longest, depth - 1) for item in value] if depth else "…"
    if isinstance(value, dict):
        return {key: _shorten(item, longest, depth - 1) for key, item in value.items()} if depth else "…"
    return value


class BodyReader:
    """Collects a body, undoing gzip and deflate, and stops at the cap before memory is spent."""

    def __init__(self, content_encoding: str | None, cap: int) -> None:
        names = [name.strip().lower() for name in (content_encoding or "").split(",")]
        names = [name for name in names if name not in ("", "identity")]
        unknown = [name for name in names if name not in ("gzip", "x-gzip", "deflate")]
        if unknown or len(names) > _MAX_CODINGS:
            raise WireFailure("the answer uses a content coding that was not offered", transient=False)
        self._decoders = [_Inflate(gzip=name != "deflate", cap=cap) for name in reversed(names)]
        self._chunks: list[bytes] = []
        self._cap = cap
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next raw bytes; raises `WireFailure` past the cap or for broken compression."""
        pieces: Iterable[bytes] = (chunk,)
        for decoder in self._decoders:
            pieces = itertools.chain.from_iterable(map(decoder.feed, pieces))
        for piece in pieces:
            self._size += len(piece)
            if self._size > self._cap:
                raise too_large(self._cap)
            self._chunks.append(piece)

    def finish(self) -> bytes:
        """The whole body; raises `WireFailure` when the compressed stream was cut short."""
        if any(not decoder.finished for decoder in self._decoders):
            raise WireFailure("the compressed answer ends too early")
        chunks = self._chunks
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def too_large(cap: int) -> WireFailure:
    """The failure of an answer that goes past the cap, in its last form or on the way there."""
    return WireFailure(f"the answer is larger than {cap} bytes", transient=False)


class _Inflate:
    """One decompressor that hands out small pieces, so that a bomb never stands in memory."""

    def __init__(self, *, gzip: bool, cap: int) -> None:
        self._gzip = gzip
        self._room = cap
        self._cap = cap
        self._zlib: Any = None
        self._head: bytes = b""
        self.finished = True  # an empty body is whole

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if not chunk:
            return
        self.finished = False
        if self._zlib is None:
            chunk, self._head = self._head + chunk, b""
            if not self._gzip and len(chunk) < 2:
                self._head = chunk
                return
            self._zlib = zlib.decompressobj(31 if self._gzip else _deflate_window(chunk))
        while True:
            piece = self._decompress(chunk)
            if piece:
                yield piece
            chunk = self._zlib.unconsumed_tail or self._next_member()
            if not (piece or chunk):
                break
        self.finished = self._zlib.eof

    def _decompress(self, chunk: bytes) -> bytes:
        try:
            piece: bytes = self._zlib.decompress(chunk, _PIECE)
        except zlib.error:
            pass
        else:
            self._room -= len(piece)
            if self._room < 0:
                raise too_large(self._cap)
            return piece
        raise _broken()

    def _next_member(self) -> bytes:
        """What lies behind the end of a stream: in gzip the next one may (RFC 1952, 2.2)."""
        rest: bytes = self._zlib.unused_data
        if rest:
            if not self._gzip:
                raise _broken()
            self._zlib = zlib.decompressobj(31)
        return rest


def _broken() -> WireFailure:
    return WireFailure("the answer's compression is broken")


def _deflate_window(head: bytes) -> int:
    """What zlib is to expect: "deflate" is zlib-wrapped by the standard and raw from some servers (RFC 1950, 2.2)."""
    wrapped = (head[0] << 8 | head[1]) % 31 == 0 and head[0] & 15 == 8
    return 15 if wrapped else -15
