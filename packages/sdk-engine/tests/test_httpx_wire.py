"""The wire on httpx: a caller's client is used as it is, our own verifies certificates and forgets cookies."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import trustme
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.wires import WireSettings, environment
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire
from sdk_engine.wires.settings import DEFAULT

from .loopback import answer
from .sending import trust

ENOUGH = 5.0
SOON = 0.1
MODES = ["sync", "async"]


def get(base: str, target: str = "/x", **headers: str) -> Request:
    return Request("GET", base, target, headers, None)


def send(mode: str, request: Request, timeout: float = ENOUGH, **client: Any) -> Response:
    """Through a client of the caller's, with these arguments."""

    async def awaiting() -> Response:
        async with httpx.AsyncClient(verify=client.pop("verify", trust()), **client) as given:
            return await AsyncHttpxWire(given).send(request, timeout)

    if mode == "async":
        return anyio.run(awaiting)
    with httpx.Client(verify=client.pop("verify", trust()), **client) as given:
        return SyncHttpxWire(given).send(request, timeout)


def send_own(mode: str, *requests: Request, settings: WireSettings = DEFAULT) -> list[Response]:
    """Through one client that the wire makes itself."""

    async def awaiting() -> list[Response]:
        wire = AsyncHttpxWire(settings=settings)
        try:
            return [await wire.send(request, ENOUGH) for request in requests]
        finally:
            await wire.aclose()

    if mode == "async":
        return anyio.run(awaiting)
    wire = SyncHttpxWire(settings=settings)
    try:
        return [wire.send(request, ENOUGH) for request in requests]
    finally:
        wire.close()


# --- a caller's client


@pytest.mark.promise("kneo.transport.http-client-kept-as-is")
@pytest.mark.parametrize("mode", MODES)
def test_a_callers_settings_apply(mode: str, serve: Any) -> None:
    server = serve(answer(302, b"", "Location: /elsewhere"))
    response = send(mode, get(server.base), headers={"X-Default": "d"}, auth=("user", "word"), follow_redirects=True)
    assert response.status_code == 302
    [request] = server.requests
    assert "x-default: d" in request.lower()
    assert "authorization: basic" in request.lower()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_every_request_goes_to_its_own_base(mode: str, library: str, serve: Any) -> None:
    """One client may serve several origins: the base URL that it was made with must not get another's credentials."""
    clients: Any = pytest.importorskip(library)
    theirs, ours = serve(answer()), serve(answer())
    given = {"base_url": theirs.base + "/prefix", "verify": trust()}
    request = get(ours.base + "/tenant", Authorization="s3cret")

    async def awaiting() -> None:
        async with clients.AsyncClient(**given) as client:
            await AsyncHttpxWire(client).send(request, ENOUGH)

    if mode == "async":
        anyio.run(awaiting)
    else:
        with clients.Client(**given) as client:
            SyncHttpxWire(client).send(request, ENOUGH)
    assert theirs.requests == []
    assert [sent.partition(" HTTP")[0] for sent in ours.requests] == ["GET /tenant/x"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "body",
    [
        {"content": b"[1]"},
        {"json": [1], "headers": {"Content-Encoding": "identity"}},
        {"stream": httpx.ByteStream(b"[1]")},
    ],
)
def test_a_mock_of_the_callers_answers(mode: str, body: dict[str, Any]) -> None:
    response = send(mode, get("http://h"), transport=httpx.MockTransport(lambda request: httpx.Response(200, **body)))
    assert (response.status_code, json.loads(response.content)) == (200, [1])


@pytest.mark.parametrize("mode", MODES)
def test_a_hook_may_read_the_answer_first(mode: str, serve: Any) -> None:
    server = serve(answer(200, b"[1]"))

    def read(response: httpx.Response) -> None:
        response.read()

    async def aread(response: httpx.Response) -> None:
        await response.aread()

    hook: Any = read if mode == "sync" else aread
    assert send(mode, get(server.base), event_hooks={"response": [hook]}).content == b"[1]"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("reads", [True, False])
def test_a_hook_that_raises_for_the_status_does_not_turn_an_answer_into_a_lost_connection(
    mode: str, reads: bool, serve: Any
) -> None:
    server = serve(answer(503, b"[1]", "Retry-After: 7"))

    def check(response: httpx.Response) -> None:
        _ = response.read() if reads else None
        response.raise_for_status()

    async def acheck(response: httpx.Response) -> None:
        _ = await response.aread() if reads else None
        response.raise_for_status()

    hook: Any = check if mode == "sync" else acheck
    response = send(mode, get(server.base), event_hooks={"response": [hook]})
    assert (response.status_code, response.headers.get("Retry-After")) == (503, "7")
    assert response.content == (b"[1]" if reads else b"")


@pytest.mark.parametrize("mode", MODES)
def test_a_status_of_another_request_is_not_the_answer(mode: str, serve: Any) -> None:
    class Login(httpx.Auth):
        requires_response_body = True

        def auth_flow(self, request: httpx.Request) -> Any:
            login = yield httpx.Request("POST", server.base + "/login")
            login.raise_for_status()
            yield request

    server = serve(answer(401))
    with pytest.raises(WireFailure, match="401") as caught:
        send(mode, get(server.base), auth=Login())
    assert caught.value.outcome is Outcome.UNKNOWN
    assert len(server.requests) == 1


@pytest.mark.parametrize("mode", MODES)
def test_what_a_hook_of_the_callers_raises_comes_through(mode: str) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("theirs")

    with pytest.raises(RuntimeError, match=r"^theirs$"):
        send(mode, get("http://h"), transport=httpx.MockTransport(fail))


