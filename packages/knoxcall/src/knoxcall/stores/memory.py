"""Tokens shared by the clients of one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.steps import Gate

if TYPE_CHECKING:
    import threading

    from knoxcall.token import Token


class MemoryTokenStore:
    """Keeps tokens in memory, for many short-lived clients of one process. A single client needs no store."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._gates: dict[str, Gate] = {}

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
        """A lock between the clients of this process; in a forked child nobody holds it."""
        return MemoryLock(self._gates.setdefault(key, Gate()).after_fork().thread_lock)


class MemoryLock:
    """A lock between threads, for one use."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock

    def acquire(self) -> bool:
        """Whether it is held now."""
        return self._lock.acquire(blocking=False)

    def release(self) -> None:
        """Let the next one in."""
        self._lock.release()
