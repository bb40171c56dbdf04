"""The stand-in on a loopback port."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from kaizen_client.config import KaizenClientConfig
from kaizen_client.local.service import Dialect, LocalService

if TYPE_CHECKING:
    from types import TracebackType

_LARGEST_BODY = 32 * 1024 * 1024


class LocalServer:
    """Serves a `LocalService` on 127.0.0.1, as a context manager or between `start()` and `stop()`.

    Args:
        dialect: see `LocalService`.
        port: 0 takes a free one.
        api_key: when given, requests must carry it.
    """

    def __init__(self, dialect: Dialect = "documented", *, port: int = 0, api_key: str | None = None) -> None:
        self._api_key = api_key
        self._server = _Server(("127.0.0.1", port), _handler(LocalService(dialect, api_key=api_key)))
        self._thread = Thread(target=self.serve, name="kaizen-local", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def config(self, **settings: Any) -> KaizenClientConfig:
        """A configuration for clients of this server."""
        own: dict[str, Any] = {"base_url": self.url, "api_key": self._api_key}
        return KaizenClientConfig(**{**own, **settings})

    def serve(self) -> None:
        """Serve on the calling thread until `stop()`."""
        self._server.serve_forever(poll_interval=0.05)

    def start(self) -> LocalServer:
        """Serve on a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> LocalServer:
        return self.start()

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that went away; show every other failure."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _handler(service: LocalService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or "0"
            chunked = "Transfer-Encoding" in self.headers
            if chunked or not length.isdecimal() or int(length) > _LARGEST_BODY:
                self._send(413, {"detail": "the body is too large, or its length is unknown"})
                self.close_connection = True
                return
            content = self.rfile.read(int(length))
            self._send(*service.handle(self.command, self.path, dict(self.headers.items()), content))

        do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815 - http.server's names

        def _send(self, status: int, body: Any) -> None:
            content = json.dumps(body, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Request-ID", self.headers.get("X-Request-ID") or "")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Keep quiet: requests may hold customers' data."""

    return Handler
