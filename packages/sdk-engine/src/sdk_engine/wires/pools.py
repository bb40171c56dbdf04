"""Connections that the clients of a process share, as long as one of them is open.

A pool belongs to a place, a process and an event loop of it, and to a kind of connection. Products make a client for
every request that they serve: the second one finds the connections of the first.
"""

from __future__ import annotations

import atexit
import contextlib
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from sdk_engine import places
from sdk_engine.steps import Gate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Hashable

P = TypeVar("P")


class _Key(NamedTuple):
    process: places.Process
    loop: Any
    kind: Hashable


class Pool(Generic[P]):
    """Connections, and how many clients use them. None may be used after `ended` is set: its event loop has ended."""

    __slots__ = ("connections", "ended", "holder", "key", "left", "users")

    connections: P

    def __init__(self, key: _Key) -> None:
        self.key = key
        self.users = 0
        self.ended = False
        self.left = False
        self.holder: Any = None


class Lease(Generic[P]):
    """One client's share in a pool. A client that is dropped without being closed gives it back, too, in the end."""

    __slots__ = ("_dropped", "_held", "_pool")

    def __init__(self, pool: Pool[P], dropped: deque[Pool[P]]) -> None:
        pool.users += 1
        self._pool = pool
        self._held = True
        self._dropped = dropped

    @property
    def connections(self) -> P:
        """Those of the pool."""
        return self._pool.connections

    @property
    def ended(self) -> bool:
        """Whether they can no longer be used."""
        return self._pool.ended

    def returned(self) -> Pool[P]:
        """The pool, which is the client's no longer."""
        self._held = False
        return self._pool

    def __del__(self) -> None:
        """Runs at any moment, on any thread: so it only leaves a note, for whoever looks after the pools next."""
        if self._held and not self._pool.ended:
            self._dropped.append(self._pool)


class LoopPools(Generic[P]):
    """Pools of event loops. Making one lets no other task run.

    A loop that ends closes its own: each is held by an async generator, and finishing those is the last thing loops do.
    """

    def __init__(self, make: Callable[[Any], P], close: Callable[[P], Coroutine[Any, Any, object]]) -> None:
        self._make = make
        self._close = close
        self._open: dict[_Key, Pool[P]] = {}
        self._dropped: deque[Pool[P]] = deque()
        _all.add(self)

    async def lease(self, kind: Hashable) -> Lease[P]:
        """A share in the pool of this kind for the event loop that runs here."""
        key = _Key(places.process(), places.running_loop(), kind)
        pool = self._open.get(key)
        if pool is None:
            self._forget_ended_loops()
            pool = self._open[key] = Pool(key)
            pool.holder = self._held_open(pool)
            await anext(pool.holder)
        return Lease(pool, self._dropped)

    async def give_back(self, lease: Lease[P]) -> None:
        """Close the pool, unless somebody else uses it."""
        pool = lease.returned()
        here = pool.key[:2]
        for each in [pool, *(dropped for dropped in _emptied(self._dropped) if dropped.key[:2] == here)]:
            each.users -= 1
            if not each.users:
                await each.holder.aclose()

    async def _held_open(self, pool: Pool[P]) -> AsyncGenerator[None]:
        pool.connections = self._make(pool.key.kind)
        try:
            yield
        finally:
            pool.ended = True
            self._open.pop(pool.key, None)
            if pool.key.process is places.process() and not pool.left:  # a forked child leaves the sockets alone
                await self._close(pool.connections)

    def leave(self) -> None:
        """Finish the generators of loops that nobody will finish, without their loops, which do not run any more."""
        for pool in list(self._open.values()):
            pool.left = True
            with contextlib.suppress(StopIteration, RuntimeError):
                pool.holder.aclose().send(None)

    def _forget_ended_loops(self) -> None:
        """Drop what belonged to a loop that was closed without finishing its generators."""
        for key, pool in self._open.copy().items():
            if places.has_ended(key.loop):
                pool.ended = True
                self._open.pop(key, None)
        self._dropped.extend([pool for pool in _emptied(self._dropped) if not pool.ended])


_all: weakref.WeakSet[LoopPools[Any]] = weakref.WeakSet()


@atexit.register
def _leave() -> None:
    """The interpreter ends: what is left is the system's to close. Python would complain about open generators."""
    for pools in list(_all):
        pools.leave()


class ThreadPools(Generic[P]):
    """Pools that the threads of a process share."""

    def __init__(self, make: Callable[[Any], P], close: Callable[[P], object]) -> None:
        self._make = make
        self._close = close
        self._open: dict[_Key, Pool[P]] = {}
        self._dropped: deque[Pool[P]] = deque()
        self._gate = Gate()

    def lease(self, kind: Hashable) -> Lease[P]:
        """A share in the pool of this kind."""
        with self._gate.after_fork().thread_lock:
            key = _Key(places.process(), None, kind)
            pool = self._open.get(key)
            if pool is None:
                pool = Pool(key)
                pool.connections = self._make(kind)
                self._open[key] = pool
            return Lease(pool, self._dropped)

    def give_back(self, lease: Lease[P]) -> None:
        """Close the pool, unless somebody else uses it."""
        unused: list[Pool[P]] = []
        with self._gate.after_fork().thread_lock:
            pool = lease.returned()
            process = places.process()
            for each in [pool, *(dropped for dropped in _emptied(self._dropped) if dropped.key.process is process)]:
                each.users -= 1
                if not each.users:
                    self._open.pop(each.key, None)
                    unused.append(each)
        for each in unused:
            self._close(each.connections)


def _emptied(dropped: deque[Pool[P]]) -> list[Pool[P]]:
    """All that have been dropped; more may be at any moment."""
    return [dropped.popleft() for _ in range(len(dropped))]
