"""GitHub's identity server: a named https server, slow, reached directly or through a proxy."""

import http.server
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from conftest import Make, done
from contract_server import ContractServer
from metadata_server import Metadata


@pytest.fixture
def metadata() -> Iterator[Metadata]:
    with Metadata() as metadata:
        yield metadata


class Slow(ssl.SSLContext):
    """A context of a server that takes its time to shake hands."""

    def wrap_socket(self, *arguments: Any, **more: Any) -> Any:
        time.sleep(0.15)
        return super().wrap_socket(*arguments, **more)


@pytest.fixture
def runner(metadata: Metadata, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Metadata:
    """The identity server over TLS, in place of one with a public name."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = Slow(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "pipelines.example").configure_cert(context)
    metadata.serve_tls(context)
    metadata.delay = 0.15
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "runner-token")
    return metadata


async def test_a_slow_runner(
    make: Make, server: ContractServer, runner: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"https://{runner.host}/github?api=1")
    runner.statuses = [503]
    await done(make(detect=True).account.get())
    (_, first), (target, second) = runner.requests
    assert target == "/github?api=1&audience=knoxcall:api"
    assert first["authorization"] == second["authorization"] == "Bearer runner-token"


class Proxy(http.server.BaseHTTPRequestHandler):
    """Takes CONNECT, whatever the name, to one place."""

    place: tuple[str, int]
    asked: list[str]

    def do_CONNECT(self) -> None:
        self.asked.append(self.path)
        with socket.create_connection(self.place) as there:
            self.send_response(200)
            self.end_headers()
            copied = threading.Thread(target=self._copy, args=(there, self.connection))
            copied.start()
            self._copy(self.connection, there)
            copied.join()
        self.close_connection = True

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while content := source.recv(65536):
                target.sendall(content)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def log_message(self, *args: Any) -> None:
        pass


async def test_a_runner_behind_a_proxy(
    make: Make, server: ContractServer, runner: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler: Any = type("Handler", (Proxy,), {"place": runner.address, "asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        proxy.daemon_threads = True
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_port}")
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "https://pipelines.example/github")
        client = make(detect=True)
        await done(client.account.get())
        proxy.shutdown()
        thread.join()
    assert handler.asked == ["pipelines.example:443"]
    assert [target for target, _ in runner.requests] == ["/github?audience=knoxcall:api"]


async def test_a_near_address_is_asked_without_a_proxy_over_tls_too(
    make: Make, server: ContractServer, runner: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"https://{runner.host}/github")
    await done(make(detect=True).account.get())
    assert len(runner.requests) == 1
