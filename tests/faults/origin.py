"""A raw HTTP/1.1 origin on 127.0.0.1 that can misbehave in any way bytes can.

What it does with a request is up to one function of the `Exchange`; that function decides from the operation and the
attempt alone, so every failure replays.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import Self

HOST = "127.0.0.1"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
LARGEST_READ = 1 << 20


class Hangup(Exception):
    """The client went away, or closed its side before a request was complete."""


@dataclass
class Exchange:
    """One connection, with the request that was read from it last.

    Attributes:
        number: 1 for the first request that the origin saw of this operation, 2 for the next attempt.
        on_connection: 1 for the first request of this connection.
    """

    origin: Origin
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    method: str = ""
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    number: int = 0
    on_connection: int = 0
    finished: bool = False

    @property
    def operation(self) -> str:
        """What the attempts of one call share."""
        return self.headers.get("x-request-id", self.target)

    @property
    def key(self) -> str | None:
        """The idempotency key."""
        return self.headers.get("idempotency-key")

    async def read_request(self) -> None:
        """Wait for the next complete request."""
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            self.method, self.target, _ = head[0].split(" ")
            self.headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            self.body = await self._read_body()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as exc:
            raise Hangup from exc
        self.on_connection += 1
        self.origin.seen[self.operation] += 1
        self.number = self.origin.seen[self.operation]

    async def _read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return await self.reader.readexactly(int(self.headers.get("content-length", "0")))
        body = b""
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readuntil(b"\r\n")
        return body

    async def send(self, data: bytes) -> None:
        """Write these bytes as they are."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except (ConnectionError, RuntimeError) as exc:
            raise Hangup from exc

    async def answer(
        self, status: int = 200, body: bytes | Any = b"", headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Send a well-formed answer; a body that is not bytes goes as JSON."""
        await self.send(http_answer(status, body, headers))

    def reset(self) -> None:
        """End the connection with RST."""
        self.finished = True
        sock = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):  # simulated sockets have no options
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.writer.transport.abort()

    def close(self) -> None:
        """End the connection with FIN, after what was sent."""
        self.finished = True
        self.writer.close()

    async def hang(self) -> None:
        """Stay silent until the client gives up."""
        self.finished = True
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(LARGEST_READ):
                pass


def http_answer(
    status: int, body: bytes | Any = b"", headers: tuple[tuple[str, str], ...] = (), *, reason: str = "X"
) -> bytes:
    """A whole answer with Content-Length."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {name.lower() for name, _ in headers}
    defaults = [("Content-Type", "application/json")] if "content-type" not in names else []
    fields = [*defaults, ("Content-Length", str(len(content))), *headers]
    head = f"HTTP/1.1 {status} {reason}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields)
    return head.encode("latin-1") + b"\r\n" + content


class Origin:
    """Serves on a free port while its `async with` block runs; stopping ends every connection.

    Attributes:
        connections: how many were accepted.
        open: how many are open now.
        seen: requests per operation.
    """

    def __init__(
        self,
        behave: Callable[[Exchange], Awaitable[None]],
        *,
        on_connect: Callable[[Exchange], None] | None = None,
        port: int = 0,
    ) -> None:
        self._behave = behave
        self._on_connect = on_connect
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.open = 0
        self.seen: Counter[str] = Counter()
        self.port = port

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://{HOST}:{self.port}"

    @property
    def hits(self) -> int:
        """Complete requests received."""
        return self.seen.total()

    async def __aenter__(self) -> Self:
        host = None if self.port else HOST  # a port of one's own choice: on a simulated machine
        self._server = await asyncio.start_server(self._accept, host, self.port, backlog=2048, limit=LARGEST_READ)
        self.port = self.port or self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError):  # the last connections need a turn of the loop to end
            await asyncio.wait_for(self._server.wait_closed(), 1)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        task = asyncio.get_running_loop().create_task(self._serve(Exchange(self, reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, exchange: Exchange) -> None:
        try:
            with contextlib.suppress(Hangup, ConnectionError):
                if self._on_connect is not None:
                    self._on_connect(exchange)
                while not exchange.finished:
                    await exchange.read_request()
                    await self._behave(exchange)
                if exchange.writer.is_closing():
                    await exchange.writer.wait_closed()  # what was sent before must arrive
        finally:
            self.open -= 1
            exchange.writer.transport.abort()


def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
