"""`Transport.request`: what it sends, what it gives back, and whose httpx client it uses."""

import json
from typing import Any

import httpx
import pytest

from kneo_client import KneoClient
from kneo_client.core.auth import ApiKeyAuth
from kneo_client.core.errors import KneoError, KneoInvalidRequestError, KneoNetworkError, KneoServerError
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import Transport

OWN = {"Authorization", "X-Request-ID", "User-Agent", "Accept", "Accept-Encoding"}
BASE = "http://127.0.0.1:9/prefix"


@pytest.mark.promise("kneo.transport.returns-httpx-response", "kneo.transport.path-relative-to-base-url")
@pytest.mark.parametrize(
    ("path", "params", "target"),
    [
        ("/v1/runs", None, "/v1/runs"),
        ("v1/runs", {"limit": 5}, "/v1/runs?limit=5"),
        ("/v1/runs?limit=5", {"offset": 10}, "/v1/runs?limit=5&offset=10"),
        ("/v1/some/new endpoint", None, "/v1/some/new%20endpoint"),
        ("/v1/runs/a%2Fb", None, "/v1/runs/a%2Fb"),
    ],
)
async def test_answer_is_an_httpx_response(scripted: Any, path: str, params: Any, target: str) -> None:
    client, wire = scripted((201, {"a": [1]}, {"Content-Type": "application/json", "X-Request-ID": "r"}))
    response = await client._transport.request("get", path, params=params)
    assert type(response) is httpx.Response
    assert (response.status_code, response.json(), response.headers["x-request-id"]) == (201, {"a": [1]}, "r")
    assert (response.request.method, str(response.url)) == ("GET", BASE + target)
    assert (wire.requests[0].method, wire.requests[0].url) == ("GET", BASE + target)
    assert response.raise_for_status() is response


async def test_request_of_the_answer_does_not_carry_the_key(scripted: Any, profile: Profile) -> None:
    client, _ = scripted({"ok": True})
    response = await client._transport.request("GET", "/v1/healthz")
    assert profile.api_key not in str(response.request.headers.raw)


@pytest.mark.promise("kneo.transport.params")
async def test_query_parameters(scripted: Any) -> None:
    client, wire = scripted({})
    params = {"text": "a b&c", "flag": True, "off": False, "n": 1, "none": None, "many": ["x", "y"], "ümlaut": "é"}
    await client._transport.request("GET", "/v1/x", params=params)
    query = wire.requests[0].target.partition("?")[2]
    assert query == "text=a%20b%26c&flag=true&off=false&n=1&many=x&many=y&%C3%BCmlaut=%C3%A9"


@pytest.mark.promise("kneo.transport.json-body")
@pytest.mark.parametrize("body", [{"a": "é", "n": [1, None, True]}, [1], "text", 0, False, {}])
async def test_json_body(scripted: Any, body: Any) -> None:
    client, wire = scripted({})
    await client._transport.request("PUT", "/v1/x", json=body)
    assert json.loads(wire.requests[0].content) == body
    assert wire.requests[0].headers["Content-Type"] == "application/json"


async def test_no_body(scripted: Any) -> None:
    client, wire = scripted({})
    await client._transport.request("POST", "/v1/x")
    assert wire.requests[0].content is None
    assert "Content-Type" not in wire.requests[0].headers


@pytest.mark.promise("kneo.transport.extra-headers", "kneo.transport.own-headers-win")
async def test_extra_headers_are_sent_and_never_replace_our_own(scripted: Any) -> None:
    client, wire = scripted({})
    theirs = {name.lower(): "theirs" for name in OWN} | {"Host": "evil.example", "Content-Length": "1", "X-Trace": "t"}
    await client._transport.request("GET", "/v1/x", headers=theirs)
    sent = wire.requests[0].headers
    assert sent["X-Trace"] == "t"
    assert set(sent) == {*OWN, "X-Trace"}
    assert "theirs" not in sent.values()


@pytest.mark.promise("kneo.transport.header-values-validated")
@pytest.mark.parametrize(
    "headers", [{"X": "a\r\nb"}, {"X": "é"}, {"X": 5}, {"X": " a"}, {"X\n": "a"}, {"": "a"}, {5: "a"}, {"X:": "a"}]
)
async def test_unusable_header_is_refused_before_any_io(scripted: Any, headers: Any) -> None:
    client, wire = scripted({})
    with pytest.raises(KneoInvalidRequestError, match="header") as caught:
        await client._transport.request("GET", "/v1/x", headers=headers)
    assert "a\r\nb" not in str(caught.value)
    assert not wire.requests


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_2xx_is_success(scripted: Any, status: int) -> None:
    client, _ = scripted((status, ""))
    assert (await client._transport.request("GET", "/v1/x")).status_code == status


@pytest.mark.promise("kneo.transport.redirect-is-an-error", "kneo.transport.success-below-400")
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
async def test_redirect_is_an_error_that_names_its_target(scripted: Any, status: int) -> None:
    client, wire = scripted((status, {"ok": True}, {"Location": "https://kneo.example.com/v1/x"}))
    with pytest.raises(KneoError) as caught:
        await client.platform.health.healthz()
    assert type(caught.value) is KneoError
    assert caught.value.status == status
    assert len(wire.requests) == 1
    assert ("https://kneo.example.com/v1/x" in str(caught.value)) is (status not in (300, 304))


