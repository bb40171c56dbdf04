"""The wire of blocking calls, on httpcore2's pools. Threads share it; it starts none to send."""

from __future__ import annotations

import functools
import math
import socket
import time
from typing import TYPE_CHECKING, Any

import httpcore2 as core

from sdk_engine import places
from sdk_engine.deadline import Deadline
from sdk_engine.messages import Response, already_closed
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
from sdk_engine.wires.idle import IdleConnections, sweeper
from sdk_engine.wires.pools import ThreadPools
from sdk_engine.wires.settings import DEFAULT, WireSettings
from sdk_engine.wires.sockets import hang_up

if TYPE_CHECKING:
    from sdk_engine.messages import Request
    from sdk_engine.wires.environment import Route
    from sdk_engine.wires.slots import Slots


class _Stream(Idler, core.NetworkStream):
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        attempt = current.get()
        seconds = attempt.seconds(attempt.settings.read_timeout)
        if not seconds:
            raise core.ReadTimeout
        data: bytes = self.inner.read(max_bytes, seconds)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        attempt = current.get()
        attempt.writes(self, buffer)
        for start in range(0, len(buffer), PIECE):
            seconds = attempt.seconds(attempt.settings.write_timeout)
            if not seconds:
                raise core.WriteTimeout
            self.inner.write(buffer[start : start + PIECE], seconds)

    def close(self) -> None:
        self.idle.in_use(self)
        self.inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: Any = None) -> Any:
        attempt = current.get()
        secured = self.inner.start_tls(ssl_context, server_hostname, attempt.seconds(timeout) or 0.001)
        stream = _Stream(secured, self.idle, used=True)
        attempt.stream = stream
        return stream


class _Backend(core.SyncBackend):
    def __init__(self, idle: IdleConnections[Any]) -> None:
        self._idle = idle

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> Any:
        """Connect to one address after the other, all within the limit."""
        attempt = current.get()
        limit = Deadline(attempt.seconds(timeout))
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as exc:  # a label of a name that is too long for the resolver
            raise core.ConnectError(str(exc)) from None
        except OSError as exc:
            raise core.ConnectError(str(exc)) from exc
        failure: Exception = core.ConnectTimeout()
        for *_, address in infos:
            if not limit.remaining:
                raise core.ConnectTimeout
            try:
                inner = super().connect_tcp(str(address[0]), port, limit.remaining, local_address, socket_options)
            except (core.ConnectError, core.ConnectTimeout) as exc:
                failure = exc
            else:
                stream = attempt.stream = _Stream(inner, self._idle)
                stream.begin()
                return stream
        raise failure


class _Pool:
    """The connections of one kind that the threads of this process share."""

    def __init__(self, kind: Kind) -> None:
        self.idle: IdleConnections[Any] = IdleConnections(
            kind.keepalive, kind.max_idle, lambda stream: stream.inner.close()
        )
        self.connections = core.ConnectionPool(**arguments(kind), network_backend=_Backend(self.idle))

    def released(self, stream: Any) -> None:
        """The answer has been read; the connection waits for the next request."""
        if self.idle.is_idle(stream):
            sweeper.watch(self.idle)

    def close(self) -> None:
        """Close all connections."""
        self.connections.close()


_pools: ThreadPools[_Pool] = ThreadPools(_Pool, _Pool.close)


class SyncHttpcoreWire:
    """Sends from any number of threads, and in forked children."""

    def __init__(self, settings: WireSettings = DEFAULT) -> None:
        self._settings = settings
        self._bases: dict[str, Base] = {}
        self._seats: dict[places.Process, Seat] = {}
        self._closed = False

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request and read its answer within `timeout` seconds, once a connection is free for it."""
        if self._closed:
            raise already_closed()
        base = self._bases.get(request.base)
        if base is None:
            base = self._bases[request.base] = taken_apart(request.base, self._settings)
        here = places.process()
        seat = self._seats.get(here) or self._seats.setdefault(here, Seat(self._settings))
        left = min(timeout, patience)
        if not seat.slots.take():
            left = min(timeout, self._wait(seat.slots, patience))
        attempt = Attempt(self._settings, left)
        token = current.set(attempt)
        seat.under_way.add(attempt)
        try:
            pool = self._pool(seat, base.route)
            while True:
                try:
                    return self._exchange(pool, attempt, outgoing(request, base, attempt))
                except Stale:  # noqa: PERF203 - once in a while
                    continue
        except Exception as exc:  # noqa: BLE001 - what is none of the library's is raised again there
            failure = meaning(exc, left, attempt)
        finally:
            seat.under_way.discard(attempt)
            current.reset(token)
            seat.slots.give_back()
        raise failure

    def _exchange(self, pool: _Pool, attempt: Attempt, request: Any) -> Response:
        answer: Any = pool.connections.handle_request(request)
        try:
            body = body_reader(answer.headers, self._settings.max_body)
            for chunk in answer.stream:
                body.feed(chunk)
                if not attempt.deadline.remaining:
                    raise TimeoutError
            content = body.finish()
            stays = may_stay(answer)
            if not stays:
                answer.extensions["network_stream"].close()
        finally:
            answer.stream.close()
        if stays:
            pool.released(attempt.stream)
        return Response(answer.status, content, functools.partial(as_text, answer.headers))

    def _pool(self, seat: Seat, route: Route) -> _Pool:
        kind = Kind(self._settings.keepalive, self._settings.max_idle, route)
        lease = seat.leases.get(kind)
        if lease is None:
            with seat.lock:
                if self._closed:
                    raise already_closed()
                lease = seat.leases.get(kind)
                if lease is None:
                    lease = seat.leases[kind] = _pools.lease(kind)
        pool: _Pool = lease.pool
        return pool

    def _wait(self, slots: Slots, patience: float) -> float:
        """Wait in line; seconds of the patience that are left."""
        began = time.monotonic()
        longest = min(patience, self._settings.slot_timeout or math.inf)
        if not slots.wait(longest):
            raise failures.crowded(slots.size, longest)
        if self._closed:
            slots.give_back()
            raise already_closed()
        return max(patience - (time.monotonic() - began), 0.0)

    def close(self) -> None:
        """End the calls under way and close the connections, unless other clients use them. May be called twice."""
        self._closed = True
        seat = self._seats.pop(places.process(), None)
        if seat is None:
            return
        for attempt in seat.under_way.copy():
            attempt.closed = True
            if attempt.stream is not None:
                hang_up(attempt.stream.get_extra_info("socket"))
        with seat.lock:
            leases, seat.leases = seat.leases, {}
        for lease in leases.values():
            _pools.give_back(lease)
