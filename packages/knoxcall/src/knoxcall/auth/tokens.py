"""Access tokens: minted once for everybody who asks, kept while they are fresh, replaced when they are refused."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sdk_engine.errors import SdkError
from sdk_engine.single_flight import SingleFlight
from sdk_engine.steps import Blocking

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sdk_engine.deadline import Deadline
    from sdk_engine.redaction import Secret

    from knoxcall.auth.credentials import Exchangeable, Grant
    from knoxcall.auth.token_request import TokenEndpoint
    from knoxcall.stores import TokenStore

DEFAULT_LIFETIME = 3600.0
LONGEST_LIFETIME = 24 * 3600.0
REFRESH_AHEAD = 300.0
STILL_USABLE = 10.0
PAUSE = 5.0
"""Seconds until what has just failed is tried again: a refresh ahead of time, replacing a refused token."""

_log = logging.getLogger("knoxcall.auth")


@dataclass(frozen=True)
class Token:
    """An access token.

    Attributes:
        value: the token itself; its repr shows nothing.
        type: `Bearer` or `DPoP`.
        expires_at: seconds since the epoch.
        lifetime: seconds it was issued for.
        scope: what it may do, as far as the server said.
        tenant: the tenant's slug, if the server said.
        thumbprint: of the DPoP key that it is bound to, or None.
        refresh_token: what the next token is got with, if the server said; used once.
    """

    value: Secret = field(repr=False)
    type: str
    expires_at: float
    lifetime: float
    scope: tuple[str, ...] = ()
    tenant: str | None = None
    thumbprint: str | None = None
    refresh_token: Secret | None = field(default=None, repr=False)


def lifetime_of(expires_in: object) -> float:
    """Seconds out of a token response's `expires_in`; nonsense counts as unknown, for ever as a day."""
    try:
        seconds = float(expires_in)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError, OverflowError):
        return DEFAULT_LIFETIME
    return min(seconds, LONGEST_LIFETIME) if seconds > 0 else DEFAULT_LIFETIME


@dataclass
class _Held:
    """A token in use. Its age is measured on the monotonic clock: setting the computer's clock does not change it."""

    token: Token
    expires: float
    replaces_refused: bool = False
    since: float = 0.0

    @property
    def refresh_ahead(self) -> float:
        return min(REFRESH_AHEAD, self.token.lifetime / 2)


