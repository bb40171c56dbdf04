"""A fault proxy: in front of a real HTTP server, it loses and breaks what passes, by (seed, operation, attempt)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults.draws import BEFORE, draw, spoil

if TYPE_CHECKING:
    from tests.faults.origin import Exchange

HOP_BY_HOP = ("connection", "keep-alive", "host", "content-length", "transfer-encoding")


@dataclass
class FaultProxy:
    """The behaviour of an `Origin` that passes requests on to the server at this address.

    Attributes:
        calm: pass everything on untouched.
    """

    host: str
    port: int
    seed: str
    rate: float
    attempts: Counter[str] = field(default_factory=Counter[str])
    faults: Counter[str] = field(default_factory=Counter[str])
    calm: bool = False

    async def behave(self, exchange: Exchange) -> None:
        """Serve one request."""
        operation = json.loads(exchange.body)["input"] if exchange.method == "POST" else exchange.target
        self.attempts[operation] += 1
        fault = None if self.calm else draw(self.seed, operation, self.attempts[operation], self.rate)
        if fault:
            self.faults[fault] += 1
        if fault in BEFORE:
            await spoil(exchange, fault, b"")
        elif fault == "close at work":
            exchange.close()
            await self._forward(exchange)
        else:
            answer = await self._forward(exchange)
            await (exchange.send(answer) if fault is None else spoil(exchange, fault, answer))

    async def _forward(self, exchange: Exchange) -> bytes:
        """The server's answer, as a whole and without its wish to close."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            headers = {name: value for name, value in exchange.headers.items() if name not in HOP_BY_HOP}
            headers |= {"host": f"{self.host}:{self.port}", "connection": "close"}
            headers["content-length"] = str(len(exchange.body))
            lines = [f"{exchange.method} {exchange.target} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
            writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + exchange.body)
            head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
        finally:
            writer.close()
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        return b"\r\n".join(kept) + b"\r\n\r\n" + body
