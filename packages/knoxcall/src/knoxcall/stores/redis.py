"""Tokens shared by the processes of many machines."""

from __future__ import annotations

import contextlib
import inspect
import time
from typing import TYPE_CHECKING, Any

from knoxcall.stores.serial import dump, load

if TYPE_CHECKING:
    from collections.abc import Callable

    import redis
    import redis.asyncio

    from knoxcall.token import Token

_SHORTEST = 60


class RedisTokenStore:
    """Keeps tokens in Redis, in the clear: give the server a password and its own database.

    Args:
        client: a `redis.Redis`, for both kinds of client, or a `redis.asyncio.Redis`, for those that are awaited.
        prefix: of every key.
        lock_wait_ms: milliseconds to wait for another process that is getting a token; then it is done without.
        lock_ttl_seconds: after that the lock of a process that died is free again.
        default_cache_ttl_seconds: the longest that a token is kept; as a rule it is kept a minute beyond its end.
    """

    def __init__(
        self,
        client: redis.Redis | redis.asyncio.Redis,
        *,
        prefix: str = "knoxcall:",
        lock_wait_ms: float = 10_000,
        lock_ttl_seconds: float = 30,
        default_cache_ttl_seconds: int = 3600,
    ) -> None:
        self._client: Any = client
        self._prefix = prefix
        self._lock_wait = lock_wait_ms / 1000
        self._lock_ttl = lock_ttl_seconds
        self._longest = default_cache_ttl_seconds
        methods = [getattr(client, name, None) for name in ("execute_command", "get")]
        self.is_async = any(map(inspect.iscoroutinefunction, methods))

    def get(self, key: str) -> Any:
        """The token, or None."""
        return _then(self._client.get(f"{self._prefix}token:{key}"), _token)

    def set(self, key: str, token: Token) -> Any:
        """Keep the token until about a minute after its end."""
        left = int(token.expires_at - time.time()) + _SHORTEST
        return self._client.set(f"{self._prefix}token:{key}", dump(token), ex=max(_SHORTEST, min(self._longest, left)))

    def delete(self, key: str) -> Any:
        """Forget the token."""
        return self._client.delete(f"{self._prefix}token:{key}")

    def lock(self, key: str) -> RedisLock:
        """A lock between everybody who uses this server and prefix."""
        return RedisLock(self._client, f"{self._prefix}lock:{key}", self._lock_wait, self._lock_ttl)


class RedisLock:
    """A lock in Redis, for one use: redis-py's own. Only its owner can release it, in one step on the server."""

    def __init__(self, client: Any, name: str, wait: float, ttl: float) -> None:
        self.wait = wait
        self._lock = client.lock(name, timeout=ttl, thread_local=False)

    def acquire(self) -> Any:
        """Whether it is held now."""
        return self._lock.acquire(blocking=False)

    def release(self) -> Any:
        """Let the next one in; one whose time was over is somebody else's by now, and stays."""
        from redis.exceptions import LockError

        try:
            released = self._lock.release()
        except LockError:
            return None
        return _unless(LockError, released) if inspect.isawaitable(released) else None


async def _unless(failure: type[Exception], work: Any) -> None:
    with contextlib.suppress(failure):
        await work


def _then(answer: Any, change: Callable[[Any], Any]) -> Any:
    """The changed answer, or a coroutine of it where the client's are to be awaited."""
    return _awaited(answer, change) if inspect.isawaitable(answer) else change(answer)


async def _awaited(answer: Any, change: Callable[[Any], Any]) -> Any:
    return change(await answer)


def _token(content: bytes | str | None) -> Token | None:
    return load(content) if content is not None else None