class Tokens:
    """The current access token of one credential, for any number of threads or tasks.

    Args:
        credential: what tokens are got with.
        endpoint: where they are got.
        scope: scopes to ask for.
        store: where other processes may find them; None keeps them to this client.
    """

    def __init__(
        self,
        credential: Exchangeable,
        endpoint: TokenEndpoint,
        *,
        store: TokenStore | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._credential = credential
        self._endpoint = endpoint
        self._store = store
        self._clock = clock
        self._wall_clock = wall_clock
        self._flight: SingleFlight[Token] = SingleFlight()
        self._held: _Held | None = None
        self._next_refresh = -math.inf

    async def get(self, deadline: Deadline) -> Token:
        """A plan: a token that will do, the one at hand if possible.

        Raises:
            KnoxCallError: none could be got.
        """
        return self._fresh() or await self._flight.run(self._fresh, partial(self._refresh, deadline))

    async def replace(self, refused: Token, deadline: Deadline) -> Token | None:
        """A plan: another token instead of one that was refused, or None when that would be pointless.

        It is when the refused one was itself a replacement, made a moment ago, that has never worked.
        """
        held = self._held
        if held and held.token is refused and held.replaces_refused and self._clock() - held.since < PAUSE:
            return None
        work = partial(self._mint, deadline, refused=refused)
        return await self._flight.run(partial(self._other_than, refused), work)

    async def renew(self, deadline: Deadline) -> Token:
        """A plan: a new token, whatever is at hand."""
        held = self._held
        if held is None:
            return await self.get(deadline)
        work = partial(self._mint, deadline, refused=held.token)
        return await self._flight.run(partial(self._other_than, held.token), work)

    def accepted(self, token: Token) -> None:
        """Note that the server took this token."""
        held = self._held
        if held and held.replaces_refused and held.token is token:
            held.replaces_refused = False

    async def forget(self) -> None:
        """A plan: drop the token at hand, here and in the store."""
        self._held = None
        if self._store is not None:
            await Blocking(partial(_quietly, partial(self._store.delete, self._key)))

    @property
    def _key(self) -> str:
        endpoint = self._endpoint
        scopes = " ".join(sorted(endpoint.scope))
        return "|".join([self._credential.identity, endpoint.base_url, scopes, endpoint.thumbprint or "bearer"])

    def _fresh(self) -> Token | None:
        held = self._held
        if held is None:
            return None
        now = self._clock()
        left = held.expires - now
        patient = left > STILL_USABLE and now < self._next_refresh
        return held.token if left > held.refresh_ahead or patient else None

    def _other_than(self, refused: Token) -> Token | None:
        token = self._held.token if self._held else None
        return token if token is not None and token.value != refused.value else None

    async def _refresh(self, deadline: Deadline) -> Token:
        """Mint ahead of time; until the old token's last seconds a failure is not the caller's problem."""
        held = self._held
        usable = held is not None and held.expires - self._clock() > STILL_USABLE
        try:
            return await self._mint(deadline, attempts=1 if usable else None)
        except SdkError as exc:
            if held is None or not usable:
                raise
            self._next_refresh = self._clock() + PAUSE
            _log.warning("the access token could not be renewed ahead of time: %s", exc)
            return held.token

    async def _mint(self, deadline: Deadline, *, refused: Token | None = None, attempts: int | None = None) -> Token:
        value = refused.value if refused is not None else None

        async def ask(grant: Callable[[], Coroutine[Any, Any, Grant]]) -> Token:
            return await self._endpoint.request(grant, deadline, attempts)

        if self._store is None:
            token = await self._credential.obtain(ask, value)
        else:
            token = await self._through(self._store, partial(self._credential.obtain, ask, value), value)
        now = self._clock()
        left = min(token.expires_at - self._wall_clock(), token.lifetime)
        self._held = _Held(token, now + left, replaces_refused=refused is not None, since=now)
        return token

    async def _through(
        self, store: TokenStore, mint: Callable[[], Coroutine[Any, Any, Token]], refused: str | None
    ) -> Token:
        """The store's token, else a new one, minted under its lock. A store that is down is done without."""
        key = self._key
        known = await self._stored(store, key, refused)
        if known is not None:
            return known
        lock = store.lock(key)
        try:
            await Blocking(partial(_quietly, lock.acquire))
            known = await self._stored(store, key, refused)  # somebody may have minted meanwhile
            if known is not None:
                return known
            token = await mint()
            if self._key == key:  # else the server asked for a DPoP key meanwhile: such tokens are no use to others
                await Blocking(partial(_quietly, partial(store.set, key, token)))
            return token
        finally:
            _quietly(lock.release)

    async def _stored(self, store: TokenStore, key: str, refused: str | None) -> Token | None:
        known: Token | None = await Blocking(partial(_quietly, partial(store.get, key)))
        return known if known is not None and self._is_ours(known) and known.value != refused else None

    def _is_ours(self, token: Token) -> bool:
        left = min(token.expires_at - self._wall_clock(), token.lifetime)
        return token.thumbprint == self._endpoint.thumbprint and left > min(REFRESH_AHEAD, token.lifetime / 2)


def _quietly(function: Callable[[], Any]) -> Any:
    """The function's result, or None with a warning: a cache that fails must not fail the call."""
    try:
        return function()
    except Exception as exc:  # noqa: BLE001 - stores are other people's code
        _log.warning("the token store failed: %s", type(exc).__name__)
        return None
