"""Servers on 127.0.0.1: one that answers every request with the same bytes, however wrong, and one that keeps alive."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType

PATIENCE = 5.0
"""Seconds after which a connection ends by itself, whatever the client does."""


def answer(status: int = 200, body: bytes = b"{}", *headers: str) -> bytes:
    """A well-formed answer; `headers` are whole lines."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@contextmanager
def full_backlog() -> Iterator[str]:
    """The base URL of a server that accepts nobody: its queue is full, so connecting takes for ever."""
    with ExitStack() as queue:
        listener = queue.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class Loopback:
    """Serves one request per connection while its `with` block runs, and stops by itself at the end of it.

    Attributes:
        requests: what the clients sent, as text, in order of arrival.
        arrived: set as soon as there is one.
    """

    def __init__(self, *pieces: bytes, pause: float = 0.0, tls: ssl.SSLContext | None = None) -> None:
        self._pieces: Iterable[bytes] = pieces
        self._pause = pause
        self._tls = tls
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self.requests: list[str] = []
        self.arrived = threading.Event()

    @property
    def base(self) -> str:
        """Base URL."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Loopback:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._start(self._accept)
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        with suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self.requests.append(_read_request(connection))
                self.arrived.set()
                for piece in self._pieces:
                    connection.sendall(piece)
                    self._stopped.wait(self._pause)


class KeepAlive(socketserver.ThreadingTCPServer):
    """Answers requests, any number on each connection, while its `with` block runs.

    The block ends when the clients have closed their connections.

    Attributes:
        connections: how many have been made.
        left_open: how many of them the client has not closed within `PATIENCE` seconds.
        heads: of the requests, in order of arrival.
        closed: released once for each connection that ended.
        hold: cleared, no request is answered until it is set again.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _KeepAliveHandler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._lock = threading.Lock()
        self.tls = tls
        self.connections = self.left_open = 0
        self.heads: list[bytes] = []
        self.arrived = threading.Semaphore(0)
        self.closed = threading.Semaphore(0)
        self.hold = threading.Event()
        self.hold.set()

    @property
    def base(self) -> str:
        """Base URL."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.server_address[1]}"

    @property
    def open(self) -> int:
        """How many connections there are now."""
        return self.connections - self.ended

    ended = 0

    def count(self, **changes: int) -> None:
        """Change these figures; the threads of the connections do."""
        with self._lock:
            for name, change in changes.items():
                setattr(self, name, getattr(self, name) + change)

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that goes away in the middle of a handshake is what tests ask for."""

    def __enter__(self) -> KeepAlive:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.hold.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        for _ in range(self.open):
            self.closed.acquire(timeout=PATIENCE)


class _KeepAliveHandler(socketserver.BaseRequestHandler):
    server: KeepAlive

    def handle(self) -> None:
        connection: socket.socket = self.request
        self.server.count(connections=1)
        connection.settimeout(PATIENCE)
        try:
            if self.server.tls is not None:
                self.request = connection = self.server.tls.wrap_socket(connection, server_side=True)
            while head := connection.recv(65536):
                self.server.heads.append(head)
                self.server.arrived.release()
                self.server.hold.wait(PATIENCE)
                connection.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n{}")
        except TimeoutError:
            self.server.count(left_open=1)
        except OSError:
            pass  # closed, too
        finally:
            connection.close()
            self.server.count(ended=1)
            self.server.closed.release()


def _read_request(connection: socket.socket) -> str:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _received(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.splitlines() if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += _received(connection)
    return (head + b"\r\n\r\n" + body).decode()


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the client went away")
    return data
