"""Calling a vendor's SDK, sync or async: the loop is never blocked, and no stream is left open."""

from __future__ import annotations

import functools
import inspect
import socket
import threading
from collections.abc import AsyncIterable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    Close = Callable[[], Any]
    Closing = Callable[[Any], Close | None]

_END = object()
_CLOSING_SECONDS = 5.0


def load(module: str, extra: str) -> Any:
    """The vendor's package.

    Raises:
        RuntimeError: it is not installed; the message names the extra.
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as exc:
        raise RuntimeError(f"{module} is not installed: pip install 'kaizen-client[{extra}]'") from exc


async def invoke(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call a function of a vendor's client: an async one on the loop, a blocking one on a thread.

    Who is cancelled does not wait for a blocking call: it ends by itself, and its result is dropped.
    """
    if _is_async(function):
        return await function(*args, **kwargs)
    return await _on_thread(functools.partial(function, *args, **kwargs))


class Stream:
    """A vendor's stream: opened, read item by item, and closed however that ends, also by cancellation.

    A blocking stream is opened and read on threads. When the reader is cancelled, it does not wait for a read under
    way: that is hung up where its socket is known, and its thread closes the stream behind it.
    """

    def __init__(self) -> None:
        self.source: Any = None
        self._close: Close | None = None
        self._lock = threading.Lock()
        self._reading = False
        self._over = threading.Event()

    async def open(self, function: Callable[..., Any], /, **arguments: Any) -> None:
        """Ask for the stream, and enter it where it is a context manager."""
        opened = await self._call(functools.partial(function, **arguments), _is_async(function), _closing)
        if not isinstance(opened, (AsyncIterable, Iterable)):
            is_async = hasattr(opened, "__aenter__")
            enter, leave = (opened.__aenter__, opened.__aexit__) if is_async else (opened.__enter__, opened.__exit__)
            opened = await self._call(enter, is_async, lambda _: functools.partial(leave, None, None, None))
        self.source = opened

    @property
    def only_text(self) -> bool:
        """Whether the stream is nothing to iterate over, but has a `text_stream`."""
        return not isinstance(self.source, (AsyncIterable, Iterable))

    async def items(self) -> AsyncGenerator[Any]:
        """What arrives, to the end."""
        items = self.source.text_stream if self.only_text else self.source
        if isinstance(items, AsyncIterable):
            async for item in items:
                yield item
            return
        iterator = iter(items)
        while (item := await self._call(functools.partial(next, iterator, _END), False)) is not _END:
            yield item

    async def ask(self, method: str) -> Any:
        """Call a method of the stream."""
        function = getattr(self.source, method)
        return await self._call(function, _is_async(function))

    async def close(self) -> None:
        """End the stream, also where everything else is being cancelled. May be called twice."""
        import anyio

        with self._lock:
            reading, closed = self._reading, self._over.is_set()
            self._over.set()
        if reading:
            hang_up(self.source)
        elif self._close is not None and not closed:
            with anyio.move_on_after(_CLOSING_SECONDS, shield=True):
                await invoke(self._close)

    async def _call(self, function: Close, is_async: bool, closing: Closing | None = None) -> Any:
        """Call a function of the stream; `closing` finds in its result how the stream is closed from then on."""
        result = await (function() if is_async else _on_thread(functools.partial(self._read, function, closing)))
        if closing is not None:
            self._close = closing(result)
        return result

    def _read(self, function: Close, closing: Closing | None) -> Any:
        """A blocking call on its thread, which closes the stream when its caller has gone."""
        with self._lock:
            if self._over.is_set():
                return None
            self._reading = True
        result: Any = None
        try:
            result = function()
        finally:
            with self._lock:
                self._reading, over = False, self._over.is_set()
            close = self._close if closing is None or result is None else closing(result)
            if over and close is not None:
                close()
        return result


def hang_up(stream: Any) -> None:
    """End a read of the stream that another thread waits in, where the SDK's HTTP client says which socket it is."""
    extensions = getattr(getattr(stream, "response", None), "extensions", None) or {}
    network = extensions.get("network_stream")
    connection = None if network is None else network.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):  # ended meanwhile
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _closing(stream: Any) -> Close | None:
    return getattr(stream, "aclose", None) or getattr(stream, "close", None)


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(inspect.unwrap(function))


async def _on_thread(function: Close) -> Any:
    import anyio.to_thread

    result = await anyio.to_thread.run_sync(function, abandon_on_cancel=True)
    return await result if inspect.isawaitable(result) else result
