"""Tokens shared by the processes of many machines."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, Any

from knoxcall.stores.serial import dump, load

if TYPE_CHECKING:
    from redis import Redis

    from knoxcall.auth.tokens import Token

_SHORTEST = 60
_LONGEST = 3600
_POLL = 0.05
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class RedisTokenStore:
    """Keeps tokens in Redis, in the clear: give the server a password and its own database.

    Args:
        client: a `redis.Redis`, also for async clients (they call it on a worker thread).
        prefix: of every key.
        lock_wait: seconds to wait for another process that is getting a token; after that it is done without.
        lock_ttl: seconds after which the lock of a process that died is free again.
    """

    def __init__(
        self, client: Redis, *, prefix: str = "knoxcall:", lock_wait: float = 10.0, lock_ttl: float = 30.0
    ) -> None:
        self._client: Any = client
        self._prefix = prefix
        self._lock_wait = lock_wait
        self._lock_ttl = lock_ttl

    def get(self, key: str) -> Token | None:
        """The token, or None."""
        content = self._client.get(f"{self._prefix}token:{key}")
        return load(content) if content is not None else None

    def set(self, key: str, token: Token) -> None:
        """Keep the token until about a minute after its end, at most an hour."""
        left = int(token.expires_at - time.time()) + _SHORTEST
        self._client.set(f"{self._prefix}token:{key}", dump(token), ex=max(_SHORTEST, min(_LONGEST, left)))

    def delete(self, key: str) -> None:
        """Forget the token."""
        self._client.delete(f"{self._prefix}token:{key}")

    def lock(self, key: str) -> RedisLock:
        """A lock between everybody who uses this server and prefix."""
        return RedisLock(self._client, f"{self._prefix}lock:{key}", self._lock_wait, self._lock_ttl)


class RedisLock:
    """A lock in Redis, for one use. Only its owner can release it, in one step on the server."""

    def __init__(self, client: Any, name: str, wait: float, ttl: float) -> None:
        self._client = client
        self._name = name
        self._wait = wait
        self._ttl = ttl
        self._owner = secrets.token_hex(16)
        self._guard = threading.Lock()
        self._held = self._released = False

    def acquire(self) -> None:
        """Wait for the lock.

        Raises:
            TimeoutError: another process has held it all the time.
        """
        give_up = time.monotonic() + self._wait
        while not self._released:
            if self._client.set(self._name, self._owner, nx=True, px=int(self._ttl * 1000)):
                with self._guard:
                    self._held = not self._released
                if not self._held:
                    self._remove()
                return
            if time.monotonic() > give_up:
                raise TimeoutError(f"another process has held the token's lock for {self._wait:.6g} s")
            time.sleep(_POLL)

    def release(self) -> None:
        """Let the next one in. The server is told on a thread of its own: an event loop must not wait for it."""
        with self._guard:
            self._released = True
            held, self._held = self._held, False
        if held:
            threading.Thread(target=self._remove, name="knoxcall-unlock").start()

    def _remove(self) -> None:
        self._client.eval(_RELEASE, 1, self._name, self._owner)
