"""Calls through the proxy: the upstream's answer is the caller's, and the credential stays where it belongs."""

import json
from typing import Any

import httpx
import pytest
from conftest import Make, done
from contract_messages import CLIENT_ID, CLIENT_SECRET, CONTRACT, DROP, Answer, error
from contract_server import ContractServer
from sdk_engine.errors import Outcome

from knoxcall import BootstrapError, KnoxCall, errors, is_refusal

VECTORS = json.loads((CONTRACT / "wire_vectors.json").read_text(encoding="utf-8"))
SCENARIOS = {scenario["name"]: scenario for scenario in VECTORS["scenarios"]}
CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
TRANSPORT = {"host", "connection", "accept-encoding", "content-length"}


def check(server: ContractServer, scenario: str) -> None:
    recorded = [request for request in SCENARIOS[scenario]["requests"] if request["path"] != "/oauth/token"]
    for seen, wanted in zip(server.api_requests, recorded, strict=True):
        headers = {name: value for name, value in seen.headers.items() if name not in TRANSPORT}
        expected = dict(wanted["headers"])
        if expected.get("user-agent", "").startswith("knoxcall-sdk-python/"):
            expected["user-agent"] = headers["user-agent"]
        if "dpop" in expected:
            expected["dpop"] = headers["dpop"]
        assert (seen.method, seen.path, seen.query) == (wanted["method"], wanted["path"], wanted["query"])
        assert headers == expected
        body = wanted["body"]
        assert seen.body.decode() == body if isinstance(body, str) else seen.body == b"" or seen.json == body


@pytest.mark.promise("knox.proxy.raw-response")
@pytest.mark.parametrize("status", [200, 302, 404, 429, 500, 503])
async def test_every_status_is_the_callers(make: Make, server: ContractServer, status: int) -> None:
    server.upstream = lambda seen: Answer(status, {"a": 1}, {"X-Knox-Upstream-Status": str(status)})
    response = await done(make().call("r", path="/users"))
    assert isinstance(response, httpx.Response)
    assert (response.status_code, response.json()) == (status, {"a": 1})
    assert response.request.method == "GET"
    assert response.url.path == "/users"
    assert "x-knoxcall-key" not in response.request.headers
    assert response.elapsed.total_seconds() > 0
    assert len(server.seen) == 1


@pytest.mark.promise("knox.proxy.key-headers")
async def test_recorded_keys(make: Make, server: ContractServer) -> None:
    server.static_keys |= {"kc_live_x", "tk_live_x"}
    await done(make(api_key="kc_live_x").call("payments-stripe", path="/users"))
    check(server, "call.kc_token_bearer")
    server.seen.clear()
    await done(make(api_key="tk_live_x").call("payments-stripe", path="/users"))
    check(server, "call.legacy_tk_key_as_header")


@pytest.mark.promise("knox.proxy.call")
async def test_recorded_call(make: Make, server: ContractServer) -> None:
    response = await done(
        make(**CREDENTIALS).call(
            "payments-stripe",
            method="POST",
            path="/v1/charges",
            body={"amount": 2000, "currency": "usd"},
            query={"q": "a b", "n": 10, "f": True, "none": None, "l": [1, 2]},
            headers={"X-Correlation-Id": "abc"},
            environment="staging",
        )
    )
    check(server, "call.cc_token")
    assert response.json()["method"] == "POST"


@pytest.mark.promise("knox.proxy.environment", "knox.proxy.bound-route")
async def test_recorded_environments(make: Make, server: ContractServer) -> None:
    server.static_keys.add("kc_x")
    client = make(api_key="kc_x", environment="client-env")
    await done(client.call("r"))
    bound = client.route("r", environment="bound-env", headers={"X-A": "bound", "X-B": "b"})
    await done(bound.get())
    await done(bound.get(environment="call-env", headers={"x-a": "call"}))
    await done(client.call("r", environment=""))
    check(server, "call.environment_and_header_resolution")


