"""What the tests of kaizen_client share: a clean environment, scripted wires and a loopback server."""

import json
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import pytest
from sdk_engine.messages import Response
from sdk_engine.testing import FakeAsyncWire

from kaizen_client import KaizenClient, KaizenClientConfig

DATA = Path(__file__).parent / "data"
KEY = "k-test-0123"
HOLD, CUT = b"hold", b"cut"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAIZEN_BASE_URL", "KAIZEN_API_KEY", "KAIZEN_TIMEOUT", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    """tiktoken's tables come from the network; here there is none."""
    import tiktoken.load

    from kaizen_client import tokens

    def refuse(*args: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr(tiktoken.load, "read_file", refuse)
    tokens._vocabularies.clear()


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body."""
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response(status, json.dumps(body).encode(), fields)


@pytest.fixture
def scripted() -> Callable[..., tuple[KaizenClient, FakeAsyncWire]]:
    """Makes a client whose wire gives the listed answers, and that wire."""

    def make(*answers: Any, **config: Any) -> tuple[KaizenClient, FakeAsyncWire]:
        wire = FakeAsyncWire(list(answers))
        config.setdefault("api_key", KEY)
        return KaizenClient.over(wire, KaizenClientConfig(**config)), wire

    return make


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Sleeping only writes down for how long."""
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("sdk_engine.drivers._sleep", note)
    return waited


class Received(NamedTuple):
    """One request as a server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Loopback:
    """A server on 127.0.0.1 that records requests and answers as its `answer` function says.

    An answer that is a list is sent piece by piece: at `HOLD` the server waits until the client hangs up, at `CUT` it
    hangs up itself.
    """

    def __init__(self, answer: Callable[[Received], tuple[int, dict[str, str], Any]], wrap: Any = None) -> None:
        self.received: list[Received] = []
        self.hung_up = Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Received(self.command, self.path, headers, json.loads(raw) if raw else None)
                outer.received.append(request)
                status, fields, content = answer(request)
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                chunked = isinstance(content, list)
                self.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", len(content))))
                self.end_headers()
                if not chunked:
                    self.wfile.write(content)
                    return
                for piece in [*content, b""]:
                    if piece in (HOLD, CUT):
                        self.close_connection = True
                        if piece == HOLD and not self.connection.recv(1):
                            outer.hung_up.set()
                        return
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))

            do_GET = do_POST

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128  # of five, connections opened at once get lost
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that went away
        if wrap is not None:
            self.server.socket = wrap(self.server.socket)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def serving(answer: Callable[[Received], tuple[int, dict[str, str], Any]], wrap: Any = None) -> Generator[Loopback]:
    """A running loopback server, stopped at the end; `wrap` may put TLS around its socket."""
    loopback = Loopback(answer, wrap)
    thread = Thread(target=loopback.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        loopback.server.shutdown()
        loopback.server.server_close()
        thread.join()


def ok(request: Received) -> tuple[int, dict[str, str], bytes]:
    """The plainest success."""
    return 200, {"Content-Type": "application/json"}, b'{"operation":"x","status":"ok"}'


@pytest.fixture
def recorder() -> Iterator[Loopback]:
    """A server that accepts everything."""
    with serving(ok) as loopback:
        yield loopback


@pytest.fixture(params=["openai", "chat", "anthropic", "gemini", "azure", "azure-chat"])
def vendor(request: pytest.FixtureRequest) -> Any:
    from .vendors import VENDORS  # loads the vendors' SDKs

    return next(vendor for vendor in VENDORS if vendor.name == request.param)


@pytest.fixture(params=[False, True], ids=["async", "sync"])
def sync(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., Any]]:
    """Opens clients of the vendors' SDKs, and closes them."""
    opened: list[Any] = []

    def open_client(vendor: Any, url: str, sync: bool = False) -> Any:
        opened.append(vendor.client(url, sync))
        return opened[-1]

    yield open_client
    for client in opened:
        if hasattr(client, "aio"):
            await client.aio.aclose()
        closing = (getattr(client, "aclose", None) or client.close)()
        if closing is not None:
            await closing


@pytest.fixture
def says() -> Iterator[Callable[..., Loopback]]:
    """Starts a fake of a vendor that says a text, streams pieces or frames, or refuses with a status."""
    opened: list[Any] = []

    def start(
        wire: str,
        text: str = "answer: yes",
        *,
        pieces: list[str] | None = None,
        frames: list[bytes] | None = None,
        status: int = 200,
    ) -> Loopback:
        from .vendors import EVENT_STREAM, body_of, events_of

        if pieces is not None:
            frames = events_of(wire, pieces)

        def reply(request: Received) -> tuple[int, dict[str, str], Any]:
            if status != 200:
                error = {"error": {"code": status, "message": "slow down", "status": "X", "type": "x"}}
                return status, {"Content-Type": "application/json", "Retry-After": "7"}, json.dumps(error).encode()
            if frames is not None:
                return 200, EVENT_STREAM, frames
            return 200, {"Content-Type": "application/json"}, json.dumps(body_of(wire, text)).encode()

        opened.append(serving(reply))
        return opened[-1].__enter__()

    yield start
    for server in opened:
        server.__exit__(None, None, None)
