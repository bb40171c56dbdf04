"""Coroutines for a client that blocks: one event loop of its own, on one thread, for as long as the client lives."""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Portal:
    """Runs what has to be awaited, always on the same loop: pools of connections and locks stay where they were made.

    The loop begins with the first use, once more in a forked child.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._process = os.getpid()

    def call(self, function: Callable[[], Any]) -> Any:
        """What the function gives, called on the loop and awaited if it has to be. Blocks; not for the loop itself."""
        future = asyncio.run_coroutine_threadsafe(_awaited(function), self._running())
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._process != os.getpid():
            self.__init__()  # type: ignore[misc]  # the parent's thread is not here
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                run = self._loop.run_forever
                self._thread = threading.Thread(target=run, name="knoxcall-portal", daemon=True)
                self._thread.start()
            return self._loop

    def close(self) -> None:
        """End the loop, and what still runs on it. May be called twice."""
        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is not None and thread is not None and self._process == os.getpid():
            asyncio.run_coroutine_threadsafe(_end_of_tasks(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


async def _awaited(function: Callable[[], Any]) -> Any:
    result = function()
    return await result if inspect.isawaitable(result) else result


async def _end_of_tasks() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
