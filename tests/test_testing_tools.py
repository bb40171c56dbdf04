"""What users test their code with sees every request of a client in httpx mode, and pytest-socket in every mode.

Each tool is used as its own documents show it. The servers that would be reached otherwise do not exist.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_socket
import respx
import vcr
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sdk_engine.errors import Outcome

from kaizen_client import KaizenClient, KaizenClientConfig, KaizenConfigurationError, KaizenError, SyncKaizenClient
from kneo_client import KneoClient
from kneo_client.client import SyncKneoClient
from kneo_client.core.errors import KneoError
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import SyncTransport, Transport
from knoxcall import BootstrapError, KnoxCall, KnoxCallError

BASE = "https://sdk.test"
ANSWER = {"run_id": "r1", "status": "completed", "id": "r1"}
PROFILE = Profile("testing", BASE, "key-0123456789", timeout=5)
ANY_ERROR = (KneoError, KnoxCallError, KaizenError, pytest_socket.SocketBlockedError)
ONCE = RetryPolicy(max_attempts=1)
KAIZEN = KaizenClientConfig(BASE, "key-0123456789", 5.0)
KNOX: dict[str, Any] = {"api_key": "key-0123456789", "base_url": BASE, "retry_max_attempts": 1}


def kneo(**mode: Any) -> Any:
    client = KneoClient(PROFILE, retry_policy=ONCE, **mode)
    return client, client.platform.runs.get("r1")


def kneo_blocking(**mode: Any) -> Any:
    client = SyncKneoClient(PROFILE, retry_policy=ONCE, **mode)
    return client, lambda: client.platform.runs.get("r1")


def kneo_transport(**mode: Any) -> Any:
    client = Transport(PROFILE, retry_policy=ONCE, **mode)
    return client, client.request("GET", "/v1/runs/r1")


def kneo_portal() -> Any:
    client = SyncTransport(PROFILE, retry_policy=ONCE)
    return client, lambda: client.request("GET", "/v1/runs/r1")


def knoxcall(**mode: Any) -> Any:
    client = KnoxCall(sync=False, **KNOX, **mode)
    return client, client.routes.get("r1")


def knoxcall_blocking(**mode: Any) -> Any:
    client = KnoxCall(**KNOX, **mode)
    return client, lambda: client.routes.get("r1")


def kaizen(*, http_client: Any = None) -> Any:
    client = KaizenClient(KAIZEN, client=http_client)
    return client, client.compress({"data": "r1"})


def kaizen_blocking(*, http_client: Any = None) -> Any:
    client = SyncKaizenClient(KAIZEN, client=http_client)
    return client, lambda: client.compress({"data": "r1"})


CLIENTS: list[Callable[..., Any]] = [
    kneo, kneo_blocking, kneo_transport, kneo_portal, knoxcall, knoxcall_blocking, kaizen, kaizen_blocking
]  # fmt: skip


def call(make: Callable[..., Any], **mode: Any) -> Any:
    """Make a client and one call, and close it; awaited where that has to be."""

    async def awaited() -> Any:
        client, calling = make(**mode)
        try:
            return await calling
        finally:
            await (client.aclose if hasattr(client, "aclose") else client.close)()

    if make in (kneo, kneo_transport, knoxcall, kaizen):
        return asyncio.run(awaited())
    client, calling = make(**mode)
    try:
        return calling()
    finally:
        client.close()


def said(answer: Any) -> Any:
    return answer.json() if isinstance(answer, httpx.Response) else answer


@pytest.fixture(params=["argument", "environment"])
def httpx_mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The two ways into it: the word where a client of one's own is given, or the variable."""
    if request.param == "argument":
        return {"http_client": "httpx"}
    monkeypatch.setenv("SDK_HTTP", "httpx")
    return {}


@pytest.fixture(params=CLIENTS, ids=lambda make: make.__name__)
def make(request: pytest.FixtureRequest, httpx_mode: dict[str, str]) -> Callable[..., Any]:
    """Each client; `SyncTransport` takes no HTTP client, so only the variable speaks to it."""
    if request.param is kneo_portal and httpx_mode:
        pytest.skip("SyncTransport has no such argument")
    return request.param


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "SDK_HTTP"):
        monkeypatch.delenv(name, raising=False)


def test_respx(make: Any, httpx_mode: dict[str, str]) -> None:
    with respx.mock(base_url=BASE) as router:
        route = router.route().respond(200, json=ANSWER)
        answer = call(make, **httpx_mode)
    assert route.call_count == 1
    assert said(answer)["run_id"] == "r1"


def test_respx_raises_what_it_is_told_to(make: Any, httpx_mode: dict[str, str]) -> None:
    with respx.mock(base_url=BASE) as router:
        router.route().mock(side_effect=httpx.ConnectError("refused by the test"))
        with pytest.raises((KneoError, KnoxCallError, KaizenError)) as caught:
            call(make, **httpx_mode)
    assert caught.value.outcome is Outcome.NOT_SENT


def test_pytest_httpx(make: Any, httpx_mode: dict[str, str], httpx_mock: Any) -> None:
    httpx_mock.add_response(json=ANSWER)
    assert said(call(make, **httpx_mode))["run_id"] == "r1"
    [request] = httpx_mock.get_requests()
    assert (request.url.host, "key-0123456789" in str(request.headers.raw)) == ("sdk.test", True)


