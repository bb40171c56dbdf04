"""Connections that the clients of a process share, as long as one of them is open.

A pool belongs to a place, a process and an event loop of it, and to a kind of connection. Products make a client for
every request that they serve: the second one finds the connections of the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sdk_engine import places
from sdk_engine.steps import Gate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Hashable

P = TypeVar("P")


class Lease(Generic[P]):
    """One pool and how many use it. `pool` may no longer be used when `ended` is set: its event loop has ended."""

    __slots__ = ("ended", "holder", "key", "pool", "users")

    pool: P

    def __init__(self, key: Hashable) -> None:
        self.key = key
        self.users = 0
        self.ended = False
        self.holder: Any = None


class LoopPools(Generic[P]):
    """Pools of event loops. Making one lets no other task run.

    A loop that ends closes its own: each is held by an async generator, and finishing those is the last thing loops do.
    """

    def __init__(self, make: Callable[[Any], P], close: Callable[[P], Coroutine[Any, Any, object]]) -> None:
        self._make = make
        self._close = close
        self._open: dict[Hashable, Lease[P]] = {}

    async def lease(self, kind: Hashable) -> Lease[P]:
        """The pool of this kind for the event loop that runs here; whoever takes it gives it back."""
        key = places.process(), places.running_loop(), kind
        lease = self._open.get(key)
        if lease is None:
            self._forget_ended_loops()
            lease = self._open[key] = Lease(key)
            lease.holder = self._held_open(lease, kind)
            await anext(lease.holder)
        lease.users += 1
        return lease

    async def give_back(self, lease: Lease[P]) -> None:
        """Close the pool, unless somebody else uses it."""
        lease.users -= 1
        if not lease.users:
            await lease.holder.aclose()

    async def _held_open(self, lease: Lease[P], kind: Hashable) -> AsyncGenerator[None]:
        process, lease.pool = places.process(), self._make(kind)
        try:
            yield
        finally:
            lease.ended = True
            self._open.pop(lease.key, None)
            if process is places.process():  # a forked child shares the sockets, and leaves them alone
                await self._close(lease.pool)

    def _forget_ended_loops(self) -> None:
        """Drop what belonged to a loop that was closed without finishing its generators."""
        for key in [key for key in self._open.copy() if places.has_ended(key[1])]:  # type: ignore[index]
            lease = self._open.pop(key, None)
            if lease is not None:
                lease.ended = True


class ThreadPools(Generic[P]):
    """Pools that the threads of a process share."""

    def __init__(self, make: Callable[[Any], P], close: Callable[[P], object]) -> None:
        self._make = make
        self._close = close
        self._open: dict[Hashable, Lease[P]] = {}
        self._gate = Gate()

    def lease(self, kind: Hashable) -> Lease[P]:
        """The pool of this kind; whoever takes it gives it back."""
        with self._gate.after_fork().thread_lock:
            key = places.process(), kind
            lease = self._open.get(key)
            if lease is None:
                lease = Lease(key)
                lease.pool = self._make(kind)
                self._open[key] = lease
            lease.users += 1
            return lease

    def give_back(self, lease: Lease[P]) -> None:
        """Close the pool, unless somebody else uses it."""
        with self._gate.after_fork().thread_lock:
            lease.users -= 1
            if lease.users:
                return
            self._open.pop(lease.key, None)
        self._close(lease.pool)
