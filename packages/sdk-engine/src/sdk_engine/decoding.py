"""Bodies: JSON out, content codings undone under a cap, typed results in."""

from __future__ import annotations

import functools
import json
import zlib
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.errors import ConfigurationError
from sdk_engine.wire import WireFailure

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

KEPT_BODY = 4096
"""Bytes of an error's body that stay on the exception."""

_BOM = b"\xef\xbb\xbf"
_KEPT_STRING = 200
_KEPT_DEPTH = 50
_MAX_CODINGS = 2
_encode_text = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode


class UndecodableBody(Exception):
    """The body is not what was promised; the message names the field."""


def encode_json(value: object) -> bytes:
    """The JSON text of a body.

    Raises:
        ConfigurationError: the value has no JSON form (NaN, an unknown type, a cycle, a lone surrogate).
    """
    try:
        return _encode_text(value).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        reason = "it holds a lone surrogate" if isinstance(exc, UnicodeEncodeError) else str(exc)
    raise ConfigurationError(f"the body cannot be sent as JSON: {reason}")


@functools.cache
def _decoder(result: Any) -> Callable[[bytes], Any]:
    """The decoding function for a type. msgspec and the models load here, when the first answer needs them."""
    import msgspec

    from sdk_engine.models import Model, open_object

    decode = msgspec.json.Decoder(result, dec_hook=open_object).decode
    if not (isinstance(result, type) and issubclass(result, Model)):
        return decode

    def decode_model(content: bytes) -> Model:
        model: Model = decode(content)
        model.keep_source(content)
        return model

    return decode_model


def decode_json(content: bytes, result: type[T]) -> T:
    """The body as `result`. Unknown fields stay reachable on models.

    Raises:
        UndecodableBody: not JSON, or not of that shape.
    """
    if content.startswith(_BOM):
        content = content[len(_BOM) :]
    try:
        value: T = _decoder(result)(content)  # type: ignore[arg-type]
    except (ValueError, RecursionError) as exc:  # msgspec's errors and UnicodeDecodeError are ValueErrors
        reason = "it is nested too deeply" if isinstance(exc, RecursionError) else str(exc)
    else:
        return value
    raise UndecodableBody(reason)


def error_body(content: bytes) -> tuple[Any, Any]:
    """An error's body twice: all of it if it is JSON (to read code and message from), and what may be kept."""
    if not content:
        return None, None
    try:
        parsed = decode_json(content, Any)  # type: ignore[type-var, unused-ignore]
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
        self._decoders = [_Inflate(gzip=name != "deflate") for name in reversed(names)]
        self._chunks: list[bytes] = []
        self._cap = cap
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next raw bytes; raises `WireFailure` past the cap or for broken compression."""
        room = self._cap - self._size
        for decoder in self._decoders:
            chunk = decoder.feed(chunk, room + 1)
            if len(chunk) > room:
                break
        if len(chunk) > room:
            raise WireFailure(f"the answer is larger than {self._cap} bytes", transient=False)
        self._size += len(chunk)
        self._chunks.append(chunk)

    def finish(self) -> bytes:
        """The whole body; raises `WireFailure` when the compressed stream was cut short."""
        if any(not decoder.finished for decoder in self._decoders):
            raise WireFailure("the compressed answer ends too early")
        chunks = self._chunks
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class _Inflate:
    """One bounded decompressor; output beyond the limit is an error, so nothing is ever held back."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._zlib: Any = None
        self._head: bytes = b""
        self.finished = True  # an empty body is whole

    def feed(self, chunk: bytes, limit: int) -> bytes:
        if not chunk:
            return chunk
        if self._zlib is None:
            # "deflate" is zlib-wrapped by the standard and raw from some servers; a zlib head tells (RFC 1950, 2.2)
            chunk, self._head = self._head + chunk, b""
            if not self._gzip and len(chunk) < 2:
                self._head = chunk
                self.finished = False
                return b""
            raw = not self._gzip and ((chunk[0] << 8 | chunk[1]) % 31 or chunk[0] & 15 != 8)
            self._zlib = zlib.decompressobj(31 if self._gzip else -15 if raw else 15)
        out = b""
        try:
            out = self._zlib.decompress(chunk, limit)
            broken = bool(self._zlib.unused_data)
        except zlib.error:
            broken = True
        if broken:
            raise WireFailure("the answer's compression is broken")
        self.finished = self._zlib.eof
        return out
