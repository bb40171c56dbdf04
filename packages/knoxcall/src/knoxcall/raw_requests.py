"""Requests by hand, with what the published package's `KnoxCallAsync.request` makes of their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from knoxcall.errors import KnoxCallError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import httpx

_UNCHANGED = 304
_OURS = frozenset(
    {"accept", "accept-encoding", "authorization", "content-type", "dpop", "knoxcall-version", "user-agent"}
    | {"x-idempotency-key", "x-knoxcall-key"}
)


class NotModified:
    """The type of `NOT_MODIFIED`."""

    def __repr__(self) -> str:
        return "NOT_MODIFIED"


NOT_MODIFIED: Final = NotModified()
"""What an answer 304 gives where it is allowed."""


async def send(
    request: Callable[..., Awaitable[httpx.Response]],
    method: str,
    path: str,
    query: Mapping[str, object] | None,
    body: object,
    headers: Mapping[str, str] | None,
    idempotency_key: str | None,
    allow_not_modified: bool,
) -> Any:
    """The parsed answer."""
    try:
        answer = await request(
            method.upper(),
            path,
            query={name: "" if value is None else value for name, value in (query or {}).items()},
            body=body,
            headers={name: value for name, value in (headers or {}).items() if name.lower() not in _OURS},
            **({"idempotency_key": idempotency_key} if idempotency_key else {}),
        )
    except KnoxCallError as exc:
        if exc.status != _UNCHANGED:
            raise
        return NOT_MODIFIED if allow_not_modified else None
    try:
        return answer.json() if answer.content else None
    except ValueError:
        return answer.text
