"""Where access tokens are kept, so that several clients or processes need only one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from knoxcall.auth.tokens import Token
    from knoxcall.stores.file import FileTokenStore
    from knoxcall.stores.memory import MemoryTokenStore
    from knoxcall.stores.redis import RedisTokenStore

__all__ = ["FileTokenStore", "MemoryTokenStore", "RedisTokenStore", "StoreLock", "TokenStore"]

_HOMES = {"FileTokenStore": "file", "MemoryTokenStore": "memory", "RedisTokenStore": "redis"}


class StoreLock(Protocol):
    """A lock on one key, for one use."""

    def acquire(self) -> None:
        """Wait for the lock, not for ever; if `release` is called meanwhile, do not keep it."""
        ...

    def release(self) -> None:
        """Let the next one in, without waiting. May be called at any time, also twice."""
        ...


class TokenStore(Protocol):
    """Keeps tokens by key. The methods block; an async client calls them on a worker thread.

    Keys name the credential, the base URL, the scopes and the DPoP key, so clients may share a store whatever they
    are set up with. A store that fails is logged and done without.
    """

    def get(self, key: str) -> Token | None:
        """The token, or None when there is none that can be read."""
        ...

    def set(self, key: str, token: Token) -> None:
        """Keep the token until it expires."""
        ...

    def delete(self, key: str) -> None:
        """Forget the token."""
        ...

    def lock(self, key: str) -> StoreLock:
        """A lock that everybody who uses this store respects; makes sure that one of them asks for the next token."""
        ...


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"knoxcall.stores.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
