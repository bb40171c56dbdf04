"""KTOF into values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kaizen_client.ktof.dialects import KtofDecodeError, dialect_of
from kaizen_client.ktof.headers import read_header
from kaizen_client.ktof.reader import FENCE, Reader
from kaizen_client.ktof.words import is_plain_key, split_field

if TYPE_CHECKING:
    from kaizen_client.ktof.dialects import DialectName
    from kaizen_client.ktof.headers import Header


def decode(text: str, *, indent: int = 2, strict: bool = True, dialect: DialectName = "ktof") -> Any:
    """The value that a KTOF text stands for. An empty text is an empty object; a fence around the text is taken off.

    Args:
        text: the whole document.
        indent: blanks for each level, as the writer used them.
        strict: check indentation, declared counts, names that stand twice, and blank lines inside arrays. Without it
            they are forgiven: what is there is read, levels are rounded down, the last of a name counts.
        dialect: "toon" reads TOON 3 and 4.

    Raises:
        KtofDecodeError: the text breaks the format, or is nested deeper than `MAX_DEPTH` levels; `line` says where.
    """
    reader = Reader(indent, dialect, strict=strict)
    reader.take(text.split("\n"))
    return reader.finish()


class Recognition(NamedTuple):
    """What a text is.

    Attributes:
        is_ktof: whether it is a KTOF object or array.
        problem: for a text that begins as KTOF and is none, why not; None for prose.
    """

    is_ktof: bool
    problem: KtofDecodeError | None = None


def recognise(text: str, *, indent: int = 2, strict: bool = True, dialect: DialectName = "ktof") -> Recognition:
    """Whether a text is KTOF as an encoder writes it, and not prose that happens to decode. Options are `decode`'s.

    A field name of several unquoted words, or a line without a structure, is prose.
    """
    problem = None
    try:
        value = decode(text, indent=indent, strict=strict, dialect=dialect)
    except KtofDecodeError as exc:
        value, problem = None, exc
    lines = text.strip("\n").split("\n")
    fence = FENCE.fullmatch(lines[0])
    if fence is not None:
        lines = [line.removeprefix(fence[1]) for line in lines[1:] if line.strip("`~ \t\r")]
    named = fence is not None and fence[3] != ""
    if problem is not None:
        return Recognition(False, problem if named or any(map(_is_named_header, lines)) else None)
    is_container = isinstance(value, (dict, list)) and text.strip() != ""
    return Recognition(is_container and (named or all(map(_is_structure, lines))))


def looks_like_ktof(text: str, *, indent: int = 2, strict: bool = True, dialect: DialectName = "ktof") -> bool:
    """Whether `recognise` takes the text for KTOF."""
    return recognise(text, indent=indent, strict=strict, dialect=dialect).is_ktof


def _header(line: str) -> Header | None:
    try:
        return read_header(line.rstrip(), dialect_of("toon" if "[#" not in line else "ktof", KtofDecodeError))
    except KtofDecodeError:
        return None


def _is_named_header(line: str) -> bool:
    header = _header(line)
    return header is not None and (header.key is not None or header.columns is not None)


def _is_structure(line: str) -> bool:
    """Whether an encoder may have written the line: it is inside of something, or has a header or a plain name."""
    if not line.strip() or line.startswith((" ", '"', "#")) or _header(line) is not None:
        return True
    field = split_field(line)
    return field is not None and is_plain_key(field[0])
