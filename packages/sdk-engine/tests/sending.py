"""Every wire, as one function that opens it, sends one request and closes it again."""

from __future__ import annotations

import functools
import ssl
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import closing
from typing import Any

import anyio
import httpx
import pytest
from sdk_engine.messages import Request, Response
from sdk_engine.wires import WireSettings, async_wire, sync_wire

from .loopback import Loopback

CAP = 1000
"""Largest body that these wires read."""

Sender = Callable[[Request, float], Response]
SETTINGS = WireSettings(max_body=CAP)


@functools.cache
def trust() -> ssl.SSLContext:
    """The trust of the clients that are passed in; made once, it is slow."""
    return ssl.create_default_context()


def library(name: str) -> Any:
    return httpx if name == "httpx" else pytest.importorskip(name)


def blocking(make: Callable[[], Any], request: Request, timeout: float) -> Response:
    with closing(make()) as wire:
        response: Response = wire.send(request, timeout)
        return response


def blocking_given(name: str, request: Request, timeout: float) -> Response:
    with library(name).Client(verify=trust()) as client:
        return sync_wire(client, SETTINGS).send(request, timeout)


def awaiting(make: Callable[[], Any], request: Request, timeout: float, *, backend: str = "asyncio") -> Response:
    async def send() -> Response:
        wire = make()
        try:
            response: Response = await wire.send(request, timeout)
        finally:
            await wire.aclose()
        return response

    return anyio.run(send, backend=backend)


def awaiting_given(name: str, request: Request, timeout: float) -> Response:
    async def send() -> Response:
        async with library(name).AsyncClient(verify=trust()) as client:
            return await async_wire(client, SETTINGS).send(request, timeout)

    return anyio.run(send)


def _wires() -> dict[str, Sender]:
    partial = functools.partial
    own, default = partial(async_wire, "httpx", SETTINGS), partial(async_wire, None, SETTINGS)
    return {
        "sync-httpx": partial(blocking, partial(sync_wire, "httpx", SETTINGS)),
        "sync-httpx-given": partial(blocking_given, "httpx"),
        "sync-httpx2-given": partial(blocking_given, "httpx2"),
        "sync-default": partial(blocking, partial(sync_wire, None, SETTINGS)),
        "asyncio-httpx": partial(awaiting, own),
        "asyncio-httpx-given": partial(awaiting_given, "httpx"),
        "asyncio-httpx2-given": partial(awaiting_given, "httpx2"),
        "asyncio-default": partial(awaiting, default),
        "trio-httpx": partial(awaiting, own, backend="trio"),
        "trio-default": partial(awaiting, default, backend="trio"),
    }


WIRES = [pytest.param(send, id=name) for name, send in _wires().items()]


def through_httpx(server: Loopback) -> list[bool]:
    """For every request that arrived, whether httpx sent it."""
    return ["python-httpx" in request for request in server.requests]


def run_script(script: str, *arguments: str) -> list[str]:
    """Run it in a process of its own, which must end by itself, quietly and soon; the words it printed."""
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def twice(place: str, base: str, between: Any = lambda: None) -> list[bytes]:
    """The bodies of two calls in the same place, threads or a kind of event loop, with something between them."""
    request = Request("GET", base, "/x", {}, None)

    async def live() -> list[bytes]:
        wire = async_wire()
        first = await wire.send(request, 5.0)
        await anyio.to_thread.run_sync(between)
        second = await wire.send(request, 5.0)
        await wire.aclose()
        return [first.content, second.content]

    if place != "threads":
        return anyio.run(live, backend=place)
    wire = sync_wire()
    first = wire.send(request, 5.0)
    between()
    second = wire.send(request, 5.0)
    wire.close()
    return [first.content, second.content]
