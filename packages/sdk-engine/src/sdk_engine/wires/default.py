"""The wire of a client that was given none: pyreqwest where it can serve, else httpx.

It cannot serve on Python 3.10 and other platforms without its wheel, on trio, and in a process that was forked after
its parent had used it. The choice is made at the first request, and again in a forked child.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import os
from typing import TYPE_CHECKING, Any

from sdk_engine.drivers import on_asyncio
from sdk_engine.messages import DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_BODY, already_closed, reach_of
from sdk_engine.steps import Gate

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sdk_engine.messages import AsyncWire, Reach, Request, Response, SyncWire


class _Choice:
    """What both modes remember: the limits, and a wire for each kind of place that was sent from or to."""

    def __init__(self, *, max_body: int = DEFAULT_MAX_BODY, connect_timeout: float = DEFAULT_CONNECT_TIMEOUT) -> None:
        self._max_body = max_body
        self._connect_timeout = connect_timeout
        self._closed = False

    def _limits(self, base: str) -> dict[str, Any]:
        return {"max_body": self._max_body, "connect_timeout": self._connect_timeout, "reach": reach_of(base)}


class DefaultAsyncWire(_Choice):
    """Sends from asyncio or trio, from any number of event loops, and in forked children."""

    def __init__(self, *, max_body: int = DEFAULT_MAX_BODY, connect_timeout: float = DEFAULT_CONNECT_TIMEOUT) -> None:
        super().__init__(max_body=max_body, connect_timeout=connect_timeout)
        self._wires: dict[tuple[int, bool, Reach], AsyncWire] = {}

    def load(self) -> None:
        """Import the library that serves here."""
        _load(pyreqwest=on_asyncio())

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Coroutine[Any, Any, Response]:
        """Send one request and read its answer, all within `timeout` seconds."""
        if self._closed:
            raise already_closed()
        place = os.getpid(), on_asyncio(), reach_of(request.base)
        wire = self._wires.get(place)
        if wire is None:
            wire = self._wires[place] = self._choose(request.base, on_asyncio=place[1])
        return wire.send(request, timeout, patience)

    def _choose(self, base: str, *, on_asyncio: bool) -> AsyncWire:
        if on_asyncio and _has_pyreqwest():
            from sdk_engine.wires.pyreqwest import AsyncPyreqwestWire

            try:
                return AsyncPyreqwestWire(**self._limits(base))
            except RuntimeError:  # forked after its threads were started
                pass
        from sdk_engine.wires.httpx import AsyncHttpxWire

        return AsyncHttpxWire(max_body=self._max_body)

    async def aclose(self) -> None:
        """Release the connections; other event loops that run keep theirs until they end. May be called twice."""
        self._closed = True
        here = os.getpid(), on_asyncio()
        for place, wire in self._wires.copy().items():
            if place[:2] == here:
                await wire.aclose()
                if here[1]:  # pyreqwest ends idle connections when dropped; httpx on trio may still serve another loop
                    self._wires.pop(place, None)


class DefaultSyncWire(_Choice):
    """Sends from any number of threads, and in forked children."""

    def __init__(self, *, max_body: int = DEFAULT_MAX_BODY, connect_timeout: float = DEFAULT_CONNECT_TIMEOUT) -> None:
        super().__init__(max_body=max_body, connect_timeout=connect_timeout)
        self._wires: dict[tuple[int, Reach], SyncWire] = {}
        self._opening = Gate()

    def load(self) -> None:
        """Import the library that serves here."""
        _load(pyreqwest=True)

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer, all within `timeout` seconds."""
        place = os.getpid(), reach_of(request.base)
        wire = self._wires.get(place)
        if wire is None:
            with self._opening.after_fork().thread_lock:
                if self._closed:
                    raise already_closed()
                wire = self._wires.get(place)
                if wire is None:
                    wire = self._wires[place] = self._choose(request.base)
        return wire.send(request, timeout, patience)

    def _choose(self, base: str) -> SyncWire:
        if _has_pyreqwest():
            from sdk_engine.wires.pyreqwest import SyncPyreqwestWire

            try:
                return SyncPyreqwestWire(**self._limits(base))
            except RuntimeError:
                pass
        from sdk_engine.wires.httpx import SyncHttpxWire

        return SyncHttpxWire(max_body=self._max_body)

    def close(self) -> None:
        """Release the connections. May be called twice."""
        self._closed = True
        wires, self._wires = self._wires, {}
        for place, wire in wires.items():
            if place[0] == os.getpid():
                wire.close()


def _load(*, pyreqwest: bool) -> None:
    if pyreqwest and _has_pyreqwest():
        importlib.import_module("sdk_engine.wires.pyreqwest")
    else:
        importlib.import_module("sdk_engine.wires.httpx")
        importlib.import_module("httpx")


def _has_pyreqwest() -> bool:
    return importlib.util.find_spec("pyreqwest") is not None
