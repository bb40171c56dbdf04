"""What the head of an answer says about its body, and how much of a head is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.bodies import BodyReader
from sdk_engine.messages import check_framing
from sdk_engine.wires.failures import LARGEST_HEAD, head_too_large

if TYPE_CHECKING:
    from collections.abc import Sequence

_LENGTH, _TRANSFER, _CODING = b"content-length", b"transfer-encoding", b"content-encoding"
_SIZES = frozenset(map(len, (_LENGTH, _TRANSFER, _CODING)))


def body_reader(fields: Sequence[tuple[bytes, bytes]], cap: int) -> BodyReader:
    """What takes in the body that comes under these header fields.

    Raises:
        WireFailure: the head is too large, or says of the body what cannot be trusted or was not asked for.
    """
    size, told = 0, dict[bytes, str]()
    for name, value in fields:
        size += len(name) + len(value)
        if len(name) in _SIZES:
            name, text = name.lower(), value.decode("latin-1")
            told[name] = f"{told[name]}, {text}" if name in told else text
    if size > LARGEST_HEAD:
        raise head_too_large()
    check_framing(told.get(_LENGTH), told.get(_TRANSFER))
    return BodyReader(told.get(_CODING), cap)


def as_text(fields: Sequence[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """The fields as text: values are ASCII by the standard, UTF-8 if they can be, else Latin-1."""
    return [(name.decode("latin-1"), _text(value)) for name, value in fields]


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
