"""What an operation is: method, path template, and what its answer means. Building a target from them does no I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote

from sdk_engine.bodies import plain_json
from sdk_engine.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sdk_engine.messages import Response

T = TypeVar("T")

_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Operation(Generic[T]):
    """One operation of a service, a constant next to the method that calls it.

    Attributes:
        method: HTTP method.
        path: template such as `/v1/runs/{run_id}`; every placeholder is one path segment.
        decode: what a successful answer gives the caller: plain JSON where it is left out (see `bodies` for others).
            It raises `UndecodableBody` for an answer of another shape, `RefusedInside` for one that says no after all.
    """

    method: str
    path: str
    decode: Callable[[Response], T] = plain_json
    _pieces: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pieces", tuple(_PLACEHOLDER.split(self.path)))

    def target(self, segments: Mapping[str, object], query: Mapping[str, object] | None = None) -> str:
        """Path and query of one call.

        Raises:
            ConfigurationError: a segment is empty, `.`, `..` or not text, or a query value has no text form.
        """
        pieces = self._pieces
        path = pieces[0]
        for index in range(1, len(pieces), 2):
            name = pieces[index]
            path += path_segment(name, segments[name]) + pieces[index + 1]
        return path + query_string(query) if query else path


def path_segment(name: str, value: object) -> str:
    """`value` as exactly one path segment, percent-encoded.

    Raises:
        ConfigurationError: the value is not a non-empty string, or is `.` or `..`, which would leave the path.
    """
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} must be a string, got {type(value).__name__}")
    if not value or value in (".", ".."):
        raise ConfigurationError(f"{name} must name one resource; it is empty, '.' or '..'")
    return _percent_encode(name, value)


def query_string(query: Mapping[str, object]) -> str:
    """`?a=1&b=2` for the values that are not None, or an empty string. Sequences repeat their name."""
    pairs: list[str] = []
    for name, value in query.items():
        if value is None:
            continue
        values: Iterable[object] = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
        key = _percent_encode("a query name", _text("name", name))
        pairs += [f"{key}={_percent_encode(name, _text(name, item))}" for item in values]
    return "?" + "&".join(pairs) if pairs else ""


def raw_target(path: str, query: Mapping[str, object] | None = None) -> str:
    """The target for a path that the caller wrote out, relative to the configured base URL.

    Raises:
        ConfigurationError: the path is an absolute URL, or holds a segment that would leave it.
    """
    if not isinstance(path, str):
        raise ConfigurationError(f"path must be a string, got {type(path).__name__}")
    if "://" in path.partition("?")[0] or path.startswith(("//", "\\")):
        raise ConfigurationError("path must be relative to the configured base URL: it begins with one slash")
    bare, mark, own_query = path.partition("?")
    if any(
        segment in (".", "..")
        for segment in re.split(r"[/\\]|%2[fF]|%5[cC]", bare.replace("%2e", ".").replace("%2E", "."))
    ):
        raise ConfigurationError("path must not hold '.' or '..' segments")
    bare = _LONE_PERCENT.sub("%25", bare)  # else the HTTP library would mend it, and send another target than this
    target = _percent_encode("path", "/" + bare.lstrip("/"), safe="/%:@!$&'()*+,;=~")
    if mark:
        target += "?" + _percent_encode("path", own_query, safe="/?%:@!$&'()*+,;=~")
    extra = query_string(query) if query else ""
    return target + (extra.replace("?", "&", 1) if mark else extra)


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    raise ConfigurationError(
        f"query parameter {name} must be text, a number, a bool or a list of them, got {type(value).__name__}"
    )


def _percent_encode(name: str, value: str, *, safe: str = "") -> str:
    if plain := _UNRESERVED.fullmatch(value):  # as ids and names are; `quote` takes nine times as long to see that
        return plain[0]  # a plain string, also of an enum's member
    try:
        return quote(value, safe=safe)
    except UnicodeEncodeError:
        raise ConfigurationError(f"{name} holds a lone surrogate, which has no UTF-8 form") from None
