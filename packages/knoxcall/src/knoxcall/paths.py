"""Where the path of a proxied call leads: below its route's target, whatever the servers on its way make of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from knoxcall.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEPARATORS = re.compile(r"[/\\\uff0f\uff3c\u2215\u2044]")  # and what some servers take for them
_DOTS = str.maketrans({"\uff0e": ".", "\u2024": "."})
_OVERLONG = re.compile(r"%(c0%ae|e0%80%ae|c0%2e)", re.IGNORECASE)  # dots in a UTF-8 that is none
_OVERLONG_SLASH = re.compile(r"%(c0%af|e0%80%af|c1%9c)", re.IGNORECASE)


def check_path(path: str) -> None:
    """Refuse a path that climbs out of the route in any reading.

    That is a segment of one or two dots: written as such, encoded once or more, followed by parameters (`..;x=1`, which
    Java's servers cut off), by blanks or by control characters, or in other forms that some server takes for dots.

    Raises:
        InvalidRequestError: it does.
    """
    for reading in _readings(path.partition("?")[0]):
        for segment in _SEPARATORS.split(reading):
            name = "".join(char for char in segment.partition(";")[0] if char > " " and char != "\x7f")
            if name.translate(_DOTS) in (".", ".."):
                raise InvalidRequestError("path must not hold '.' or '..' segments, in no spelling")


def _readings(path: str) -> Iterator[str]:
    """The path as it is, and as servers read it that decode it once or more."""
    yield path
    while (decoded := unquote(_OVERLONG_SLASH.sub("/", _OVERLONG.sub(".", path)), errors="replace")) != path:
        path = decoded  # which is shorter, so this ends
        yield path