@pytest.mark.promise("kneo.transport.raises-after-retries")
async def test_error_comes_after_all_attempts(scripted: Any) -> None:
    client, wire = scripted(503)
    with pytest.raises(KneoServerError) as caught:
        await client._transport.request("GET", "/v1/x")
    assert caught.value.attempts == len(wire.requests) == 3


@pytest.mark.promise("kneo.transport.profile-read-only")
def test_profile_is_read_only(profile: Profile) -> None:
    transport = Transport(profile)
    assert transport.profile is profile
    with pytest.raises(AttributeError):
        transport.profile = profile  # type: ignore[misc]


@pytest.mark.promise("kneo.transport.profile-timeout-per-request")
async def test_profile_timeout_bounds_each_attempt(scripted: Any) -> None:
    client, wire = scripted(503, profile=Profile("x", "https://kneo.example.com", "k", timeout=2.5))
    with pytest.raises(KneoServerError):
        await client._transport.request("GET", "/v1/x")
    assert wire.timeouts == [2.5] * 3


class Platform:
    """An httpx client's mock transport that keeps what arrived."""

    def __init__(self, **settings: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self.answer), **settings)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json={"ok": True})


@pytest.mark.promise("kneo.transport.http-client-kept-as-is")
async def test_clients_own_base_url_and_auth_are_used(profile: Profile) -> None:
    auth = ApiKeyAuth("their-key")
    theirs = Platform(base_url="https://proxy.example.com/kneo", auth=auth, headers={"User-Agent": "theirs"})
    async with theirs.client, Transport(profile, http_client=theirs.client) as transport:
        response = await transport.request("GET", "/v1/healthz")
        sent = theirs.requests[0]
        assert str(sent.url) == str(response.url) == "https://proxy.example.com/kneo/v1/healthz"
        assert sent.headers.get_list("Authorization") == ["Bearer their-key"]
        assert sent.headers["User-Agent"] == "theirs"
        assert "X-Request-ID" in sent.headers


async def test_client_without_base_url_gets_the_profiles_and_no_key(profile: Profile) -> None:
    theirs = Platform()
    async with theirs.client, Transport(profile, http_client=theirs.client) as transport:
        response = await transport.request("GET", "/v1/healthz")
    assert str(theirs.requests[0].url) == str(response.url) == f"{BASE}/v1/healthz"
    assert "Authorization" not in theirs.requests[0].headers


@pytest.mark.promise("kneo.transport.caller-owns-http-client")
async def test_callers_client_is_never_closed(profile: Profile) -> None:
    theirs = Platform(base_url=BASE)
    async with Transport(profile, http_client=theirs.client) as transport:
        await transport.request("GET", "/v1/healthz")
    await transport.aclose()
    assert not theirs.client.is_closed
    await theirs.client.aclose()


async def test_callers_client_that_is_closed(profile: Profile) -> None:
    theirs = Platform(base_url=BASE)
    await theirs.client.aclose()
    with pytest.raises(KneoNetworkError, match="closed") as caught:
        await Transport(profile, http_client=theirs.client).request("GET", "/v1/healthz")
    assert caught.value.attempts == 1


@pytest.mark.promise("kneo.client.no-network-on-construction")
async def test_construction_opens_no_connection(serve: Any) -> None:
    platform = serve({"ok": True})
    client = KneoClient(Profile("x", platform.url, "k"))
    assert not platform.connections
    await client.platform.health.healthz()
    assert platform.connections == 1
    await client.aclose()


@pytest.mark.promise("kneo.client.async-context-manager", "kneo.transport.async-context-manager")
@pytest.mark.promise("kneo.client.aclose-idempotent", "kneo.transport.aclose-closes-own-client")
@pytest.mark.parametrize("kind", [KneoClient, Transport])
async def test_context_manager_closes_the_connections(serve: Any, kind: Any) -> None:
    platform = serve({"ok": True})
    async with kind(Profile("x", platform.url, "k")) as opened:
        transport = opened if kind is Transport else opened._transport
        await transport.request("GET", "/v1/healthz")
        await transport.request("GET", "/v1/healthz")
    assert (platform.connections, len(platform.requests)) == (1, 2)
    platform.wait_until_hung_up()
    await opened.aclose()
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        await transport.request("GET", "/v1/healthz")


@pytest.mark.promise("kneo.client.one-shared-transport", "kneo.client.transport-attribute")
@pytest.mark.promise("kneo.client.platform-subclients", "kneo.client.agent-specs")
def test_all_adapters_share_one_transport(profile: Profile) -> None:
    client = KneoClient(profile, retry_policy=RetryPolicy(max_attempts=7))
    names = ["health", "runs", "human_tasks", "audit", "credentials", "policies"]
    adapters: dict[str, Any] = {name: getattr(client.platform, name) for name in names}
    adapters["specs"] = client.agent.specs
    names.append("specs")
    assert {type(adapter).__name__ for adapter in adapters.values()} == {
        "".join(word.title() for word in name.split("_")) + "Client" for name in names
    }
    assert all(adapter._transport is client._transport for adapter in adapters.values())
    assert client._transport.settings.retry.max_attempts == 7