def test_a_patched_transport_class_of_httpx(
    make: Any, httpx_mode: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[httpx.Request] = []

    def send(self: Any, request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=ANSWER, request=request)

    async def send_async(self: Any, request: httpx.Request) -> httpx.Response:
        return send(self, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", send)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", send_async)
    assert said(call(make, **httpx_mode))["run_id"] == "r1"
    assert len(seen) == 1


CASSETTE = """
interactions:
- request: {body: '', headers: {}, method: %s, uri: 'https://sdk.test%s'}
  response:
    body: {string: '%s'}
    headers: {content-type: [application/json]}
    status: {code: 200, message: OK}
version: 1
"""
PATHS = {kaizen: ("POST", "/v1/compress"), kaizen_blocking: ("POST", "/v1/compress")}
PATHS |= dict.fromkeys([knoxcall, knoxcall_blocking], ("GET", "/v1/routes/r1"))


def test_vcrpy_plays_back(make: Any, httpx_mode: dict[str, str], tmp_path: Path) -> None:
    cassette = tmp_path / "cassette.yaml"
    method, path = PATHS.get(make, ("GET", "/v1/runs/r1"))
    cassette.write_text(CASSETTE % (method, path, json.dumps(ANSWER)), encoding="utf-8")
    with vcr.use_cassette(str(cassette), record_mode="none", match_on=["method", "uri"]) as played:
        assert said(call(make, **httpx_mode))["run_id"] == "r1"
    assert played.play_count == 1


def test_vcrpy_refuses_what_is_not_on_the_cassette(make: Any, httpx_mode: dict[str, str], tmp_path: Path) -> None:
    with (
        vcr.use_cassette(str(tmp_path / "empty.yaml"), record_mode="none"),
        pytest.raises(Exception, match="cassette"),
    ):
        call(make, **httpx_mode)


@pytest.fixture
def real_server() -> Iterator[str]:
    """A server on this machine that answers as all of them do; vcrpy records what it says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(ANSWER).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.filterwarnings("ignore::UserWarning")  # knoxcall's, about http
def test_vcrpy_records(
    make: Any, httpx_mode: dict[str, str], tmp_path: Path, real_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "PROFILE", replace(PROFILE, url=real_server))
    monkeypatch.setitem(globals(), "KAIZEN", replace(KAIZEN, base_url=real_server))
    monkeypatch.setitem(KNOX, "base_url", real_server)
    cassette = tmp_path / "cassette.yaml"
    for times_played in (0, 1):
        with vcr.use_cassette(str(cassette), filter_headers=["authorization", "x-api-key"]) as tape:
            assert said(call(make, **httpx_mode))["run_id"] == "r1"
        assert (len(tape), tape.play_count) == (1, times_played)
    assert "key-0123456789" not in cassette.read_text(encoding="utf-8")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What the instrumentation of httpx has recorded."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield exporter
    instrumentor.uninstrument()
    provider.shutdown()


def test_opentelemetry(make: Any, httpx_mode: dict[str, str], spans: InMemorySpanExporter) -> None:
    with respx.mock(base_url=BASE) as router:
        route = router.route().respond(200, json=ANSWER)
        call(make, **httpx_mode)
    [span] = spans.get_finished_spans()
    assert (span.attributes or {})["http.status_code"] == 200
    [request] = [one.request for one in route.calls]
    assert "traceparent" in request.headers


# --- what sees every mode

blocked = pytest.mark.filterwarnings("ignore:A test tried to use socket:UserWarning")  # beside its error


@blocked
@pytest.mark.parametrize("word", ["", "httpx"], ids=["default", "httpx"])
@pytest.mark.parametrize("make", CLIENTS, ids=lambda make: make.__name__)
def test_pytest_socket(make: Any, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDK_HTTP", word)
    pytest_socket.disable_socket(allow_unix_socket=True)  # event loops wake themselves over a pair of those
    try:
        with pytest.raises(ANY_ERROR) as caught:
            call(make)
    finally:
        pytest_socket.enable_socket()
    assert "SocketBlockedError" in chain(caught.value)


@pytest.mark.parametrize("make", [kneo, kneo_transport, kneo_portal, knoxcall, kaizen], ids=lambda make: make.__name__)
def test_vcrpy_plays_back_in_the_default_mode_on_asyncio(make: Any, tmp_path: Path) -> None:
    cassette = tmp_path / "cassette.yaml"
    method, path = PATHS.get(make, ("GET", "/v1/runs/r1"))
    cassette.write_text(CASSETTE % (method, path, json.dumps(ANSWER)), encoding="utf-8")
    with vcr.use_cassette(str(cassette), record_mode="none") as played:
        assert said(call(make))["run_id"] == "r1"
    assert played.play_count == 1


@blocked
@pytest.mark.parametrize("make", CLIENTS, ids=lambda make: make.__name__)
def test_respx_does_not_see_the_default_mode(make: Any) -> None:
    pytest_socket.disable_socket(allow_unix_socket=True)  # so that nothing leaves this machine
    try:
        with respx.mock(base_url=BASE, assert_all_called=False) as router:
            route = router.route().respond(200, json=ANSWER)
            with pytest.raises(ANY_ERROR) as caught:
                call(make)
    finally:
        pytest_socket.enable_socket()
    assert (route.call_count, "SocketBlockedError" in chain(caught.value)) == (0, True)


def test_another_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDK_HTTP", "requests")
    for make in CLIENTS:
        with pytest.raises(Exception, match='SDK_HTTP may say "httpx"') as caught:
            call(make)
        assert isinstance(caught.value, (KneoError, BootstrapError, KaizenConfigurationError)), make


def chain(exc: BaseException | None) -> str:
    names = []
    while exc is not None:
        names.append(f"{type(exc).__name__}: {exc}")
        exc = exc.__cause__ or exc.__context__
    return "; ".join(names)
