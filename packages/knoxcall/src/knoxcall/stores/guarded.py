"""A token store as a client uses it: within its call's time, and done without while it is down."""

from __future__ import annotations

import contextlib
import inspect
import logging
import math
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sdk_engine.places import on_asyncio
from sdk_engine.steps import Blocking, Invoke

from knoxcall.errors import BootstrapError
from knoxcall.locks import taken
from knoxcall.timeouts import in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sdk_engine.deadline import Deadline

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that one answer of a store is waited for at most."""
PAUSE = 30.0
"""Seconds that a store which has failed is left alone."""
LOCK_WAIT = 30.0
"""Seconds that a lock is waited for whose store does not say."""

_POLL = 0.05
_METHODS = ("get", "set", "delete")
_log = logging.getLogger("knoxcall.auth")
_begun: set[Any] = set()
"""Tasks that release the locks of cancelled callers; event loops hold their tasks weakly."""


def check_store(store: object) -> None:
    """Refuse what is no token store.

    Raises:
        BootstrapError: a method is missing.
    """
    locks = "with_lock" if callable(getattr(store, "with_lock", None)) else "lock"
    missing = [name for name in (*_METHODS, locks) if not callable(getattr(store, name, None))]
    if missing:
        raise BootstrapError(f"token_store must have the methods of knoxcall.TokenStore; missing: {', '.join(missing)}")


def is_async(store: object) -> bool:
    """Whether the store's methods are to be awaited."""
    stated = getattr(store, "is_async", None)
    if isinstance(stated, bool):
        return stated
    return any(inspect.iscoroutinefunction(getattr(store, name)) for name in ("get", "set", "delete"))


class Limits(NamedTuple):
    """How long a call may wait for a store: each time for one attempt's timeout at most, in all until its deadline."""

    timeout: float
    deadline: Deadline

    @property
    def seconds(self) -> float:
        """What is left for a single answer."""
        return min(PATIENCE, self.timeout, self.deadline.remaining)


class GuardedStore:
    """One client's use of a store. Its plans never fail because of the store."""

    def __init__(self, store: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self.is_async = is_async(store)
        self.is_asked_first = bool(getattr(store, "is_asked_first", False))
        self._clock = clock
        self._rests_until = -math.inf
        self._reported = False

    @property
    def resting(self) -> bool:
        """Whether the store is left alone for now."""
        return self._clock() < self._rests_until

    async def get(self, key: str, limits: Limits, *, otherwise: Any = None) -> Any:
        """A plan: what the store has under this key, or None; `otherwise` if it does not say."""
        return await self.perform(partial(self._store.get, key), limits, otherwise=otherwise)

    async def set(self, key: str, token: Any, limits: Limits) -> None:
        """A plan: keep the token."""
        await self.perform(partial(self._store.set, key, token), limits)

    async def delete(self, key: str, limits: Limits) -> None:
        """A plan: forget the token."""
        await self.perform(partial(self._store.delete, key), limits)

    async def locked(self, key: str, limits: Limits, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """A plan: do the work with the key's lock held, or without where it cannot be had in time."""
        turn = _Turn(self, await self.perform(partial(self._store.lock, key), limits), limits)
        try:
            await turn.begin()
            result = await work()
        except GeneratorExit:  # the caller was cancelled, and nothing can be awaited any more
            turn.abandon()
            raise
        except BaseException:
            await turn.end()
            raise
        turn.settle(result)
        await turn.end()
        return result

    async def perform(
        self,
        function: Callable[[], Any],
        limits: Limits,
        *,
        otherwise: Any = None,
        undo: Callable[[Any], object] | None = None,
    ) -> Any:
        """A plan: what the function of the store gives; `otherwise` if it fails, is too slow, or is left alone."""
        seconds = limits.seconds
        if self.resting or not seconds:
            return otherwise
        try:
            if self.is_async:
                result = await Invoke(partial(_awaited, function, seconds))
            else:
                result = await Blocking(partial(in_time, function, seconds, undo=undo))
        except Exception as exc:  # noqa: BLE001 - stores are other people's code
            self._failed(exc)
            return otherwise
        self._reported = False
        return result

    def _failed(self, exc: Exception) -> None:
        self._rests_until = self._clock() + PAUSE
        level = logging.DEBUG if self._reported else logging.WARNING
        self._reported = True
        problem = f"{type(exc).__name__}: {exc}" if isinstance(exc, OSError) else type(exc).__name__
        _log.log(level, "the token store failed and is done without for %.6g s: %s", PAUSE, problem)


class _Turn:
    """One use of one lock."""

    def __init__(self, store: GuardedStore, lock: Any, limits: Limits) -> None:
        self._store = store
        self._lock = lock
        self._limits = limits
        self._held = False

    async def begin(self) -> None:
        """A plan: wait for the lock, for as long as it and the call say."""
        if self._lock is not None:
            wait = getattr(self._lock, "wait", LOCK_WAIT)
            await taken(self._attempt, min(wait, self._limits.timeout, self._limits.deadline.remaining), _POLL)
            if not self._held:
                self._give_up()

    def settle(self, result: object) -> None:
        """Tell a lock that wants to know what came of the work."""
        settle = getattr(self._lock, "settle", None)
        if settle is not None:
            settle(result)

    def _give_up(self) -> None:
        cancel = getattr(self._lock, "cancel", None)
        if cancel is not None:
            cancel()

    async def _attempt(self) -> bool:
        """A plan: try once; True when there is no more to try."""
        got = await self._store.perform(self._lock.acquire, self._limits, otherwise=False, undo=self._undo)
        self._held = got is not False
        return self._held or self._store.resting

    def _undo(self, got: Any) -> None:
        if got is not False:
            self._lock.release()

    async def end(self) -> None:
        """A plan: let the next one in."""
        if not self._limits.seconds:
            self.abandon()
        elif self._held:
            self._held = False
            await self._store.perform(self._lock.release, self._limits)

    def abandon(self) -> None:
        """Let the next one in, without waiting for it."""
        held, self._held = self._held, False
        if held and self._store.is_async:
            _begin(partial(_quietly_awaited, self._lock.release))
        elif not held:
            self._give_up()
        else:
            threading.Thread(target=_quietly, args=(self._lock.release,), name="knoxcall-unlock", daemon=True).start()


async def _awaited(function: Callable[[], Any], seconds: float) -> Any:
    import anyio

    with anyio.fail_after(seconds):
        result = function()
        return await result if inspect.isawaitable(result) else result


async def _quietly_awaited(function: Callable[[], Any]) -> None:
    with contextlib.suppress(Exception):
        await _awaited(function, PATIENCE)


def _quietly(function: Callable[[], Any]) -> None:
    with contextlib.suppress(Exception):
        function()


def _begin(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begin the work on the event loop that runs here, whoever is cancelled."""
    if on_asyncio():
        import asyncio

        task = asyncio.ensure_future(work())
        _begun.add(task)
        task.add_done_callback(_begun.discard)
    else:
        import trio

        with contextlib.suppress(RuntimeError):  # no loop runs here any more: the lock's own time has to pass
            trio.lowlevel.spawn_system_task(work)