def test_a_subclass_counts_as_its_library() -> None:
    class Mine(httpx.Client):
        pass

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    with Mine(transport=httpx.MockTransport(refuse)) as client, pytest.raises(WireFailure) as caught:
        SyncHttpxWire(client).send(get("http://h", Authorization="s3cret"), ENOUGH)
    assert str(caught.value) == "no connection: nobody there"
    assert vars(caught.value.__cause__) == {}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("error", "outcome", "message", "timed_out"),
    [
        (httpx.ConnectTimeout("slow"), Outcome.NOT_SENT, "no connection within 5 s", True),
        (
            httpx.PoolTimeout(""),
            Outcome.NOT_SENT,
            "no connection of the http_client's own pool was free within 5 s: see its `limits`",
            True,
        ),
        (httpx.ReadTimeout("slow"), Outcome.UNKNOWN, "no complete answer within 5 s", True),
        (httpx.WriteTimeout("slow"), Outcome.UNKNOWN, "no complete answer within 5 s", True),
        (TimeoutError("slow"), Outcome.UNKNOWN, "no complete answer within 5 s", True),
        (httpx.ProxyError("407"), Outcome.NOT_SENT, "no connection: 407", False),
        (
            httpx.ReadError(""),
            Outcome.UNKNOWN,
            "the connection failed before the answer was complete: ReadError",
            False,
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_the_library_raises_is_sorted(
    mode: str, error: Exception, outcome: Outcome, message: str, timed_out: bool
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(WireFailure) as caught:
        send(mode, get("http://h"), transport=httpx.MockTransport(fail))
    failure = caught.value
    assert (str(failure), failure.outcome, failure.timed_out) == (message, outcome, timed_out)
    assert failure.transient


@pytest.mark.parametrize("mode", MODES)
def test_a_proxy_that_refuses_never_sees_the_credentials(mode: str, serve: Any) -> None:
    proxy = serve(answer(407, b""))
    with pytest.raises(WireFailure, match=r"^no connection: 407") as caught:
        send(mode, get("https://127.0.0.1:9", Authorization="s3cret"), proxy=proxy.base)
    assert caught.value.outcome is Outcome.NOT_SENT
    assert [request.split(" ")[0] for request in proxy.requests] == ["CONNECT"]
    assert "s3cret" not in proxy.requests[0]


# --- our own client


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The authority is one that this machine trusts."""
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    environment._trusting.cache_clear()
    yield
    environment._trusting.cache_clear()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.usefixtures("trusted")
def test_a_certificate_that_is_vouched_for(mode: str, serve: Any, certificate: ssl.SSLContext) -> None:
    plain, secure = serve(answer()), serve(answer(), tls=certificate)
    bases = [plain.base, secure.base, plain.base, secure.base]
    assert [response.status_code for response in send_own(mode, *map(get, bases))] == [200] * 4


@pytest.mark.promise("kneo.retries.certificate-verification")
@pytest.mark.parametrize("mode", MODES)
def test_a_plain_request_first_does_not_turn_verification_off(
    mode: str, serve: Any, certificate: ssl.SSLContext
) -> None:
    plain, secure = serve(answer()), serve(answer(), tls=certificate)
    for scheme in ("https", "HTTPS", "Https"):
        with pytest.raises(WireFailure, match="certificate"):
            send_own(mode, get(plain.base), get(secure.base.replace("https", scheme), Authorization="s3cret"))
    assert secure.requests == []


@pytest.mark.parametrize("mode", MODES)
def test_no_call_inherits_the_cookies_of_another(mode: str, serve: Any) -> None:
    server = serve(answer(200, b"{}", "Set-Cookie: session=s3cret; Path=/"))
    send_own(mode, get(server.base), get(server.base))
    assert len(server.requests) == 2
    assert "s3cret" not in server.requests[1]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "settings", [WireSettings(read_timeout=SOON), WireSettings(read_timeout=SOON, write_timeout=1)]
)
def test_a_phase_may_be_shorter_than_the_attempt(mode: str, settings: WireSettings, serve: Any) -> None:
    server = serve(b"", pause=ENOUGH)
    with pytest.raises(WireFailure) as caught:
        send_own(mode, get(server.base), settings=settings)
    assert caught.value.timed_out


COOKIE = "Set-Cookie: session=s3cret; Path=/"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("library", ["httpx", "httpx2"])
@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ({}, []),
        ({"cookies": {"mine": "m"}}, ["mine=m"]),
        ({"cookies": {"session": "mine"}}, ["session=mine"]),
        ({"headers": {"Cookie": "of=all"}}, ["of=all"]),
    ],
)
def test_a_callers_client_carries_its_own_cookies_and_none_of_an_answer(
    mode: str, library: str, given: dict[str, Any], seen: list[str], serve: Any
) -> None:
    clients: Any = pytest.importorskip(library)
    first, second = serve(answer(200, b"{}", COOKIE)), serve(answer())

    async def awaiting() -> None:
        async with clients.AsyncClient(verify=trust(), **given) as client:
            wire = AsyncHttpxWire(client)
            for server in (first, first, second):
                await wire.send(get(server.base), ENOUGH)

    if mode == "async":
        anyio.run(awaiting)
    else:
        with clients.Client(verify=trust(), **given) as client:
            wire = SyncHttpxWire(client)
            for server in (first, first, second):
                wire.send(get(server.base), ENOUGH)
    for request in [*first.requests, *second.requests]:
        lines = [line.partition(": ")[2] for line in request.splitlines() if line.lower().startswith("cookie:")]
        assert lines == seen


@pytest.mark.parametrize("mode", MODES)
def test_a_cookie_that_a_call_names_itself_is_sent(mode: str, serve: Any) -> None:
    server = serve(answer(200, b"{}", COOKIE))
    send(mode, get(server.base, cookie="a=b"), cookies={"mine": "m"})
    assert "cookie: a=b" in server.requests[0].lower()