@pytest.mark.promise("knox.proxy.caller-headers")
async def test_recorded_caller_headers(make: Make, server: ContractServer) -> None:
    server.static_keys.add("kc_x")
    headers = {
        "Authorization": "Bearer evil", "DPoP": "x", "x-KnoxCall-Key": "x", "x-knoxcall-agent-id": "x",
        "x-knoxcall-agent-token": "x", "x-knoxcall-origin": "x", "X-KnoxCall-Environment": "caller-env-header",
        "User-Agent": "mine", "Host": "evil.example", "Transfer-Encoding": "chunked",
    }  # fmt: skip
    await done(make(api_key="kc_x").call("r", headers=headers))
    check(server, "call.caller_proxy_auth_headers_stripped")


@pytest.mark.promise("knox.proxy.bodies")
async def test_recorded_bodies(make: Make, server: ContractServer) -> None:
    server.static_keys.add("kc_live_x")
    client = make(api_key="kc_live_x")
    for body, headers in [
        (b"\0raw", {"Content-Type": "application/octet-stream"}),
        ("text", None),
        ({"a": 1}, {"content-type": "application/vnd.api+json"}),
        ([1], None),
        ("", None),
        (None, None),
    ]:
        await done(client.call("r", method="POST", body=body, headers=headers))
    check(server, "call.body_raw_passthrough")


@pytest.mark.promise("knox.proxy.bodies")
async def test_bodies_without_a_json_form_are_refused(make: Make, server: ContractServer) -> None:
    with pytest.raises(errors.InvalidRequestError):
        await done(make().call("r", method="POST", body={"a": float("nan")}))
    assert server.seen == []


@pytest.mark.promise("knox.proxy.bound-route")
async def test_verbs(make: Make, server: ContractServer) -> None:
    bound = make().route("ops-printnode", environment="production", timeout=5)
    for verb in ("get", "post", "put", "patch", "delete", "options", "head"):
        response = await done(getattr(bound, verb)("/computers"))
        assert response.status_code == 200
        assert server.seen[-1].method == verb.upper()
    assert response.content == b""
    await done(bound.request("DELETE", "/printjobs/42"))
    assert (server.seen[-1].method, server.seen[-1].target) == ("DELETE", "/printjobs/42")
    assert {seen.headers["x-knoxcall-environment"] for seen in server.seen} == {"production"}


# --- retries and refusals


@pytest.mark.promise("knox.proxy.retries")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_reads_are_repeated(make: Make, server: ContractServer, method: str) -> None:
    server.script += [DROP, DROP]
    assert (await done(make().call("r", method=method))).status_code == 200
    assert len(server.seen) == 3


@pytest.mark.promise("knox.proxy.retries")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_writes_are_not(make: Make, server: ContractServer, method: str) -> None:
    server.script.append(DROP)
    with pytest.raises(errors.APIConnectionError) as caught:
        await done(make().call("r", method=method))
    assert caught.value.outcome is Outcome.UNKNOWN
    assert len(server.seen) == 1


@pytest.mark.promise("knox.proxy.retries")
async def test_refused_connections_are_repeated_for_writes_too(make: Make) -> None:
    with pytest.raises(errors.APIConnectionError) as caught:
        await done(make(proxy_base_url="http://127.0.0.1:1").call("r", method="POST", body={}))
    assert caught.value.attempts == 3
    assert caught.value.outcome is Outcome.NOT_SENT


@pytest.mark.promise("knox.proxy.refusals")
async def test_knoxcalls_own_401_renews_the_token_once(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS)
    await done(client.call("r", method="POST", body={"a": 1}))
    server.refused |= {"kc_live_tok_1", "kc_live_tok_2"}
    response = await done(client.call("r", method="POST", body={"a": 1}))
    assert response.status_code == 401
    assert is_refusal(response)
    assert len(server.token_requests) == 2
    server.refused.clear()


