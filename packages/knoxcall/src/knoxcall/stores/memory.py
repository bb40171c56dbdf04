"""Tokens shared by the clients of one process."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knoxcall.auth.tokens import Token

_WAIT = 30.0
_POLL = 0.02


class MemoryTokenStore:
    """Keeps tokens in memory, for many short-lived clients of one process. A single client needs no store."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._locks: dict[str, threading.Lock] = {}

    def get(self, key: str) -> Token | None:
        """The token, or None."""
        return self._tokens.get(key)

    def set(self, key: str, token: Token) -> None:
        """Keep the token."""
        self._tokens[key] = token

    def delete(self, key: str) -> None:
        """Forget the token."""
        self._tokens.pop(key, None)

    def lock(self, key: str) -> MemoryLock:
        """A lock between the clients of this process."""
        return MemoryLock(self._locks.setdefault(key, threading.Lock()))


class MemoryLock:
    """A lock between threads, for one use."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock
        self._guard = threading.Lock()
        self._held = self._released = False

    def acquire(self) -> None:
        """Wait for the lock."""
        give_up = time.monotonic() + _WAIT
        while not self._lock.acquire(timeout=_POLL):
            if self._released:
                return
            if time.monotonic() > give_up:
                raise TimeoutError(f"another client has held the token's lock for {_WAIT:.6g} s")
        with self._guard:
            if self._released:
                self._lock.release()
            else:
                self._held = True

    def release(self) -> None:
        """Let the next one in."""
        with self._guard:
            self._released = True
            held, self._held = self._held, False
        if held:
            self._lock.release()
