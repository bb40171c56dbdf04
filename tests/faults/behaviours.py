"""How an origin misbehaves: the verbs from which the catalogue is made. Each gives a function of one `Exchange`."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.origin import Exchange

    Behave = Callable[[Exchange], Awaitable[None]]
    End = Literal["keep", "close", "reset", "hang"]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DRIP = 0.04
"""Seconds between two dripped bytes: far below any read timeout."""


def right_answer(exchange: Exchange) -> dict[str, Any]:
    """The run that this request is about; a client that shows another one mixed up its answers."""
    fields = json.loads(exchange.body) if exchange.body else {"input": exchange.target.rpartition("/")[2]}
    name = next(fields[field] for field in ("input", "data", "name") if field in fields)
    return {"run_id": name, "status": "completed"}


def right_body(exchange: Exchange) -> bytes:
    """The same as JSON text."""
    return json.dumps(right_answer(exchange)).encode()


async def finish(exchange: Exchange, end: End) -> None:
    """Leave the connection as asked."""
    if end == "close":
        exchange.close()
    elif end == "reset":
        await asyncio.sleep(0.005)  # let the client read what was sent before RST discards it
        exchange.reset()
    elif end == "hang":
        await exchange.hang()


def good() -> Behave:
    """Answer as a healthy server."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(200, right_answer(exchange))

    return behave


def raw(data: bytes, end: End = "close") -> Behave:
    """Send these bytes."""

    async def behave(exchange: Exchange) -> None:
        await exchange.send(data)
        await finish(exchange, end)

    return behave


def answer(status: int, body: Any = b"", *headers: tuple[str, str]) -> Behave:
    """A well-formed answer; a body that is not bytes goes as JSON."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(status, body, headers)

    return behave


def framed(before: bytes, after: bytes = b"", end: End = "close", *, keep: int | None = None) -> Behave:
    """A 200 with the right body between these bytes; `{length}` is the body's, `keep` cuts the body short."""

    async def behave(exchange: Exchange) -> None:
        body = right_body(exchange)
        head = before.replace(b"{length}", str(len(body)).encode())
        await exchange.send(head + body[:keep] + after)
        await finish(exchange, end)

    return behave


def chunked(*chunks: bytes, tail: bytes = b"", end: End = "close") -> Behave:
    """A 200 in chunked coding: half of the right body, then these bytes as they are."""

    async def behave(exchange: Exchange) -> None:
        body = right_body(exchange)
        half = body[: len(body) // 2]
        await exchange.send(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(half) + b"".join(chunks) + tail)
        await finish(exchange, end)

    return behave


def chunk(data: bytes) -> bytes:
    """One chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def coded(coding: str, encode: Callable[[bytes], bytes] = bytes) -> Behave:
    """The right body, encoded, under this Content-Encoding."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(200, encode(right_body(exchange)), (("Content-Encoding", coding),))

    return behave


def twice_gzip(data: bytes) -> bytes:
    """gzip of gzip."""
    return gzip.compress(gzip.compress(data, 9), 9)


def silent(after: bytes = b"") -> Behave:
    """Send these bytes and never another one."""
    return raw(after, "hang")


def drip(before: bytes, piece: bytes) -> Behave:
    """Send a beginning, then the same piece for ever, slowly enough that no read ever times out."""

    async def behave(exchange: Exchange) -> None:
        await exchange.send(before)
        while True:
            await asyncio.sleep(DRIP)
            await exchange.send(piece)

    return behave


def flood(before: bytes, piece: bytes) -> Behave:
    """Send a beginning, then the same piece for ever, as fast as the client takes it."""

    async def behave(exchange: Exchange) -> None:
        await exchange.send(before)
        while True:
            await exchange.send(piece)
            await asyncio.sleep(0)  # sending need not yield

    return behave


def patched(**fields: Any) -> Behave:
    """The right answer with these fields changed; `...` takes one away."""

    async def behave(exchange: Exchange) -> None:
        values = right_answer(exchange) | fields
        await exchange.answer(200, {name: value for name, value in values.items() if value is not ...})

    return behave


def respelled(old: bytes, new: bytes, *headers: tuple[str, str]) -> Behave:
    """The right answer with these bytes of its JSON text replaced."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(200, right_body(exchange).replace(old, new, 1), headers)

    return behave


def only_reused(behave_when_reused: Behave) -> Behave:
    """Well on every new connection, this on a connection that has served before."""
    healthy = good()

    async def behave(exchange: Exchange) -> None:
        await (healthy if exchange.on_connection == 1 else behave_when_reused)(exchange)

    return behave


def trailing(extra: bytes) -> Behave:
    """A good answer followed, unasked, by these bytes on the same connection."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(200, right_answer(exchange))
        await exchange.send(extra)

    return behave


def in_chunks(extension: bytes = b"", fields: bytes = b"") -> Behave:
    """The right body as one chunk with this extension, under these further header fields."""

    async def behave(exchange: Exchange) -> None:
        body = right_body(exchange)
        head = OK + b"Transfer-Encoding: chunked\r\n" + fields + b"\r\n"
        await exchange.send(head + b"%x%s\r\n%s\r\n0\r\n\r\n" % (len(body), extension, body))

    return behave
