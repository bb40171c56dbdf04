"""The wire of a client that was given none: pyreqwest where it can serve, else httpx.

It cannot serve on Python 3.10 and other platforms without its wheel, on trio, and in a process that was forked after
its parent had used it. The choice is made at the first request, and again in a forked child.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from typing import TYPE_CHECKING

from sdk_engine.errors import Outcome
from sdk_engine.wire import DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_BODY, WireFailure

if TYPE_CHECKING:
    from sdk_engine.wire import AsyncWire, Request, Response, SyncWire


class DefaultAsyncWire:
    """Sends from asyncio or trio, from several event loops one after another, and in forked children."""

    def __init__(self, *, max_body: int = DEFAULT_MAX_BODY, connect_timeout: float = DEFAULT_CONNECT_TIMEOUT) -> None:
        self._max_body = max_body
        self._connect_timeout = connect_timeout
        self._wire: AsyncWire | None = None
        self._chosen_for: tuple[int, bool] = (0, False)
        self._closed = False

    async def send(self, request: Request, timeout: float) -> Response:
        """Send one request and read its answer, all within `timeout` seconds."""
        here = os.getpid(), _on_asyncio()
        if self._wire is None or self._chosen_for != here:
            self._wire, self._chosen_for = self._choose(on_asyncio=here[1]), here
        return await self._wire.send(request, timeout)

    def _choose(self, *, on_asyncio: bool) -> AsyncWire:
        _refuse_if(self._closed)
        if on_asyncio and _has_pyreqwest():
            from sdk_engine.wires.pyreqwest import AsyncPyreqwestWire

            try:
                return AsyncPyreqwestWire(max_body=self._max_body, connect_timeout=self._connect_timeout)
            except RuntimeError:  # forked after its threads were started
                pass
        from sdk_engine.wires.httpx import AsyncHttpxWire

        return AsyncHttpxWire(max_body=self._max_body)

    async def aclose(self) -> None:
        """Release the connections. May be called twice."""
        self._closed = True
        wire, self._wire = self._wire, None
        if wire is not None and self._chosen_for == (os.getpid(), _on_asyncio()):
            await wire.aclose()


class DefaultSyncWire:
    """Sends from any number of threads, and in forked children."""

    def __init__(self, *, max_body: int = DEFAULT_MAX_BODY, connect_timeout: float = DEFAULT_CONNECT_TIMEOUT) -> None:
        self._max_body = max_body
        self._connect_timeout = connect_timeout
        self._lock = threading.Lock()
        self._wire: SyncWire | None = None
        self._pid = 0
        self._closed = False

    def send(self, request: Request, timeout: float) -> Response:
        """Send one request and read its answer, all within `timeout` seconds."""
        wire = self._wire
        if wire is None or self._pid != os.getpid():
            wire = self._open()
        return wire.send(request, timeout)

    def _open(self) -> SyncWire:
        if self._pid != os.getpid():
            self._lock = threading.Lock()  # the parent's may have been held during the fork
        with self._lock:
            _refuse_if(self._closed)
            if self._wire is None or self._pid != os.getpid():
                self._wire, self._pid = self._choose(), os.getpid()
            return self._wire

    def _choose(self) -> SyncWire:
        if _has_pyreqwest():
            from sdk_engine.wires.pyreqwest import SyncPyreqwestWire

            try:
                return SyncPyreqwestWire(max_body=self._max_body, connect_timeout=self._connect_timeout)
            except RuntimeError:
                pass
        from sdk_engine.wires.httpx import SyncHttpxWire

        return SyncHttpxWire(max_body=self._max_body)

    def close(self) -> None:
        """Release the connections. May be called twice."""
        self._closed = True
        wire, self._wire = self._wire, None
        if wire is not None and self._pid == os.getpid():
            wire.close()


def _on_asyncio() -> bool:
    asyncio = sys.modules.get("asyncio")  # whoever runs on it has imported it
    return asyncio is not None and asyncio._get_running_loop() is not None


def _has_pyreqwest() -> bool:
    return importlib.util.find_spec("pyreqwest") is not None


def _refuse_if(closed: bool) -> None:
    if closed:
        raise WireFailure("the client is closed; create a new one", outcome=Outcome.NOT_SENT, transient=False)
