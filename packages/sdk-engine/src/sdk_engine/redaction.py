"""Keeping secrets out of everything that people read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn, SupportsIndex

from sdk_engine.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

REDACTED = "<redacted>"
SENSITIVE_HEADERS = ("authorization", "cookie", "api-key", "dpop")
"""Parts of header names whose values are secrets."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(r"[^\t\x20-\x7e]")


class Secret(str):
    """A string whose repr shows nothing and which cannot be pickled; use it like any other string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(REDACTED)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a credential cannot be pickled; resolve it again in the process that needs it")


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """A copy of the headers in which every sensitive value (see `SENSITIVE_HEADERS`) is `<redacted>`."""
    return {
        name: REDACTED if any(part in name.lower() for part in SENSITIVE_HEADERS) else value
        for name, value in headers.items()
    }


def header_problem(value: object) -> str | None:
    """What is wrong with a header value, as the end of a sentence that does not quote it; None if it is fine."""
    if not isinstance(value, str):
        return f"must be a string, got {type(value).__name__}"
    if _FORBIDDEN.search(value):
        return "holds a character that a header cannot carry (a line break, a control character or non-ASCII)"
    if value != value.strip():
        return "begins or ends with a blank; was it read from a file together with its line break?"
    return None


def check_header(name: object, value: object) -> None:
    """Refuse a header that would break the request, or smuggle something into it.

    Raises:
        ConfigurationError: the name is not a token or the value not printable ASCII. The value is never shown.
    """
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise ConfigurationError("a header name may only hold letters, digits and !#$%&'*+.^_`|~-")
    if problem := header_problem(value):
        raise ConfigurationError(f"header {name} {problem}")