@pytest.mark.promise("knox.proxy.refusals")
async def test_the_upstreams_401_is_the_callers(make: Make, server: ContractServer) -> None:
    server.upstream = lambda seen: Answer(401, "", {"X-Knox-Upstream-Status": "401"})
    response = await done(make(**CREDENTIALS).call("r"))
    assert response.status_code == 401
    assert not is_refusal(response)
    assert len(server.seen) == 2


async def test_refusals_can_be_told_apart(make: Make, server: ContractServer) -> None:
    server.upstream = lambda seen: error(404, "route_not_found")
    response = await done(make().call("r"))
    assert is_refusal(response)
    assert not is_refusal(httpx.Response(200))


# --- where calls go


@pytest.mark.promise("knox.proxy.paths")
@pytest.mark.parametrize(
    "path", ["/../admin", "/a/../b", "..", "/%2e%2e/x", "/a/%2E./b", "/..%2fx", "\\..\\x",
     "https://evil.example/", "//evil.example", "/a\ud800"]
)  # fmt: skip
async def test_paths_cannot_leave_the_route(make: Make, server: ContractServer, path: str) -> None:
    with pytest.raises(errors.InvalidRequestError):
        await done(make().call("r", path=path))
    assert server.seen == []


@pytest.mark.promise("knox.proxy.paths")
async def test_a_query_in_the_path_stays(make: Make, server: ContractServer) -> None:
    client = make()
    await done(client.call("r", path="users?a=1", query={"b": 2}))
    await done(client.call("r", path="/s?a=1#fragment", query={}))
    await done(client.call("r", path="", query={"b": []}))
    assert [seen.target for seen in server.seen] == ["/users?a=1&b=2", "/s?a=1", "/"]


@pytest.mark.parametrize(
    "arguments",
    [{"route": ""}, {"route": None}, {"route": "a\nb"}, {"route": "é"}, {"method": "GET /x"}, {"method": ""},
     {"path": None}, {"environment": "a\nb"}, {"headers": {"a b": "c"}}, {"query": {"a": "\ud800"}}, {"timeout": -1},
     {"timeout": float("nan")}],
)  # fmt: skip
async def test_unusable_arguments(make: Make, server: ContractServer, arguments: dict[str, Any]) -> None:
    with pytest.raises(errors.InvalidRequestError):
        await done(make().call(**{"route": "r", **arguments}))
    assert server.seen == []


URLS = [scenario for scenario in VECTORS["scenarios_url_auth"] if scenario["name"].startswith("url.")]
SETTINGS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "url.default": ({"tenant": "acme"}, {}),
    "url.sandbox": ({"tenant": "acme", "sandbox": True}, {}),
    "url.staging_api": ({"tenant": "acme", "base_url": "https://api-staging.knoxcall.com"}, {}),
    "url.self_hosted_base": ({"base_url": "https://kc.corp.example"}, {}),
    "url.proxy_override_tenant_host_port": ({"proxy_base_url": "https://acme.knoxcall.com:8443"}, {}),
    "url.proxy_override_with_path": ({"proxy_base_url": "https://acme.knoxcall.com/api"}, {}),
    "url.base_env": ({}, {"KNOXCALL_BASE_URL": "http://localhost:3000"}),
    "url.sandbox_plus_env_base": ({"sandbox": True}, {"KNOXCALL_BASE_URL": "http://localhost:3000"}),
}


