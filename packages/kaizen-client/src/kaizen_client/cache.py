"""Keeping answers: the operations compute, so the same payload has the same answer.

A backend is any object with `get` and `set`, plain or async; a sync client needs plain ones. When a backend fails,
the call goes on without it.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol

from sdk_engine.bodies import UndecodableBody, decode_json, encode_json
from sdk_engine.steps import Invoke

from kaizen_client.errors import KaizenConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

ASYNC_CACHE = "cache is async; SyncKaizenClient needs one with plain methods"

logger = logging.getLogger("kaizen_client")


class CacheBackend(Protocol):
    """What a cache must be able to do. Keys are short text without customers' data, values are JSON with them.

    An async client calls plain methods on its event loop: they must not block.
    """

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
        max_bytes: how many bytes of answers, in all.
    """

    def __init__(
        self,
        max_entries: int = 1024,
        *,
        max_bytes: int = 64 * 1024 * 1024,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
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
                self._forget(key)
                return None
            self._entries.move_to_end(key)
            return value

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Keep the value for `ttl` seconds."""
        with self._lock:
            if key in self._entries:
                self._forget(key)
            if len(value) > self._max_bytes:
                return
            self._entries[key] = (self._clock() + ttl, value)
            self._bytes += len(value)
            while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
                self._forget(next(iter(self._entries)))

    def _forget(self, key: str) -> None:
        self._bytes -= len(self._entries.pop(key)[1])


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
    def from_url(
        cls, url: str, *, prefix: str = "kaizen:", sync: bool = False, timeout: float = 1.0, **settings: Any
    ) -> RedisCache:
        """A cache on the Redis at this URL, for async clients unless `sync`.

        Args:
            timeout: seconds for a connection and for an answer; after that the call goes on without the cache.
            settings: more arguments for the Redis client.
        """
        import redis
        import redis.asyncio

        kind: Any = redis.Redis if sync else redis.asyncio.Redis
        limits = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
        return cls(kind.from_url(url, **limits, **settings), prefix)

    def get(self, key: str) -> Any:
        """The value, or None; awaitable with an async client."""
        return self._client.get(self._prefix + key)

    def set(self, key: str, value: bytes, ttl: float) -> Any:
        """Keep the value for `ttl` seconds; awaitable with an async client."""
        return self._client.set(self._prefix + key, value, px=max(1, round(ttl * 1000)))


class KeptAnswers:
    """Looks answers up in a backend and keeps them there. The methods that do so are plans."""

    def __init__(self, backend: CacheBackend, ttl: float) -> None:
        self._backend = backend
        self._ttl = ttl

    def key(self, base_url: str, headers: Mapping[str, str], operation: str, body: Mapping[str, Any]) -> str | None:
        """The same for equal calls with equal credentials and headers; None for a body that has no order.

        Who sent a payload is part of the key: it may be the id of something that only this caller may read.
        """
        sender = sorted((name.lower(), value) for name, value in headers.items())
        try:
            text = json.dumps([base_url, sender, operation, body], sort_keys=True, separators=(",", ":"))
        except (TypeError, RecursionError):  # names of more than one type; as deep as can just be sent
            return None
        return hashlib.sha256(text.encode()).hexdigest()

    async def look_up(self, key: str) -> dict[str, Any] | None:
        """The answer kept under this key."""
        try:
            content = await Invoke(lambda: self._backend.get(key))
        except Exception:  # noqa: BLE001 - whatever a backend raises, the call goes on
            self._failed()
            return None
        if content is None:
            return None
        if inspect.iscoroutine(content):  # nobody awaits it under a sync client
            content.close()
            raise KaizenConfigurationError(ASYNC_CACHE)
        try:
            answer: dict[str, Any] = decode_json(
                content.encode() if isinstance(content, str) else content, dict[str, Any]
            )
            return answer
        except (UndecodableBody, AttributeError, TypeError):
            logger.warning("the cache holds something that is no answer")
            return None

    async def keep(self, key: str, answer: dict[str, Any]) -> None:
        """Keep an answer."""
        content = encode_json(answer)
        try:
            await Invoke(lambda: self._backend.set(key, content, self._ttl))
        except Exception:  # noqa: BLE001
            self._failed()

    def _failed(self) -> None:
        logger.warning("the cache failed; the call goes on without it", exc_info=True)
