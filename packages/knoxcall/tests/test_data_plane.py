"""Calls through the proxy: the upstream's answer is the caller's, and the credential stays where it belongs."""

from typing import Any

import httpx
import pytest
from conftest import Make, done
from contract_messages import CLIENT_ID, CLIENT_SECRET, DROP, Answer, error
from contract_server import ContractServer
from sdk_engine.errors import Outcome

from knoxcall import BootstrapError, KnoxCall, errors, is_refusal

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


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


@pytest.mark.promise("knox.proxy.bound-route")
async def test_head_tells_of_the_body_that_get_would_have(make: Make, server: ContractServer) -> None:
    told = {"X-Knox-Upstream-Status": "200", "Content-Length": "1234", "Content-Encoding": "gzip"}
    server.upstream = lambda seen: Answer(204, None, told)
    response = await done(make().route("r").head("/export"))
    assert (response.headers["content-length"], response.headers["content-encoding"]) == ("1234", "gzip")
    assert response.content == b""


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
     "https://evil.example/", "//evil.example", "/a\ud800",
     "/..;/admin", "/a/..;x=1/b", "/.;/x", "/..%3b/admin", "/%2e%2e;/x", "/%252e%252e/x", "/%25252e%25252e%25252fx",
     "/%252525252e%252525252e/x",
     "/.. /x", "/..%20/x", "/..%00/x", "/..%09;v/x", "/%c0%ae%C0%AE/x", "/..%c0%afx", "/\uff0e\uff0e/x", "/..\uff0fx",
     "/.\t./x", "/..%5c;/x"]
)  # fmt: skip
async def test_paths_cannot_leave_the_route(make: Make, server: ContractServer, path: str) -> None:
    with pytest.raises(errors.InvalidRequestError):
        await done(make().call("r", path=path))
    assert server.seen == []


@pytest.mark.promise("knox.proxy.paths")
@pytest.mark.parametrize(
    "path", ["/a..b", "/...", "/v1.;x=..", "/..a/b", "/a;b=..c", "/100%25", "/%2525", "/%zz%", "/x?q=../..",
     "/%e2%82%ac", "/.well-known/x", "/a%2520b", "/%25%32%35"]
)  # fmt: skip
async def test_paths_that_only_look_like_it_are_sent(make: Make, server: ContractServer, path: str) -> None:
    await done(make().call("r", path=path))
    assert len(server.seen) == 1


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


class Recorder(httpx.BaseTransport):
    """An own client's transport that notes where requests would go."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.urls: list[str] = []
        self.answers = list(answers)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.urls.append(str(request.url))
        return self.answers.pop(0) if self.answers else httpx.Response(200, json={})


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
async def test_ephemeral_details(make: Make, server: ContractServer) -> None:
    client = make()
    await done(client.ephemeral("https://a.example", method="POST", body="raw", mode="transparent", encrypted={"a": 1}))
    assert "content-type" not in server.seen[0].headers
    assert server.seen[0].headers["x-knox-encrypted"] == "eyJhIjoxfQ=="
    for bad in ({"mode": "opaque"}, {"upstream_url": ""}):
        with pytest.raises(errors.InvalidRequestError):
            await done(client.ephemeral(**{"upstream_url": "https://a.example", **bad}))
    with pytest.raises(errors.InvalidRequestError, match="lone surrogate"):
        await done(client.ephemeral("https://a.example", encrypted={"a": "\ud800"}))


CONTROL = (
    *("X-Knox-Upstream-Auth-Secret", "x-knox-upstream-authorization", "X-KNOX-PROXY-MODE", "X-Knox-Timeout-Ms"),
    *("X-Knox-Proxy-URL", "X-Knox-Encrypted", "X-KnoxCall-Route", "x_knox_upstream_auth_secret", "X-Knox_Proxy-URL"),
)


@pytest.mark.promise("knox.proxy.ephemeral")
@pytest.mark.parametrize("mode", ["sync", "asyncio"])
@pytest.mark.parametrize("name", CONTROL)
async def test_nobody_steers_an_ephemeral_call_through_its_headers(
    make: Make, server: ContractServer, name: str
) -> None:
    await done(make().ephemeral("https://a.example", headers={name: "steered", "X-Mine": "kept"}))
    sent = server.seen[0].headers
    assert "steered" not in sent.values()
    assert (sent["x-mine"], sent["x-knox-proxy-url"]) == ("kept", "https://a.example")


@pytest.mark.parametrize("mode", ["sync", "asyncio"])
@pytest.mark.parametrize("name", ["X-KnoxCall-Key", "x_knoxcall_key", "x-knoxcall-route", "X_KnoxCall_Route", "DPoP"])
async def test_a_callers_header_never_replaces_knoxcalls_own(make: Make, server: ContractServer, name: str) -> None:
    await done(make().call("r", headers={name: "another", "X-Mine": "kept"}))
    assert "another" not in server.seen[0].headers.values()
    assert server.seen[0].headers["x-mine"] == "kept"


@pytest.mark.parametrize("headers", [{5: "x"}, {"X": 5}, {"X": "a\r\nY: b"}, {"": "x"}])
async def test_headers_that_cannot_be_sent(make: Make, server: ContractServer, headers: Any) -> None:
    for attempt in (lambda: make().call("r", headers=headers), lambda: make().ephemeral("https://a", headers=headers)):
        with pytest.raises(errors.InvalidRequestError):
            await done(attempt())
    assert server.seen == []


async def test_what_an_error_says_of_a_proxied_call(make: Make) -> None:
    client = make(proxy_base_url="http://127.0.0.1:1")
    with pytest.raises(errors.APIConnectionError) as caught:
        await done(client.call("r", method="PUT", path="/s3cret?key=s3cret", query={"token": "s3cret"}))
    error = caught.value
    assert str(error).startswith("PUT http://127.0.0.1:1/{path}: no connection")
    assert (error.method, error.path, error.host) == ("PUT", "/{path}", "http://127.0.0.1:1")
    assert "s3cret" not in str(error) + repr(vars(error))


async def test_misspelt_arguments_are_type_errors(make: Make, server: ContractServer) -> None:
    client = make()
    bound = client.route("r")
    for attempt in (
        lambda: client.call("r", pth="/"),
        lambda: client.stream("r", timout=1),
        lambda: client.route("r", query={}),
        lambda: bound.get(body={}),
        lambda: bound.request("GET", "/", method="POST"),
        lambda: bound.stream("GET", bdy=1),
    ):
        with pytest.raises(TypeError):
            await done(attempt())
    assert server.seen == []
