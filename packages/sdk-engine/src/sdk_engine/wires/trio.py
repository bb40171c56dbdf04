"""The wire on trio, on httpcore2's pools. Each run of trio has connections of its own and closes them at its end."""

from __future__ import annotations

import contextlib
import functools
import math
import socket
import time
from typing import TYPE_CHECKING, Any

import httpcore2 as core
import trio

from sdk_engine import places
from sdk_engine.messages import Response, WireFailure, already_closed
from sdk_engine.wires import failures
from sdk_engine.wires.heads import as_text, body_reader
from sdk_engine.wires.httpcore import (
    PIECE,
    Attempt,
    Base,
    Idler,
    Kind,
    Seat,
    Stale,
    arguments,
    current,
    may_stay,
    meaning,
    outgoing,
    taken_apart,
)
from sdk_engine.wires.idle import IdleConnections
from sdk_engine.wires.pools import LoopPools
from sdk_engine.wires.settings import DEFAULT, WireSettings

if TYPE_CHECKING:
    from sdk_engine.messages import Request
    from sdk_engine.wires.environment import Route
    from sdk_engine.wires.slots import Slots


class _Stream(Idler, core.AsyncNetworkStream):
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = await self.inner.read(max_bytes, current.get().settings.read_timeout)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        attempt = current.get()
        attempt.writes(self, buffer)
        for start in range(0, len(buffer), PIECE):
            await self.inner.write(buffer[start : start + PIECE], attempt.settings.write_timeout)

    async def aclose(self) -> None:
        self.idle.in_use(self)
        await self.inner.aclose()

    async def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: Any = None) -> Any:
        attempt = current.get()
        secured = await self.inner.start_tls(ssl_context, server_hostname, timeout)
        stream = _Stream(secured, self.idle, used=True)
        attempt.stream = stream
        return stream


class _Backend(core.AsyncNetworkBackend):
    def __init__(self, idle: IdleConnections[Any]) -> None:
        self._trio: Any = core.TrioBackend()
        self._idle = idle

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> Any:
        """Connect; without a thread to look the name up where the interpreter, which ends, starts none any more."""
        attempt = current.get()
        try:
            inner = await self._trio.connect_tcp(host, port, timeout, local_address, socket_options)
        except UnicodeError as exc:  # a label of a name that is too long for the resolver
            raise core.ConnectError(str(exc)) from None
        except RuntimeError as exc:
            if "thread" not in str(exc):
                raise
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            inner = await self._trio.connect_tcp(str(found[0][4][0]), port, timeout, local_address, socket_options)
        stream = attempt.stream = _Stream(inner, self._idle)
        stream.begin()
        return stream


class _Pool:
    """The connections of one kind of a run of trio."""

    def __init__(self, kind: Kind) -> None:
        self.idle: IdleConnections[Any] = IdleConnections(kind.keepalive, kind.max_idle, _close_at_once)
        self.connections = core.AsyncConnectionPool(**arguments(kind), network_backend=_Backend(self.idle))
        self._sweeping: trio.CancelScope | None = None

    def released(self, stream: Any) -> None:
        """The answer has been read; the connection waits for the next request."""
        if self.idle.is_idle(stream):
            trio.lowlevel.spawn_system_task(self._sweep)

    async def _sweep(self) -> None:
        with trio.CancelScope() as self._sweeping:
            while (delay := self.idle.sweep()) is not None:
                await trio.sleep(delay)

    async def close(self) -> None:
        """Close all connections."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        await self.connections.aclose()


def _close_at_once(stream: Any) -> None:
    stream.get_extra_info("socket").close()


_pools: LoopPools[_Pool] = LoopPools(_Pool, _Pool.close)


class TrioWire:
    """Sends from any number of runs of trio, and in forked children."""

    def __init__(self, settings: WireSettings = DEFAULT) -> None:
        self._settings = settings
        self._bases: dict[str, Base] = {}
        self._seats: dict[tuple[places.Process, Any], Seat] = {}
        self._closed = False

    async def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer within `timeout` seconds, once a connection is free for it."""
        if self._closed:
            raise already_closed()
        base = self._bases.get(request.base)
        if base is None:
            base = self._bases[request.base] = taken_apart(request.base, self._settings)
        here = places.process(), places.running_loop()
        seat = self._seats.get(here) or self._seats.setdefault(here, Seat(self._settings))
        left = min(timeout, patience)
        if not seat.slots.take():
            left = min(timeout, await self._wait(seat.slots, patience))
        attempt = Attempt(self._settings, left)
        token = current.set(attempt)
        seat.under_way.add(attempt)
        try:
            with trio.move_on_after(left) as attempt.scope:
                return await self._exchange(await self._pool(seat, base.route), attempt, request, base)
            failure = meaning(TimeoutError(), left, attempt)
        except Exception as exc:  # noqa: BLE001 - what is none of the library's is raised again there
            failure = meaning(exc, left, attempt)
        finally:
            seat.under_way.discard(attempt)
            current.reset(token)
            seat.slots.give_back()
        raise failure

    async def _exchange(self, pool: _Pool, attempt: Attempt, request: Request, base: Base) -> Response:
        while True:
            try:
                answer: Any = await pool.connections.handle_async_request(outgoing(request, base, attempt))
                break
            except Stale:
                continue
        chunks = aiter(answer.stream)
        try:
            body = body_reader(answer.headers, self._settings.max_body)
            async for chunk in chunks:
                body.feed(chunk)
            content = body.finish()
            stays = may_stay(answer)
            if not stays:
                await answer.extensions["network_stream"].aclose()
        except WireFailure:
            await answer.aclose()
            with contextlib.suppress(Exception):
                await anext(chunks)  # ends the generators that the library nests around a body
            raise
        finally:
            await answer.stream.aclose()
        if stays:
            pool.released(attempt.stream)
        return Response(answer.status, content, functools.partial(as_text, answer.headers))

    async def _pool(self, seat: Seat, route: Route) -> _Pool:
        kind = Kind(self._settings.keepalive, self._settings.max_idle, route)
        lease = seat.leases.get(kind)
        if lease is None or lease.ended:
            lease = seat.leases[kind] = await _pools.lease(kind)
        pool: _Pool = lease.pool
        return pool

    async def _wait(self, slots: Slots, patience: float) -> float:
        """Wait in line; seconds of the patience that are left."""
        began = time.monotonic()
        longest = min(patience, self._settings.slot_timeout or math.inf)
        with trio.move_on_after(longest):
            await slots.wait_for(trio.Event())
            if self._closed:
                slots.give_back()
                raise already_closed()
            return max(patience - (time.monotonic() - began), 0.0)
        raise failures.crowded(slots.size, longest)

    async def aclose(self) -> None:
        """End the calls of this run and close its connections, unless other clients use them. May be called twice."""
        self._closed = True
        seat = self._seats.pop((places.process(), places.running_loop()), None)
        if seat is None:
            return
        for attempt in seat.under_way:
            attempt.closed = True
            attempt.scope.cancel()
        leases, seat.leases = seat.leases, {}
        for lease in leases.values():
            await _pools.give_back(lease)
