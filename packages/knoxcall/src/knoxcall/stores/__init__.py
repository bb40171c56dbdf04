"""Where access tokens are kept, so that several clients or processes need only one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from knoxcall.stores.coroutines import CachedToken
    from knoxcall.stores.file import FileTokenStore
    from knoxcall.stores.memory import MemoryTokenStore
    from knoxcall.stores.redis import RedisTokenStore
    from knoxcall.token import Token

__all__ = [
    "CachedToken",
    "CoroutineStore",
    "FileTokenStore",
    "MemoryTokenStore",
    "RedisTokenStore",
    "StoreLock",
    "Token",
    "TokenStore",
]

_HOMES = {
    "CachedToken": "knoxcall.stores.coroutines",
    "FileTokenStore": "knoxcall.stores.file",
    "MemoryTokenStore": "knoxcall.stores.memory",
    "RedisTokenStore": "knoxcall.stores.redis",
    "Token": "knoxcall.token",
}


class StoreLock(Protocol):
    """A lock on one key, for one use. It is tried again and again, so that whoever is cancelled can leave.

    It may have an attribute `wait`: seconds after which those who wait for it go on without, 30 if there is none.
    """

    def acquire(self) -> bool | Awaitable[bool]:
        """Whether it is held now. Does not wait for its holder."""
        ...

    def release(self) -> object:
        """Let the next one in. Called once, after `acquire` gave True, perhaps on another thread."""
        ...


class TokenStore(Protocol):
    """Keeps tokens by key. Its methods either block or are coroutine functions, all of them alike.

    Blocking methods serve both kinds of client, and are called on threads of their own; coroutines serve clients that
    are awaited, on their event loop. No call waits for a store beyond its deadline, or for more than 5 seconds; what
    fails or takes too long is reported once, and left alone for half a minute.

    Keys name the credential, the base URL and the scopes, so clients may share a store whatever they are set up with.
    """

    def get(self, key: str) -> Token | Awaitable[Token | None] | None:
        """The token, or None when there is none that can be read."""
        ...

    def set(self, key: str, token: Token) -> object:
        """Keep the token until it expires."""
        ...

    def delete(self, key: str) -> object:
        """Forget the token."""
        ...

    def lock(self, key: str) -> StoreLock:
        """A lock that everybody who uses this store respects; makes sure that one of them asks for the next token."""
        ...


class CoroutineStore(Protocol):
    """The other form of a store, as the published package has it: coroutines, and a lock that is a function.

    It is asked before every call, and gives `CachedToken`s. A client that blocks runs all of it on one event loop that
    lives as long as the client.
    """

    async def get(self, key: str) -> CachedToken | None:
        """The token, or None."""
        ...

    async def set(self, key: str, token: CachedToken) -> object:
        """Keep the token."""
        ...

    async def delete(self, key: str) -> object:
        """Forget the token."""
        ...

    async def with_lock(self, key: str, fn: Callable[[], Awaitable[CachedToken]]) -> CachedToken:
        """What the function gives, while nobody else who uses this store calls one for that key."""
        ...


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
