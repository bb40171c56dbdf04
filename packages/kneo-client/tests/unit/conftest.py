"""The two platforms of the unit tests: a scripted wire, and a real server on loopback that can misbehave."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeAlias

import anyio
import pytest
from sdk_engine.drivers import AsyncDriver
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.testing import FakeAsyncWire

from kneo_client import KneoClient
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy

Body: TypeAlias = dict[str, Any] | list[Any] | str | bytes
Answer: TypeAlias = int | Body | tuple[int, Body] | tuple[int, Body, dict[str, str]]
Misbehave: TypeAlias = Callable[[socket.socket], object]
Scripted: TypeAlias = Callable[..., tuple[KneoClient, "ScriptedWire"]]
Serve: TypeAlias = Callable[..., "Loopback"]


def parts(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of `503`, `{"ok": True}`, `(409, {...})` or `(429, "", {"Retry-After": "1"})`."""
    if isinstance(answer, int):
        answer = (answer, {})
    if not isinstance(answer, tuple):
        answer = (200, answer)
    status, body, headers = answer if len(answer) == 3 else (*answer, {})
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
    return status, body if isinstance(body, bytes) else body.encode(), headers


class ScriptedWire(FakeAsyncWire):
    """Answers from a script, notes what was sent and when; the last answer counts for all further requests."""

    def __init__(self, answers: tuple[Answer | WireFailure, ...]) -> None:
        self.times: list[float] = []
        self._left = list(answers)
        super().__init__(self._next)

    def _next(self, request: Request) -> Response | WireFailure:
        self.times.append(anyio.current_time())
        answer = self._left.pop(0) if len(self._left) > 1 else self._left[0]
        if isinstance(answer, WireFailure):
            return answer
        status, body, headers = parts(answer)
        return Response(status, body, list(headers.items()))

    @property
    def pauses(self) -> list[float]:
        """Seconds between the requests."""
        return [after - before for before, after in zip(self.times, self.times[1:], strict=False)]


@pytest.fixture
def scripted(profile: Profile) -> Scripted:
    """Makes a client whose platform is a script, and the wire that recorded everything."""

    def build(
        *answers: Answer | WireFailure, retry_policy: RetryPolicy | None = None, profile: Profile = profile
    ) -> tuple[KneoClient, ScriptedWire]:
        client = KneoClient(profile, retry_policy=retry_policy or RetryPolicy(base_delay=0, jitter=0))
        wire = ScriptedWire(answers)
        client._transport._driver = AsyncDriver(wire)
        client._transport.settings.clock = anyio.current_time
        return client, wire

    return build


class Loopback:
    """An HTTP/1.1 server on 127.0.0.1 that answers from a script; its last item counts for all further requests.

    An item is an answer (see `parts`), or a function that does to the connection whatever it likes.
    """

    def __init__(self, *script: Answer | Misbehave) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._script = list(script)
        self._open: list[socket.socket] = []
        self._hung_up = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args)
        thread.start()
        self._threads.append(thread)

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                self._start(self._serve, connection)

    def wrap(self, connection: socket.socket) -> socket.socket:
        """Tests of TLS replace this."""
        return connection

    def _serve(self, accepted: socket.socket) -> None:
        with suppress(OSError), self.wrap(accepted) as connection, connection.makefile("rb") as stream:
            while request := _read_request(stream):
                self.requests.append(request)
                item = self._script.pop(0) if len(self._script) > 1 else self._script[0]
                if callable(item):
                    item(connection)
                    return
                status, body, headers = parts(item)
                fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
                head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
                connection.sendall(f"HTTP/1.1 {status} Scripted\r\n{head}\r\n".encode() + body)
            self._hung_up.release()

    def wait_until_hung_up(self) -> None:
        """Until a client has closed its connection by itself."""
        assert self._hung_up.acquire(timeout=5)

    def close(self) -> None:
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()


def _read_request(stream: Any) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return b""
        head += line
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return head + stream.read(length)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts loopback servers, and stops them when the test is over."""
    servers: list[Loopback] = []

    def start(*script: Answer | Misbehave) -> Loopback:
        servers.append(Loopback(*script))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
