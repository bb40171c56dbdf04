"""Keeping answers: the operations compute, so the same payload has the same answer.

A backend is any object with `get` and `set`, plain or async; a sync client needs plain ones. When a backend fails,
the call goes on without it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class CacheBackend(Protocol):
    """What a cache must be able to do. Keys are short text without customers' data, values are JSON."""

    def get(self, key: str) -> bytes | Awaitable[bytes | None] | None:
        """The value, or None when there is none or it has expired."""
        ...

    def set(self, key: str, value: bytes, ttl: float) -> Awaitable[None] | None:
        """Keep the value for `ttl` seconds."""
        ...


class MemoryCache:
    """Keeps the latest answers in this process, for sync and async clients and any number of threads.

    Args:
        max_entries: how many; the one that was used longest ago goes first.
    """

    def __init__(self, max_entries: int = 1024, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_entries = max_entries
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none or it has expired."""
        with self._lock:
            expires, value = self._entries.get(key, (0.0, b""))
            if key not in self._entries:
                return None
            if expires <= self._clock():
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return value

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Keep the value for `ttl` seconds."""
        with self._lock:
            self._entries[key] = (self._clock() + ttl, value)
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)


class RedisCache:
    """Keeps answers in Redis, shared between processes (extra `kaizen-client[redis]`).

    Args:
        client: a `redis.Redis` for sync clients, a `redis.asyncio.Redis` for async ones. It is never closed.
        prefix: begins every key.
    """

    def __init__(self, client: Any, prefix: str = "kaizen:") -> None:
        self._client = client
        self._prefix = prefix

    @classmethod
    def from_url(cls, url: str, *, prefix: str = "kaizen:", sync: bool = False) -> RedisCache:
        """A cache on the Redis at this URL, for async clients unless `sync`."""
        import redis
        import redis.asyncio

        return cls((redis.Redis if sync else redis.asyncio.Redis).from_url(url), prefix)

    def get(self, key: str) -> Any:
        """The value, or None; awaitable with an async client."""
        return self._client.get(self._prefix + key)

    def set(self, key: str, value: bytes, ttl: float) -> Any:
        """Keep the value for `ttl` seconds; awaitable with an async client."""
        return self._client.set(self._prefix + key, value, px=max(1, round(ttl * 1000)))
