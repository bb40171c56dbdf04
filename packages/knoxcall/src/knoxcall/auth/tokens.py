"""Access tokens: minted once for everybody who asks, kept while they are fresh, replaced when they are refused."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sdk_engine.deadline import Deadline
from sdk_engine.errors import SdkError
from sdk_engine.redaction import header_problem

from knoxcall.settings import is_slug
from knoxcall.single_flight import SingleFlight
from knoxcall.stores.guarded import PATIENCE, GuardedStore, Limits
from knoxcall.token import LONGEST_LIFETIME, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from knoxcall.auth.credentials import Exchangeable
    from knoxcall.auth.token_request import TokenEndpoint
    from knoxcall.stores import TokenStore
    from knoxcall.token import Grant

REFRESH_AHEAD = 300.0
STILL_USABLE = 10.0
PAUSE = 5.0
"""Seconds until what has just failed is tried again: a refresh ahead of time, replacing a refused token."""

_log = logging.getLogger("knoxcall.auth")


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
        self._store = None if store is None else GuardedStore(store)
        self._clock = clock
        self._wall_clock = wall_clock
        self._flight: SingleFlight[Token] = SingleFlight()
        self._held: _Held | None = None
        self._next_refresh = -math.inf

    async def get(self, deadline: Deadline, timeout: float = math.inf) -> Token:
        """A plan: a token that will do, the one at hand if possible.

        Args:
            deadline: the call's.
            timeout: seconds that a store may take for one answer.

        Raises:
            KnoxCallError: none could be got.
        """
        limits = Limits(timeout, deadline)
        await self._look(limits)
        return self._fresh() or await self._flight.run(self._fresh, partial(self._refresh, limits))

    async def replace(self, refused: Token, deadline: Deadline, timeout: float = math.inf) -> Token | None:
        """A plan: another token instead of one that was refused, or None when that would be pointless.

        It is when the refused one was itself a replacement, made a moment ago, that has never worked.
        """
        held = self._held
        if held and held.token is refused and held.replaces_refused and self._clock() - held.since < PAUSE:
            return None
        limits = Limits(timeout, deadline)
        if self._store is not None and self._store.is_asked_first and self._other_than(refused) is None:
            await self._store.delete(self._key, limits)
            await self._look(limits)
        work = partial(self._mint, limits, refused=refused)
        return await self._flight.run(partial(self._other_than, refused), work)

    async def _look(self, limits: Limits) -> None:
        """Take the token of a store that counts more than what is at hand; where it does not say, nothing changes."""
        store = self._store
        if store is None or not store.is_asked_first or self._endpoint.thumbprint is not None:
            return
        found = await store.get(self._key, limits, otherwise=self)
        if isinstance(found, Token) and self._is_sound(found):
            at_hand = self._held.token if self._held else None
            if at_hand is None or (at_hand.value, at_hand.expires_at) != (found.value, found.expires_at):
                self._hold(found)
        elif found is not self:
            self._held = None

    async def renew(self, deadline: Deadline) -> Token:
        """A plan: a new token, whatever is at hand."""
        held = self._held
        if held is None:
            return await self.get(deadline)
        work = partial(self._mint, Limits(math.inf, deadline), refused=held.token)
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
            await self._store.delete(self._key, Limits(math.inf, Deadline(PATIENCE)))

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

    async def _refresh(self, limits: Limits) -> Token:
        """Mint ahead of time; until the old token's last seconds a failure is not the caller's problem."""
        held = self._held
        usable = held is not None and held.expires - self._clock() > STILL_USABLE
        try:
            return await self._mint(limits, attempts=1 if usable else None)
        except SdkError as exc:
            if held is None or not usable:
                raise
            await self._look(limits)
            self._next_refresh = self._clock() + PAUSE
            _log.warning("the access token could not be renewed ahead of time: %s", exc)
            return held.token

    async def _mint(self, limits: Limits, *, refused: Token | None = None, attempts: int | None = None) -> Token:
        value = refused.value if refused is not None else None

        async def ask(grant: Callable[[], Coroutine[Any, Any, Grant]]) -> Token:
            return await self._endpoint.request(grant, limits.deadline, attempts)

        obtain = partial(self._credential.obtain, ask, value, limits.deadline)
        if self._store is None or self._endpoint.thumbprint is not None:
            token = await obtain()
        else:
            token = await self._through(self._store, obtain, value, limits)
        self._hold(token, replaces_refused=refused is not None)
        return token

    def _hold(self, token: Token, *, replaces_refused: bool = False) -> None:
        now = self._clock()
        left = min(token.expires_at - self._wall_clock(), token.lifetime)
        self._held = _Held(token, now + left, replaces_refused, now)

    async def _through(
        self, store: GuardedStore, obtain: Callable[[], Coroutine[Any, Any, Token]], refused: str | None, limits: Limits
    ) -> Token:
        """The store's token, else a new one, minted under its lock.

        A token that is bound to a key is not kept there: the key never leaves this process, so no other can use it.
        """
        key = self._key

        async def known() -> Token | None:
            token = await store.get(key, limits)
            return token if isinstance(token, Token) and self._is_usable(token) and token.value != refused else None

        async def minted() -> Token:
            if token := await known():  # somebody may have minted while the lock was waited for
                return token
            token = await obtain()
            if token.thumbprint is None:
                await store.set(key, token, limits)
            return token

        token = None if store.is_asked_first else await known()
        return token if token is not None else await store.locked(key, limits, minted)

    def _is_usable(self, token: Token) -> bool:
        """Whether a stored token can be sent, and for a while."""
        left = min(token.expires_at - self._wall_clock(), token.lifetime)
        return self._is_sound(token) and left > min(REFRESH_AHEAD, token.lifetime / 2)

    def _is_sound(self, token: Token) -> bool:
        """Whether it can be a token of ours: what a store gives may be damaged, planted, or another program's."""
        if token.thumbprint is not None or token.type != "Bearer" or not token.value or header_problem(token.value):
            return False
        if token.tenant is not None and not is_slug(token.tenant):
            return False
        left = min(token.expires_at - self._wall_clock(), token.lifetime)
        return 0 < left <= LONGEST_LIFETIME
