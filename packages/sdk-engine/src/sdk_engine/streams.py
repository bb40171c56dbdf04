"""Answers whose body is read as it arrives: how they are asked for, and what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.messages import Request, Response

if TYPE_CHECKING:
    import httpx


class OpenRequest(Request):
    """A request whose answer, if it is no refusal, is wanted as an `OpenResponse`."""

    __slots__ = ()

    def with_headers(self, extra: dict[str, str]) -> OpenRequest:
        """A copy with these headers added."""
        return OpenRequest(self.method, self.base, self.target, {**self.headers, **extra}, self.content)


class OpenResponse(Response):
    """An answer whose body is still to come: iterate and close its `stream`."""

    __slots__ = ("stream",)

    def __init__(self, stream: httpx.Response) -> None:
        super().__init__(stream.status_code, b"", stream.headers.multi_items())
        self.stream = stream
