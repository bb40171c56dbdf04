"""TLS zoo: servers whose identity or protocol is not to be trusted. Refused, typed, one connection, nothing sent."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import socket
import ssl
import tempfile
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trustme
from sdk_engine.errors import Outcome

from kneo_client.core.errors import KneoNetworkError
from tests.faults import child, clients
from tests.faults.figures import Figure
from tests.faults.origin import HOST, http_answer

if TYPE_CHECKING:
    from tests.faults.settings import Settings

SURFACES = ("transport", "sync", "blocking")
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Server:
    """One inhabitant of the zoo; `tls` None means that it does not speak TLS at all."""

    name: str
    tls: ssl.SSLContext | None
    trusted: bool = False


def zoo(trusted: trustme.CA) -> list[Server]:
    """All servers; the first is as it should be, and must be accepted."""
    return [
        Server("trusted", _context(trusted.issue_cert(HOST)), trusted=True),
        Server("other CA", _context(trustme.CA().issue_cert(HOST))),
        Server("expired", _context(trusted.issue_cert(HOST, not_after=LONG_AGO))),
        Server("wrong host", _context(trusted.issue_cert("kneo.example.com"))),
        Server("wrong address", _context(trusted.issue_cert("127.0.0.2"))),
        Server("TLS 1.0", _context(trusted.issue_cert(HOST), ssl.TLSVersion.TLSv1)),
        Server("TLS 1.1", _context(trusted.issue_cert(HOST), ssl.TLSVersion.TLSv1_1)),
        Server("plain HTTP", None),
    ]


class Listener:
    """Serves one connection at a time on a thread, with OpenSSL's own alerts, which asyncio does not send."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connections = 0
        self.hits = 0
        self._listener = socket.create_server((HOST, 0))
        self.url = f"https://{HOST}:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # closed: that is the end
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                with contextlib.suppress(OSError), connection:
                    connection.settimeout(2)
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        if self.server.tls is None:
            connection.recv(4096)
            connection.sendall(http_answer(400, b"speak plainly", (("Connection", "close"),)))
            return
        with self.server.tls.wrap_socket(connection, server_side=True) as secured:
            if secured.recv(4096):
                self.hits += 1
                secured.sendall(http_answer(200, {}, (("Connection", "close"),)))

    def close(self) -> None:
        """Stop listening, which ends the thread."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _context(certificate: trustme.LeafCert, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if version is not None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # old versions are the point
            context.minimum_version = context.maximum_version = version
    return context


def knock(urls: dict[str, str], surface: str) -> dict[str, list[Any]]:
    """In the child, which trusts the CA: a call to each server; what came of it."""
    return {name: _outcome(url, surface) for name, url in urls.items()}


def _outcome(url: str, surface: str) -> list[Any]:
    try:
        if surface == "transport":
            asyncio.run(_ask(url))
        elif surface == "sync":
            with clients.sync_transport(url) as transport:
                transport.request("GET", "/v1/healthz")
        else:
            _block(url)
    except KneoNetworkError as error:
        return ["refused", error.outcome.name, error.attempts, str(error)]
    except Exception as exc:
        return ["untyped", "", 0, repr(exc)]
    return ["accepted", "", 0, ""]


async def _ask(url: str) -> None:
    async with clients.transport(url) as transport:
        await transport.request("GET", "/v1/healthz")


def _block(url: str) -> None:
    with clients.blocking(url) as call:
        call("GET", "/v1/healthz")


async def visit(surface: str, wire: str) -> dict[str, list[Any]]:
    """Every server of the zoo, visited from a process that trusts one CA; with the connections that each one saw."""
    trusted = trustme.CA()
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "ca.pem"
        trusted.cert_pem.write_to_path(str(bundle))
        listeners = {server.name: Listener(server) for server in zoo(trusted)}
        urls = {name: listener.url for name, listener in listeners.items()}
        env = {"SSL_CERT_FILE": str(bundle), "SSL_CERT_DIR": folder}
        try:
            ended = await child.in_child("tls", "knock", urls, surface, wire=wire, env=env)
        finally:
            for listener in listeners.values():
                listener.close()
        assert ended.value is not None, ended.stderr
        return {name: [*said, listeners[name].connections, listeners[name].hits] for name, said in ended.value.items()}


def problems(visited: dict[str, list[Any]]) -> list[str]:
    """What is not as it should be."""
    wrong = []
    for name, (said, outcome, attempts, text, connections, hits) in visited.items():
        if name == "trusted":
            good_enough = said == "accepted"
        else:
            right = said == "refused" and outcome == Outcome.NOT_SENT.name
            good_enough = right and (attempts, connections, hits) == (1, 1, 0)
        if not good_enough:
            seen = f"{attempts} attempts, {connections} connections, {hits} hits"
            wrong.append(f"{name}: {said} {outcome}, {seen}, {text}")
    return wrong


async def prove(settings: Settings) -> list[Figure]:
    """The zoo, visited by every kind of client."""
    figures: list[Figure] = []
    for surface in ("transport",) if settings.short else SURFACES:
        visited = await visit(surface, settings.wire)
        wrong = problems(visited)
        for problem in wrong:
            print(f"{surface}: {problem}")
        reached = f"{len(visited) - len(wrong)} of {len(visited)} right"
        demanded = "7 refused, typed, NOT_SENT, 1 connection; the trusted one accepted"
        title = f"TLS: other CA, expired, wrong host and address, 1.0, 1.1, plain HTTP; {surface}"
        figures.append(Figure(title, reached, demanded, not wrong, settings.command("tls")))
    return figures
