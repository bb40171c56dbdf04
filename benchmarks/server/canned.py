"""The same server as `canned.c`, for machines without a C compiler. About four times as expensive per request."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Canned(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, routes: list[tuple[bytes, bytes]]) -> None:
        self._routes = routes
        self._have = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._have += data
        while (end := self._have.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._have, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._have) < whole:
                return
            answer = next((answer for prefix, answer in self._routes if self._have.startswith(prefix)), None)
            if answer is None:
                self._transport.abort()
                return
            self._have = self._have[whole:]
            self._transport.write(answer)


async def serve(arguments: list[str]) -> None:
    """Answer until standard input ends. An argument is `GET /path=FILE`."""
    pairs = [argument.rpartition("=") for argument in arguments]
    routes = [(prefix.encode(), Path(file).read_bytes()) for prefix, _, file in pairs]
    listening = await asyncio.get_running_loop().create_server(lambda: Canned(routes), "127.0.0.1", 0, backlog=4096)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1:]))
