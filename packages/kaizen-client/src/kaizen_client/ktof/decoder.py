"""KTOF into values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaizen_client.ktof.dialects import KtofDecodeError, dialect_of
from kaizen_client.ktof.headers import read_header
from kaizen_client.ktof.reader import Reader
from kaizen_client.ktof.words import is_plain_key, split_field

if TYPE_CHECKING:
    from kaizen_client.ktof.dialects import DialectName


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


def looks_like_ktof(text: str, *, indent: int = 2, strict: bool = True, dialect: DialectName = "ktof") -> bool:
    """Whether the text is a KTOF object or array as an encoder writes it, and not prose that happens to decode.

    A field name of several unquoted words, or a line without a structure, is prose.
    """
    try:
        value = decode(text, indent=indent, strict=strict, dialect=dialect)
    except KtofDecodeError:
        return False
    if not isinstance(value, (dict, list)) or not text.strip():
        return False
    chosen = dialect_of(dialect, KtofDecodeError)
    for line in text.split("\n"):
        if not line.strip() or line.startswith((" ", '"')) or read_header(line.rstrip(), chosen):
            continue
        field = split_field(line)
        if field is None or not is_plain_key(field[0]):
            return False
    return True
