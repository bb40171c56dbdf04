"""Which attempt meets which fault, and what the fault makes of the right answer."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.faults.origin import http_answer

if TYPE_CHECKING:
    from tests.faults.origin import Exchange

BEFORE = ("reset before", "close before", "503 before", "502 html before", "429 before")
"""Faults that leave the work undone."""
AFTER = (
    "close after", "reset after", "cut headers", "cut body", "cut chunk", "503 after", "empty 200", "html 200",
    "truncated json", "wrong length", "gzip garbage", "not http", "close at work", "silent",
)  # fmt: skip
"""Faults after the work was done: the answer is lost, broken or late."""

WELL_FRAMED = ("503 before", "502 html before", "429 before", "503 after", "empty 200", "html 200", "truncated json")
"""Faults that leave the connection fit for the next request."""


def draw(seed: str, operation: str, attempt: int, rate: float) -> str | None:
    """The fault of this attempt, or None: a pure function, so every run of a seed meets the same faults."""
    digest = hashlib.sha256(f"{seed}/{operation}/{attempt}".encode()).digest()
    if int.from_bytes(digest[:4], "big") >= rate * (1 << 32):
        return None
    kinds = BEFORE + AFTER
    return kinds[int.from_bytes(digest[4:8], "big") % len(kinds)]


async def spoil(exchange: Exchange, fault: str, answer: bytes) -> None:
    """Send what the fault leaves of the right answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    sent = {
        "503 before": http_answer(503, {"detail": "later"}),
        "502 html before": http_answer(502, b"<html>bad gateway</html>", (("Content-Type", "text/html"),)),
        "429 before": http_answer(429, {"detail": "slower"}, (("Retry-After", "0"),)),
        "503 after": http_answer(503, {"detail": "later"}),
        "cut headers": head[: len(head) // 2],
        "cut body": answer[:-5],
        "cut chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + body,
        "empty 200": http_answer(200, b""),
        "html 200": http_answer(200, b"<html>please log in</html>", (("Content-Type", "text/html"),)),
        "truncated json": http_answer(200, body[:-5]),
        "wrong length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body,
        "gzip garbage": http_answer(200, body, (("Content-Encoding", "gzip"),)),
        "not http": b"SSH-2.0-OpenSSH_9.6\r\n",
    }
    await exchange.send(sent.get(fault, b""))
    if fault in ("reset before", "reset after"):
        exchange.reset()
    elif fault == "silent":
        await exchange.hang()
    elif fault not in WELL_FRAMED:
        exchange.close()
