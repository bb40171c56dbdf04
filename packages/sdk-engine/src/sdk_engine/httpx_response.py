"""Answers in the type that callers know: `httpx.Response`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from sdk_engine.messages import Response

_NOT_MODIFIED = 304
_UNDONE = frozenset({"content-encoding", "content-length", "transfer-encoding"})  # the body is already decoded


def httpx_response(answer: Response, method: str, url: str) -> httpx.Response:
    """The answer as an `httpx.Response`. Its request carries no headers: they hold the credential."""
    import httpx

    undone = () if method == "HEAD" or answer.status_code == _NOT_MODIFIED else _UNDONE  # these tell of another body
    headers = [(name.encode(), value.encode()) for name, value in answer.headers if name.lower() not in undone]
    return httpx.Response(
        answer.status_code, headers=headers, content=answer.content, request=httpx.Request(method, url)
    )
