"""Our requests as httpx's: with the defaults of the client that sends them, except for its base URL.

A client's own `build_request` parses the URL anew and copies the headers three times, a tenth of what a small call
costs. Nearly every request is made here instead; one with anything unusual about it is left to the client.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from sdk_engine.messages import Request

_FRAMING = {b"host", b"content-length", b"transfer-encoding"}
_WITHOUT_BODY = {"GET", "HEAD", "DELETE", "OPTIONS"}


def outgoing(library: ModuleType, client: Any, request: Request, phases: Mapping[str, float | None]) -> Any:
    """The library's request object; the client's default headers, cookies and parameters are in it."""
    url, host = _parsed(library, request.url)
    extensions = {"timeout": phases}
    headers = None if _adds_more(library, client) else _merged(client.headers.raw, request, host)
    if headers is None:
        return client.build_request(
            request.method, url, headers=request.headers, content=request.content, extensions=extensions
        )
    body = library.ByteStream(request.content or b"")
    made = library.Request(request.method, url, headers=headers, stream=body, extensions=extensions)
    made.read()  # hooks and auth may ask for its content
    return made


@functools.lru_cache(256)
def _parsed(library: ModuleType, url: str) -> tuple[Any, bytes]:
    """The library's URL, which nothing can change, and the host as the header names it."""
    parsed = library.URL(url)
    return parsed, parsed.netloc


def _adds_more(library: ModuleType, client: Any) -> bool:
    """Whether the client changes requests in other ways than by default headers."""
    own = getattr(client.build_request, "__func__", None)
    return own is not library.Client.build_request or bool(client.params) or bool(client.cookies)


def _merged(defaults: list[tuple[bytes, bytes]], request: Request, host: bytes) -> list[tuple[Any, Any]] | None:
    """All header fields in the library's own order; None where they say otherwise how the request is framed."""
    ours = {name.lower().encode() for name in request.headers}
    if not ours.isdisjoint(_FRAMING) or not (request.content or request.method in _WITHOUT_BODY):
        return None
    merged: list[tuple[Any, Any]] = [(b"Host", host)]
    for field in defaults:
        name = field[0].lower()
        if name in _FRAMING:
            return None
        if name not in ours:
            merged.append(field)
    merged += request.headers.items()
    if request.content:
        merged.append((b"Content-Length", b"%d" % len(request.content)))
    return merged
