"""Stores whose methods are coroutines with `with_lock`, as the published package has them, and awaited stores for
clients that block.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sdk_engine.redaction import Secret

from knoxcall.redacted import Redacted
from knoxcall.stores.guarded import LOCK_WAIT, is_async
from knoxcall.token import DEFAULT_LIFETIME, Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from knoxcall.portal import Portal

_MOMENT = 0.2
"""Seconds that one try to get a lock takes at most."""


@dataclass
class CachedToken:
    """A token as such stores are given it.

    Attributes:
        access_token: the token; `expose()` gives its text.
        expires_at: seconds since the epoch.
        lifetime: seconds it was issued for, if known.
        scope: what it may do.
        token_type: `Bearer`, as a rule.
        refresh_token, cnf_jkt: of the token, if it has any.
        tenant: the tenant's slug, if known.
    """

    access_token: Redacted
    expires_at: float
    lifetime: float | None = None
    scope: list[str] | None = None
    token_type: str = "Bearer"  # noqa: S105
    refresh_token: Redacted | None = None
    cnf_jkt: str | None = None
    tenant: str | None = None


def for_client(store: Any, portal: Portal | None) -> Any:
    """The store as a client uses it: with `lock`, and blocking where there is a portal."""
    if callable(getattr(store, "with_lock", None)):
        store = CachedTokens(store)
    return PortalStore(store, portal) if portal is not None and is_async(store) else store


class CachedTokens:
    """A store with `with_lock`, as one with `lock`. It is asked again before every call: it is what counts."""

    is_async = True
    is_asked_first = True

    def __init__(self, store: Any) -> None:
        self._store = store

    async def get(self, key: str) -> Token | None:
        """The token, or None."""
        return _token(await _value(self._store.get(key)))

    async def set(self, key: str, token: Token) -> None:
        """Keep the token."""
        await _value(self._store.set(key, cached(token)))

    async def delete(self, key: str) -> None:
        """Forget the token."""
        await _value(self._store.delete(key))

    def lock(self, key: str) -> WithLock:
        """A use of `with_lock`."""
        return WithLock(partial(self._store.with_lock, key))


class WithLock:
    """One use of `with_lock`: it is entered by `acquire` and left by `release`, with what was settled in between."""

    wait = LOCK_WAIT

    def __init__(self, enter: Callable[[Any], Any]) -> None:
        self._enter = enter
        self._task: asyncio.Future[Any] | None = None
        self._entered = asyncio.Event()
        self._left = asyncio.Event()
        self._result: Token | None = None

    async def acquire(self) -> bool:
        """Whether it is held now."""
        if self._task is None:
            self._task = asyncio.ensure_future(_value(self._enter(self._inside)))
        entering = asyncio.ensure_future(self._entered.wait())
        await asyncio.wait({self._task, entering}, timeout=_MOMENT, return_when=asyncio.FIRST_COMPLETED)
        entering.cancel()
        if self._task.done() and not self._entered.is_set():
            self._task.result()
            raise RuntimeError("with_lock did not call its function")
        return self._entered.is_set()

    async def _inside(self) -> CachedToken:
        self._entered.set()
        await self._left.wait()
        if self._result is None:
            raise NotMinted("no token was got")
        return cached(self._result)

    def settle(self, token: Token) -> None:
        """Say what the function inside gives; without that it fails."""
        self._result = token

    async def release(self) -> None:
        """Leave it."""
        self._left.set()
        if self._task is not None:
            with contextlib.suppress(NotMinted):
                await self._task

    def cancel(self) -> None:
        """Give up waiting for it."""
        if self._task is not None:
            self._task.cancel()


class NotMinted(Exception):
    """What leaves `with_lock` when no token could be got; the call itself fails with the reason."""


class PortalStore:
    """An awaited store for a client that blocks."""

    is_async = False

    def __init__(self, store: Any, portal: Portal) -> None:
        self._store = store
        self._portal = portal
        self.is_asked_first = getattr(store, "is_asked_first", False)

    def get(self, key: str) -> Any:
        """The token, or None."""
        return self._portal.call(partial(self._store.get, key))

    def set(self, key: str, token: Token) -> None:
        """Keep the token."""
        self._portal.call(partial(self._store.set, key, token))

    def delete(self, key: str) -> None:
        """Forget the token."""
        self._portal.call(partial(self._store.delete, key))

    def lock(self, key: str) -> PortalLock:
        """The store's lock."""
        return PortalLock(self._portal.call(partial(self._store.lock, key)), self._portal)


class PortalLock:
    """An awaited lock for a client that blocks."""

    def __init__(self, lock: Any, portal: Portal) -> None:
        self._lock = lock
        self._portal = portal
        self.wait = getattr(lock, "wait", LOCK_WAIT)
        self.settle = getattr(lock, "settle", None)

    def acquire(self) -> Any:
        """Whether it is held now."""
        return self._portal.call(self._lock.acquire)

    def release(self) -> None:
        """Let the next one in."""
        self._portal.call(self._lock.release)

    def cancel(self) -> None:
        """Give up waiting for it."""
        cancel = getattr(self._lock, "cancel", None)
        if cancel is not None:
            self._portal.call(cancel)


def cached(token: Token) -> CachedToken:
    """The token as such stores are given it."""
    return CachedToken(
        Redacted(str(token.value)),
        token.expires_at,
        token.lifetime,
        list(token.scope),
        token.type,
        None,
        token.thumbprint,
        token.tenant,
    )


def _token(found: Any) -> Token | None:
    """What such a store has, if it is a token."""
    try:
        value = found.access_token
        text = value.expose() if hasattr(value, "expose") else value
        lifetime = float(found.lifetime or DEFAULT_LIFETIME)
        thumbprint, tenant = getattr(found, "cnf_jkt", None), getattr(found, "tenant", None)
        scope = tuple(map(str, found.scope or ()))
        return Token(Secret(text), found.token_type, float(found.expires_at), lifetime, scope, tenant, thumbprint)
    except (AttributeError, TypeError, ValueError):
        return None


async def _value(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result
