"""The limit on connections: at most so many calls of a client at a time, first come, first served."""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol


class Turn(Protocol):
    """An event of whatever the waiting is done with: threading, asyncio, anyio or trio."""

    def set(self) -> object:
        """Wake whoever waits."""
        ...

    def is_set(self) -> bool:
        """Whether somebody has."""
        ...


class Slots:
    """Hands a slot that is given back to whoever has waited longest. Threads may share it.

    A slot goes from hand to hand: who is woken has it. One that is cancelled or interrupted at that very moment
    passes it on.
    """

    __slots__ = ("_free", "_lock", "_waiting", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self._free = size
        self._waiting: deque[Turn] = deque()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take a slot if one is free; if so, nobody is waiting."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            return False

    def give_back(self) -> None:
        """Hand a slot that was taken to the next in line."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1

    def wait(self, seconds: float) -> bool:
        """Block this thread until a slot is its own; False when it has waited for so many seconds."""
        turn = threading.Event()
        self._queue(turn)
        try:
            if turn.wait(min(seconds, threading.TIMEOUT_MAX)):
                return True
        except BaseException:
            self._pass_on(turn)
            raise
        return self._leave(turn)

    async def wait_for(self, turn: AsyncTurn) -> None:
        """Wait, with an event of the library that runs here, until a slot is the caller's; no limit of its own."""
        self._queue(turn)
        try:
            await turn.wait()
        except BaseException:
            self._pass_on(turn)
            raise

    def _queue(self, turn: Turn) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                turn.set()
            else:
                self._waiting.append(turn)

    def _leave(self, turn: Turn) -> bool:
        """Wait no longer; True if the turn had come already."""
        with self._lock:
            if turn.is_set():
                return True
            self._waiting.remove(turn)
            return False

    def _pass_on(self, turn: Turn) -> None:
        if self._leave(turn):
            self.give_back()


class AsyncTurn(Turn, Protocol):
    """The same, awaited."""

    async def wait(self) -> object:
        """Wait until it is set."""
        ...
