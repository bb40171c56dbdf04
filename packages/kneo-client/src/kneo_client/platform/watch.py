"""One caller's wait: which runs are open, what has come in, and how it is woken, in a task or in a thread."""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from sdk_engine.deadline import FOREVER

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from kneo_client.core.errors import KneoError
    from kneo_client.types import RunStatusResponse

    Outcome = RunStatusResponse | KneoError


class Signal(Protocol):
    """Wakes one waiter. A signal given while nobody waits counts for the next wait."""

    def set(self) -> None:
        """Wake who waits."""

    def wait(self, seconds: float) -> Any:
        """Wait for the signal, so many seconds at most; awaitable where tasks wait."""


class TaskSignal:
    """Between tasks of one event loop."""

    def __init__(self) -> None:
        self._given = False
        self._event: Any = None

    def set(self) -> None:
        """Wake the task that waits."""
        self._given = True
        if self._event is not None:
            self._event.set()

    async def wait(self, seconds: float) -> None:
        """Wait for the signal, so many seconds at most."""
        import anyio

        if not self._given:
            self._event = anyio.Event()
            try:
                with anyio.move_on_after(seconds):
                    await self._event.wait()
            finally:
                self._event = None
        self._given = False


class ThreadSignal:
    """Between threads."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Wake the thread that waits."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Wait for the signal, so many seconds at most."""
        self._event.wait(min(seconds, threading.TIMEOUT_MAX))
        self._event.clear()


def place(*, blocking: bool) -> Hashable:
    """Where one waits: in this process, or on the event loop that runs here."""
    if blocking:
        return os.getpid()
    from anyio.lowlevel import current_token

    return current_token()


class Watch:
    """Runs that one caller waits for.

    Attributes:
        open: ids of the runs that have not ended.
        arrived: what has come in and was not taken yet.
        expires: when the time for waiting is up, on the client's clock.
        waiting: somebody is waiting at this moment.
        last_chance: when it is up even if the last look has not come back.
        broken: why nothing will come in any more.
    """

    def __init__(
        self,
        run_ids: Iterable[str],
        *,
        timeout: float | None,
        interval: float,
        terminal: frozenset[str],
        clock: Callable[[], float],
        signal: Signal,
    ) -> None:
        self.open = dict.fromkeys(run_ids)
        self.count = len(self.open)
        self.arrived: deque[tuple[str, Outcome]] = deque()
        self.timeout = FOREVER if timeout is None else min(timeout, FOREVER)
        self.interval = interval
        self.terminal = terminal
        self.expires = clock() + self.timeout
        self.signal = signal
        self.waiting = False
        self.last_chance: float | None = None
        self.broken: KneoError | None = None

    @property
    def endless(self) -> bool:
        """Whether it waits as long as it takes."""
        return self.timeout >= FOREVER
