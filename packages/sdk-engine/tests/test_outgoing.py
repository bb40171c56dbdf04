"""What a server receives through a caller's client: byte for byte what the client itself would have sent."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from sdk_engine.messages import Request, WireFailure
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire

from .loopback import answer
from .sending import trust

ENOUGH = 5.0
MODES = pytest.mark.parametrize("mode", ["sync", "async"])
LIBRARIES = pytest.mark.parametrize("library", ["httpx", "httpx2"])
HEADERS = {"Authorization": "Bearer s3cret", "User-Agent": "ours", "X-Mixed": "m"}

CLIENTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "default headers, some of them ours": {"headers": {"x-mixed": "theirs", "X-Default": "d", "authorization": "no"}},
    "a header twice": {"headers": [("X-Twice", "1"), ("X-Twice", "2"), ("User-Agent", "a"), ("User-Agent", "b")]},
    "a host of its own": {"headers": {"Host": "elsewhere.example"}},
    "a length of its own": {"headers": {"Content-Length": "2"}},
    "cookies": {"cookies": {"session": "c", "other": "d"}},
    "parameters": {"params": {"tenant": "t"}},
    "auth": {"auth": ("user", "word")},
    "a base URL": {"base_url": "http://127.0.0.1:9/prefix"},
}
REQUESTS: dict[str, tuple[str, str, dict[str, str], bytes | None]] = {
    "GET": ("GET", "/a%20b/ä?q=1&r=%2F", HEADERS, None),
    "GET with a body": ("GET", "/x?q=1", HEADERS, b"[]"),
    "POST": ("POST", "/x", {**HEADERS, "Content-Type": "application/json"}, b"[]"),
    "POST of nothing": ("POST", "/x", HEADERS, None),
    "POST of an empty body": ("POST", "/x", HEADERS, b""),
    "PATCH of nothing": ("PATCH", "/x", HEADERS, None),
    "DELETE": ("DELETE", "/x", HEADERS, None),
    "QUERY of nothing": ("QUERY", "/x", HEADERS, None),
    "lower case": ("post", "/x", HEADERS, None),
    "a host of its own": ("GET", "/x", {"host": "elsewhere.example"}, None),
    "names that differ in case only": ("GET", "/x", {"X-A": "1", "x-a": "2", "ACCEPT": "text/plain"}, None),
}


def through(mode: str, client: Any, request: Request) -> Any:
    """Send it with our wire, over this client."""

    async def awaiting() -> Any:
        async with client:
            return await AsyncHttpxWire(client).send(request, ENOUGH)

    if mode == "async":
        return anyio.run(awaiting)
    with client:
        return SyncHttpxWire(client).send(request, ENOUGH)


def make(mode: str, library: str, **arguments: Any) -> Any:
    clients: Any = pytest.importorskip(library)
    return (clients.AsyncClient if mode == "async" else clients.Client)(verify=trust(), **arguments)


def by_itself(mode: str, client: Any, method: str, url: str, headers: dict[str, str], body: bytes | None) -> None:
    """Send it with the client alone."""

    async def awaiting() -> None:
        async with client:
            await client.request(method, url, headers=headers, content=body)

    if mode == "async":
        anyio.run(awaiting)
    else:
        with client:
            client.request(method, url, headers=headers, content=body)


@pytest.mark.promise("kneo.transport.http-client-kept-as-is")
@MODES
@LIBRARIES
@pytest.mark.parametrize("arguments", CLIENTS.values(), ids=CLIENTS)
@pytest.mark.parametrize("name", ["GET with a body", "POST"])
def test_a_clients_settings_do_to_our_requests_what_they_do_to_its_own(
    mode: str, library: str, arguments: dict[str, Any], name: str, serve: Any
) -> None:
    server = serve(answer())
    method, target, headers, body = REQUESTS[name]
    by_itself(mode, make(mode, library, **arguments), method, server.base + target, headers, body)
    through(mode, make(mode, library, **arguments), Request(method, server.base, target, headers, body))
    own, ours = server.requests
    assert ours == own


@MODES
@LIBRARIES
@pytest.mark.parametrize("name", REQUESTS)
def test_every_kind_of_request_is_framed_as_the_client_would(mode: str, library: str, name: str, serve: Any) -> None:
    server = serve(answer())
    method, target, headers, body = REQUESTS[name]
    by_itself(mode, make(mode, library), method, server.base + target, headers, body)
    through(mode, make(mode, library), Request(method, server.base, target, headers, body))
    own, ours = server.requests
    assert ours == own


@MODES
@LIBRARIES
def test_a_subclass_that_builds_requests_builds_ours(mode: str, library: str, serve: Any) -> None:
    clients: Any = pytest.importorskip(library)
    parent = clients.AsyncClient if mode == "async" else clients.Client

    class Tracing(parent):  # type: ignore[misc]
        def build_request(self, *args: Any, **kwargs: Any) -> Any:
            made = super().build_request(*args, **kwargs)
            made.headers["X-Trace"] = "t"
            return made

    server = serve(answer())
    through(mode, Tracing(verify=trust()), Request("GET", server.base, "/x", HEADERS, None))
    assert "X-Trace: t" in server.requests[0]


@MODES
@LIBRARIES
def test_a_hook_reads_the_body_and_may_send_the_request_elsewhere(mode: str, library: str, serve: Any) -> None:
    clients: Any = pytest.importorskip(library)
    server, seen = serve(answer()), list[bytes]()
    request = Request("POST", server.base, "/x", HEADERS, b"[1]")

    def change(made: Any) -> None:
        seen.append(made.content)
        made.url = clients.URL(server.base + "/elsewhere")

    async def achange(made: Any) -> None:
        change(made)

    hook: Any = change if mode == "sync" else achange
    through(mode, make(mode, library, event_hooks={"request": [hook]}), request)
    through(mode, make(mode, library), request)
    assert seen == [b"[1]"]
    assert [sent.partition(" HTTP")[0] for sent in server.requests] == ["POST /elsewhere", "POST /x"]


@MODES
@LIBRARIES
def test_a_header_that_cannot_be_sent_is_refused_without_showing_it(mode: str, library: str, serve: Any) -> None:
    server = serve(answer())
    with pytest.raises(WireFailure, match="refused the request") as caught:
        through(mode, make(mode, library), Request("GET", server.base, "/x", {"X-A": "s3cret\u2028"}, None))
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert server.requests == []


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_single_reads_are_not_limited_where_the_whole_attempt_is() -> None:
    import httpx

    phases: list[dict[str, float | None]] = []

    def handle(made: httpx.Request) -> httpx.Response:
        phases.append(made.extensions["timeout"])
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client:
        await AsyncHttpxWire(client).send(Request("GET", "http://h", "/x", {}, None), ENOUGH)
    assert phases == [{"connect": 0.95 * ENOUGH, "read": None, "write": None, "pool": 0.95 * ENOUGH}]
