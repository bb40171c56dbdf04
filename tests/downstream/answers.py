"""Answers of a product's API, made comparable between two processes that were asked the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

_AGES = re.compile(r"\b\d+[smh]( ago)?$|\bin \d+[smh]$")
_VOLATILE = re.compile(
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"  # UUIDs
    r"|\b[0-9a-f]{32,64}\b"  # hashes
    r"|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-][\d:]+)?"  # times
)
_OF_ONE_CALL = {"request_id", "duration_ms"}
_TELLING = ("status", "code", "error")


def comparable(response: httpx.Response, *, ids: bool = True) -> tuple[int, Any]:
    """Status and body; of a refusal only its code, as texts are each client's own. `ids=False` hides ids and times."""
    if "json" not in response.headers.get("content-type", ""):
        return response.status_code, response.text
    body = response.json()
    if response.is_error:
        return response.status_code, {name: body.get(name) for name in _TELLING} if isinstance(body, dict) else body
    return response.status_code, _without(_AGES if ids else _VOLATILE, body)


def _without(pattern: re.Pattern[str], value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(pattern, item) for name, item in value.items() if name not in _OF_ONE_CALL}
    if isinstance(value, list):
        return [_without(pattern, item) for item in value]
    return pattern.sub("…", value) if isinstance(value, str) else value


def differences(ours: Any, published: Any, place: str = "$") -> list[str]:
    """Where two answers differ, one line each."""
    if isinstance(ours, dict) and isinstance(published, dict):
        names = sorted(ours.keys() | published.keys())
        pairs = [(f"{place}.{name}", ours.get(name, "(absent)"), published.get(name, "(absent)")) for name in names]
    elif isinstance(ours, list | tuple) and isinstance(published, list | tuple) and len(ours) == len(published):
        pairs = [(f"{place}[{n}]", *both) for n, both in enumerate(zip(ours, published, strict=True))]
    else:
        return [] if ours == published else [f"{place}: {ours!r}, with the published client {published!r}"]
    return [line for inner, one, other in pairs for line in differences(one, other, inner)]
