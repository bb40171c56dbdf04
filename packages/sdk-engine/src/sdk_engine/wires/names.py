"""Looking up host names for aiohttp, on a thread of our own for each: asyncio waits at its end for those of its own,
and has none any more when the interpreter ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Any

from aiohttp.abc import AbstractResolver


class Resolver(AbstractResolver):
    """Asks the system. What is looked up is remembered by the connector, for ten seconds."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[Any]:
        """The addresses of a host; raises `OSError` where there are none."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[Any]] = loop.create_future()

        def look_up() -> None:
            try:
                outcome: Any = _addresses(host, port, family)
            except Exception as exc:  # noqa: BLE001 - the waiting task's to handle
                outcome = exc
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(_settle, found, outcome)

        try:
            threading.Thread(target=look_up, name="sdk-engine-names", daemon=True).start()
        except RuntimeError:  # the interpreter ends, and starts no threads any more
            return _addresses(host, port, family)
        return await found

    async def close(self) -> None:
        """Nothing is kept."""


def _settle(found: asyncio.Future[list[Any]], outcome: Any) -> None:
    if found.done():
        return
    if isinstance(outcome, Exception):
        found.set_exception(outcome)
    else:
        found.set_result(outcome)


def _addresses(host: str, port: int, family: socket.AddressFamily) -> list[Any]:
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
    return [
        {
            "hostname": host,
            "host": _numeric(address),
            "port": port,
            "family": family,
            "proto": proto,
            "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        }
        for family, _, proto, _, address in infos
        if isinstance(address[0], str)  # bytes of an address where Python has no IPv6
    ]


def _numeric(address: Any) -> str:
    """The address as text; the scope of a link-local one belongs to it."""
    if len(address) == 4 and address[3]:
        return socket.getnameinfo(address, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)[0]
    return str(address[0])
