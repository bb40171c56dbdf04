"""The two dialects of the format, the limits that both have, and how they are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

DialectName = Literal["ktof", "toon"]

DELIMITERS = (",", "\t", "|")
"""What may separate the values of an array. A comma is not repeated in the array's header."""

MAX_DEPTH = 200
"""How deep objects and arrays may stand in each other, written and read."""


class KtofError(ValueError):
    """A value or a text that the format does not allow."""


class KtofEncodeError(KtofError):
    """The value has no KTOF form, or an option is out of its range. Fix what the message names."""


class KtofDecodeError(KtofError):
    """The text is not KTOF, or not as strict decoding wants it; `strict=False` forgives indentation and counts.

    Attributes:
        line: number of the line the message is about, from 1; 0 when it is about the text as a whole.
    """

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {problem}" if line else problem)
        self.problem = problem
        self.line = line

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.line)


@dataclass(frozen=True)
class Dialect:
    """In what the dialects differ.

    Attributes:
        marker: whether `[#3]` exists.
        brackets: whether an empty array is written as `[]`, not as `[0]:`.
        deeper: whether the values of an array that is the first field of a list item stand deeper than its siblings.
        codes: whether `\\u001b` is an escape.
        comments: whether lines that begin with `#` say nothing.
        groups: whether tables have groups of columns, and keys before their rows.
    """

    marker: bool
    brackets: bool
    deeper: bool
    codes: bool
    comments: bool
    groups: bool


DIALECTS = {
    "ktof": Dialect(marker=True, brackets=False, deeper=False, codes=False, comments=False, groups=False),
    "toon": Dialect(marker=False, brackets=True, deeper=True, codes=True, comments=True, groups=True),
}


def dialect_of(name: str, failure: type[KtofError]) -> Dialect:
    """The dialect of this name."""
    if name not in DIALECTS:
        raise failure(f"dialect must be 'ktof' or 'toon', got {name!r}")
    return DIALECTS[name]


def check_indent(indent: object, failure: type[KtofError]) -> None:
    """Refuse an indentation that no encoder can have used."""
    if isinstance(indent, bool) or not isinstance(indent, int) or indent < 1:
        raise failure(f"indent must be an integer of at least 1, got {indent!r}")
