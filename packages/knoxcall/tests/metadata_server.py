"""A platform's own identity server on loopback; each assertion it gives is new."""

import http.server
import socket
import ssl
import threading
import time
from typing import Any

import pytest


class Metadata:
    """Start with `with`; notes what it is asked, and answers with `body` or an assertion as the platform has it."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.status = 200
        self.statuses: list[int] = []
        self.delay = 0.0
        self.body: bytes | None = None
        self.headers: dict[str, str] = {}
        self.stall = threading.Event()
        self.stall.set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                outer.stall.wait(2)
                time.sleep(outer.delay)
                status = outer.statuses.pop(0) if outer.statuses else outer.status
                body = outer.body or outer.assertion(self.path)
                try:
                    self.send_response(status)
                    for name, value in outer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:
                    pass

            def log_message(self, *args: Any) -> None:
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self.address = ("127.0.0.1", self._http.server_port)
        self.host = f"127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> "Metadata":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stall.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def assertion(self, path: str) -> bytes:
        jwt = f"head.body{len(self.requests)}.sign"
        if path.startswith("/azure"):
            return b'{"access_token": "%s"}' % jwt.encode()
        return b'{"value": "%s"}' % jwt.encode() if path.startswith("/github") else jwt.encode() + b"\n"

    def serve_tls(self, context: ssl.SSLContext) -> None:
        """From now on connections begin with a handshake, which the threads of their handlers do."""
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)

    def stand_in_for(self, monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
        """From now on connections to these hosts end here."""
        connect, port = socket.create_connection, self._http.server_port

        def redirected(address: tuple[str, int], *arguments: Any, **more: Any) -> socket.socket:
            return connect(("127.0.0.1", port) if address[0] in hosts else address, *arguments, **more)

        monkeypatch.setattr(socket, "create_connection", redirected)