class Recorder(httpx.BaseTransport):
    """An own client's transport that notes where requests would go."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.urls: list[str] = []
        self.answers = list(answers)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.urls.append(str(request.url))
        return self.answers.pop(0) if self.answers else httpx.Response(200, json={})


@pytest.mark.promise("knox.proxy.hosts")
@pytest.mark.parametrize("name", SETTINGS)
def test_recorded_hosts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, environment = SETTINGS[name]
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    recorder = Recorder()
    with httpx.Client(transport=recorder) as own:
        KnoxCall(api_key="kc_x", http_client=own, **settings).call("r", path="/users")
    (recorded,) = next(scenario["outcome"] for scenario in URLS if scenario["name"] == name)
    assert recorder.urls == [recorded["url"]]


@pytest.mark.promise("knox.proxy.hosts")
def test_upstream_paths_keep_their_own_api_prefix() -> None:
    recorder = Recorder()
    with httpx.Client(transport=recorder) as own:
        KnoxCall(api_key="kc_x", http_client=own, tenant="Acme").call("r", path="/api/v2/t")
    assert recorder.urls == ["https://acme.knoxcall.com/api/api/v2/t"]


@pytest.mark.promise("knox.client.tenant-discovery")
def test_the_tenant_is_asked_for_once() -> None:
    recorder = Recorder(httpx.Response(200, json={"data": {"slug": "acme"}}))
    with httpx.Client(transport=recorder) as own:
        client = KnoxCall(api_key="tk_live_x", http_client=own)
        assert client.tenant is None
        client.call("r", path="/users")
        client.call("r", path="/users")
        assert client.tenant == "acme"
    assert recorder.urls == ["https://api.knoxcall.com/v1/account", *["https://acme.knoxcall.com/api/users"] * 2]


@pytest.mark.promise("knox.client.tenant-discovery")
def test_the_token_may_name_the_tenant() -> None:
    recorder = Recorder(httpx.Response(200, json={"access_token": "kc_t", "tenant": "acme"}))
    with httpx.Client(transport=recorder) as own:
        KnoxCall(client_id="a", client_secret="b", http_client=own).call("r", path="/users")
    assert recorder.urls == ["https://api.knoxcall.com/oauth/token", "https://acme.knoxcall.com/api/users"]


@pytest.mark.promise("knox.client.tenant-discovery")
@pytest.mark.parametrize("slug", [None, "evil.example/", "api", "acme\n", 5])
def test_a_tenant_that_is_no_host_name(slug: Any) -> None:
    recorder = Recorder(httpx.Response(200, json={"data": {"slug": slug}}))
    with httpx.Client(transport=recorder) as own, pytest.raises(BootstrapError):
        KnoxCall(api_key="tk_live_x", http_client=own).call("r")
    assert len(recorder.urls) == 1


@pytest.mark.promise("knox.proxy.ephemeral")
async def test_recorded_ephemeral(make: Make, server: ContractServer) -> None:
    server.static_keys |= {"tk_live_x", "kc_x"}
    await done(
        make(api_key="tk_live_x").ephemeral(
            "https://api.stripe.com/v1/charges",
            method="POST",
            body={"card": "{{ token: 'tok' }}"},
            headers={"X-A": "1"},
            encrypted="eyJ9",
            timeout_ms=10000,
            mode="transparent",
            upstream_authorization="Bearer up",
            upstream_auth_secret="sec",
            upstream_auth_scheme="none",
        )
    )
    check(server, "ephemeral.all_headers_legacy_key")
    server.seen.clear()
    await done(make(api_key="kc_x").ephemeral("https://api.stripe.com/v1/charges"))
    check(server, "ephemeral.minimal")


@pytest.mark.promise("knox.proxy.ephemeral")
async def test_ephemeral_details(make: Make, server: ContractServer) -> None:
    client = make()
    await done(client.ephemeral("https://a.example", method="POST", body="raw", mode="transparent", encrypted={"a": 1}))
    assert "content-type" not in server.seen[0].headers
    assert server.seen[0].headers["x-knox-encrypted"] == "eyJhIjoxfQ=="
    for bad in ({"mode": "opaque"}, {"upstream_url": ""}):
        with pytest.raises(errors.InvalidRequestError):
            await done(client.ephemeral(**{"upstream_url": "https://a.example", **bad}))
