"""Which wire a client gets, and who sees its requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from sdk_engine.errors import ConfigurationError
from sdk_engine.messages import Request
from sdk_engine.redaction import Secret
from sdk_engine.wires import DefaultAsyncWire, DefaultSyncWire, WireSettings, async_wire, sync_wire
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire

from .loopback import answer
from .sending import trust

ENOUGH = 5.0
NOWHERE = "http://example.invalid"


def get(base: str = NOWHERE) -> Request:
    return Request("GET", base, "/x", {"Authorization": Secret("s3cret")}, None)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def no_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SDK_HTTP", raising=False)


# --- the choice


def test_no_client_is_the_default() -> None:
    assert (type(async_wire()), type(sync_wire())) == (DefaultAsyncWire, DefaultSyncWire)


def test_the_word_is_plain_httpx() -> None:
    assert (type(async_wire("httpx")), type(sync_wire("httpx"))) == (AsyncHttpxWire, SyncHttpxWire)


def test_the_environment_may_say_the_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDK_HTTP", "httpx")
    assert (type(async_wire()), type(sync_wire())) == (AsyncHttpxWire, SyncHttpxWire)
    monkeypatch.setenv("SDK_HTTP", "")
    assert (type(async_wire()), type(sync_wire())) == (DefaultAsyncWire, DefaultSyncWire)


@pytest.mark.parametrize("word", ["requests", "HTTPX", "1"])
@pytest.mark.parametrize("choose", [async_wire, sync_wire])
def test_any_other_word_of_the_environment_is_an_error_that_names_it(
    choose: Any, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDK_HTTP", word)
    with pytest.raises(ConfigurationError, match=f'^SDK_HTTP may say "httpx" or be left out, not {word!r}$'):
        choose()


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
async def test_a_client_of_the_callers_is_used_whatever_the_environment_says(
    library: str, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients: Any = pytest.importorskip(library)
    monkeypatch.setenv("SDK_HTTP", "requests")
    server = serve(answer())

    class Mine(clients.Client):  # type: ignore[misc]
        pass

    headers = {"X-Client": "theirs"}
    with Mine(verify=trust(), headers=headers) as client:
        sync_wire(client).send(get(server.base), ENOUGH)
    async with clients.AsyncClient(verify=trust(), headers=headers) as async_client:
        await async_wire(async_client).send(get(server.base), ENOUGH)
    assert ["X-Client: theirs" in request for request in server.requests] == [True, True]


def refusal(choose: Any, client: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        choose(client)
    return str(caught.value)


def test_anything_else_is_no_client() -> None:
    said = 'http_client must be an httpx.{0}, an httpx2.{0} or the word "httpx", not {1}'
    with httpx.Client(verify=trust()) as client:
        assert refusal(async_wire, client) == said.format("AsyncClient", "httpx.Client")
    assert refusal(sync_wire, httpx.AsyncClient(verify=trust())) == said.format("Client", "httpx.AsyncClient")
    assert refusal(sync_wire, object()) == said.format("Client", "builtins.object")
    assert refusal(sync_wire, httpx.Client) == said.format("Client", "builtins.type")
    assert refusal(async_wire, "s3cret") == said.format("AsyncClient", "another word")


def test_a_limit_that_only_httpx_knows_on_asyncio_is_kept_by_it() -> None:
    settings = WireSettings(write_timeout=1.0)
    assert (type(async_wire(settings=settings)), type(sync_wire(settings=settings))) == (
        AsyncHttpxWire,
        DefaultSyncWire,
    )


# --- who sees the requests of the mode "httpx"


async def both(base: str = NOWHERE, client: Any = "httpx") -> list[int]:
    """The statuses of one request in each mode."""
    blocking, awaited = sync_wire(client), async_wire(client)
    statuses = [blocking.send(get(base), ENOUGH).status_code, (await awaited.send(get(base), ENOUGH)).status_code]
    blocking.close()
    await awaited.aclose()
    return statuses


async def test_respx_sees_them() -> None:
    respx = pytest.importorskip("respx")
    with respx.mock(assert_all_called=True) as router:
        route = router.get(f"{NOWHERE}/x").respond(207)
        assert await both() == [207, 207]
    assert route.call_count == 2


async def test_pytest_httpx_sees_them(httpx_mock: Any) -> None:
    httpx_mock.add_response(url=f"{NOWHERE}/x", status_code=208, is_reusable=True)
    assert await both() == [208, 208]


async def test_a_patched_httpx_client_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        return httpx.Response(226)

    class Patched(httpx.Client):
        def __init__(self, **arguments: Any) -> None:
            super().__init__(transport=httpx.MockTransport(answering))

    class AsyncPatched(httpx.AsyncClient):
        def __init__(self, **arguments: Any) -> None:
            super().__init__(transport=httpx.MockTransport(answering))

    monkeypatch.setattr(httpx, "Client", Patched)
    monkeypatch.setattr(httpx, "AsyncClient", AsyncPatched)
    assert await both() == [226, 226]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:vcr")
@pytest.mark.parametrize("client", ["httpx", None], ids=["httpx", "default"])
async def test_vcrpy_records_and_plays_them_back(client: Any, serve: Any, tmp_path: Path) -> None:
    """aiohttp is known to it, too; what threads send through httpcore2 is not."""
    vcr = pytest.importorskip("vcr")
    server, tape = serve(answer(200, b"[1]")), str(tmp_path / "tape.yaml")

    async def send() -> bytes:
        wire = async_wire(client)
        response = await wire.send(get(server.base), ENOUGH)
        await wire.aclose()
        return response.content

    for _ in range(2):
        with vcr.use_cassette(tape, record_mode="once"):
            assert await send() == b"[1]"
    assert len(server.requests) == 1


@pytest.mark.filterwarnings("ignore:A test tried to use socket:UserWarning")  # its own
@pytest.mark.parametrize("client", ["httpx", None], ids=["httpx", "default"])
async def test_pytest_socket_stops_them(client: Any, serve: Any) -> None:
    plugin = pytest.importorskip("pytest_socket")
    server = serve(answer())
    blocking, awaited = sync_wire(client), async_wire(client)
    plugin.disable_socket()
    try:
        with pytest.raises(plugin.SocketBlockedError):
            blocking.send(get(server.base), ENOUGH)
        with pytest.raises(Exception) as caught:  # a group, where anyio connects
            await awaited.send(get(server.base), ENOUGH)
        assert "SocketBlockedError" in repr(getattr(caught.value, "exceptions", caught.value))
    finally:
        plugin.enable_socket()
    blocking.close()
    await awaited.aclose()
    assert server.requests == []


async def test_instrumentation_of_httpx_sees_them(serve: Any) -> None:
    instrumentation = pytest.importorskip("opentelemetry.instrumentation.httpx")
    server, seen = serve(answer()), list[str]()

    def note(span: Any, request: Any) -> None:
        seen.append(request.method.decode())

    async def anote(span: Any, request: Any) -> None:
        note(span, request)

    instrumentor = instrumentation.HTTPXClientInstrumentor()
    instrumentor.instrument(request_hook=note, async_request_hook=anote)
    try:
        assert await both(server.base) == [200, 200]
    finally:
        instrumentor.uninstrument()
    assert seen == ["GET", "GET"]
