"""Recorded scenarios of building clients, walking, stores, webhooks and errors, done again with ours."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from conftest import Make, done, is_async
from contract_messages import Answer, error
from contract_server import ContractServer
from recorded.more import ACCOUNT, LOGIN, SCENARIOS, check

import knoxcall
from knoxcall import (
    AccessToken,
    AuthenticationError,
    BootstrapError,
    ClientCredentials,
    KnoxCall,
    KnoxCallAsync,
    KnoxCallError,
    NotAuthenticatedError,
    OIDCTokenExchange,
    PaymentRequiredError,
    ServerError,
    SignupError,
    StoredCredentials,
    ai_gateway_error_from,
    construct_webhook_event,
    sign_webhook,
    verify_webhook_signature,
)
from knoxcall.errors import error_from_response
from knoxcall.redacted import Redacted


def login(path: Path, url: str, expires: str = "2020-01-01T00:00:00Z", **changes: Any) -> Path:
    entry = {
        "tenant": "acme",
        "base_url": url,
        "client_id": "knoxcall-cli",
        "refresh_token": "rt_s",
        "access_token": "kc_live_s",
        "access_token_expires_at": expires,
        "scope": "routes:read",
    } | changes
    kept = {name: value for name, value in entry.items() if value is not None}
    file = path / "login.json"
    file.write_text(json.dumps({"version": 1, "profiles": {"default": kept}}))
    file.chmod(0o600)
    return file


@pytest.fixture
def boot(make: Make, server: ContractServer) -> Callable[..., Any]:
    server.token_script += [LOGIN, LOGIN]
    return lambda bootstrap, **settings: make(detect=True, bootstrap=bootstrap, **settings)


@pytest.mark.parametrize(
    ("name", "bootstrap", "settings"),
    [
        ("ctor.bootstrap_access_token", AccessToken("kc_live_zz"), {}),
        ("ctor.bootstrap_client_credentials_scope", ClientCredentials("id1", "sec1"), {"scope": ["b", "a"]}),
    ],
)
async def test_bootstrap_objects(
    boot: Any, server: ContractServer, name: str, bootstrap: Any, settings: dict[str, Any]
) -> None:
    server.script.append(ACCOUNT)
    assert await done(boot(bootstrap, **settings).account.get()) == SCENARIOS[name]["outcome"]
    check(server, name)


@pytest.mark.parametrize("token", ["jwt", lambda: "jwt"])
async def test_an_identity_is_exchanged_again_after_a_401(boot: Any, server: ContractServer, token: Any) -> None:
    server.script += [error(401), ACCOUNT]
    await done(boot(OIDCTokenExchange(token, "i")).account.get())
    check(server, "ctor.bootstrap_oidc_401_resends_assertion")


async def test_an_identity_that_has_to_be_awaited(boot: Any, server: ContractServer) -> None:
    async def token() -> str:
        await anyio.lowlevel.checkpoint()
        return "jwt"

    client = boot(OIDCTokenExchange(token, "i"))
    if is_async(client):
        server.script.append(ACCOUNT)
        await client.account.get()
        assert server.token_requests[0].form["subject_token"] == "jwt"
    else:
        with pytest.raises(BootstrapError, match="ordinary function"):
            client.account.get()


async def test_an_identity_that_is_no_text(boot: Any, server: ContractServer) -> None:
    with pytest.raises(NotAuthenticatedError, match="gave a int"):
        await done(boot(OIDCTokenExchange(lambda: 1)).account.get())  # type: ignore[arg-type,return-value]
    assert server.seen == []


@pytest.mark.parametrize("code", ["invalid_grant", "invalid_client"])
async def test_a_refused_identity_is_an_authentication_error(boot: Any, server: ContractServer, code: str) -> None:
    server.token_script[:] = [Answer(400, {"error": code})]
    with pytest.raises(AuthenticationError) as caught:
        await done(boot(OIDCTokenExchange("jwt")).account.get())
    assert (caught.value.status, caught.value.code) == (400, code)


async def test_a_stored_login_is_renewed(boot: Any, server: ContractServer, tmp_path: Path) -> None:
    file = login(tmp_path, server.url)
    server.script.append(ACCOUNT)
    client = boot(StoredCredentials(file), base_url=None)
    assert (client.base_url, client.tenant) == (server.url, "acme")
    await done(client.account.get())
    check(server, "ctor.bootstrap_stored_expired")
    entry = json.loads(file.read_text())["profiles"]["default"]
    assert (entry["refresh_token"], entry["access_token"]) == ("rt_login", "kc_live_login")


async def test_a_fresh_stored_token_that_is_refused_is_renewed(
    boot: Any, server: ContractServer, tmp_path: Path
) -> None:
    server.script += [error(401), ACCOUNT]
    file = login(tmp_path, server.url, "2099-01-01T00:00:00Z")
    await done(boot(StoredCredentials(str(file))).account.get())
    assert [seen.headers.get("authorization") for seen in server.seen] == [
        "Bearer kc_live_s",
        None,
        "Bearer kc_live_login",
    ]


async def test_a_stored_login_that_cannot_be_renewed(boot: Any, server: ContractServer, tmp_path: Path) -> None:
    file = login(tmp_path, server.url, refresh_token=None)
    with pytest.raises(NotAuthenticatedError, match=r"'default' of .*login\.json holds no refresh token"):
        await done(boot(StoredCredentials(file)).account.get())
    with pytest.raises(NotAuthenticatedError, match=r"no profile 'zz' in .*login\.json"):
        boot(StoredCredentials(file, "zz"))
    with pytest.raises(NotAuthenticatedError, match=r"'default' in .*nowhere"):
        boot(StoredCredentials(tmp_path / "nowhere"))
    assert server.seen == []
    file = login(tmp_path, server.url)
    server.token_script[:] = [error(503)] * 3
    with pytest.raises(ServerError):
        await done(boot(StoredCredentials(file)).account.get())


@pytest.mark.parametrize("bootstrap", ["kc_live", {"access_token": "x"}, AccessToken(""), ClientCredentials("", "")])
def test_what_is_no_credential_is_refused_at_once(bootstrap: Any) -> None:
    with pytest.raises(BootstrapError):
        KnoxCall(bootstrap=bootstrap)


@pytest.mark.parametrize("other", [{"api_key": "k"}, {"client_id": "i", "client_secret": "s"}])
def test_one_credential_at_a_time(other: Any) -> None:
    with pytest.raises(BootstrapError, match="both given"):
        KnoxCall(bootstrap=AccessToken("x"), **other)


def test_bootstrap_objects_are_values_that_hide_their_secrets() -> None:
    assert ClientCredentials("i", "s3") == ClientCredentials(client_id="i", client_secret="s3")
    shown = repr([AccessToken("s3"), ClientCredentials("i", "s3"), OIDCTokenExchange("s3", "i")])
    assert "s3" not in shown
    secret = Redacted("s3")
    assert (f"{secret} {secret!r}", secret.expose()) == ("[REDACTED] [REDACTED]", "s3")
    assert secret != Redacted("s3")


@pytest.mark.parametrize(
    "wrong", [{"user_agent": ""}, {"api_version": "a\nb"}, {"json_default": 1}, {"http": object(), "http_client": 1}]
)
def test_settings_are_checked_before_anything_is_sent(wrong: Any) -> None:
    with pytest.raises(BootstrapError):
        KnoxCall(api_key="k", **wrong)


async def test_what_the_client_calls_itself(make: Make, server: ContractServer) -> None:
    client = make(user_agent="mine/1", api_version="2030-01-01", scope=["a"], proxy_base_url=server.url)
    server.script += [ACCOUNT, Answer(200)]
    await done(client.account.get())
    await done(client.call("r"))
    managed, proxied = server.seen
    assert (managed.headers["user-agent"], managed.headers["knoxcall-version"]) == ("mine/1", "2030-01-01")
    assert proxied.headers["user-agent"] == "mine/1"
    assert (client.user_agent, client.api_version, client.scope, client.sandbox) == (
        "mine/1",
        "2030-01-01",
        ("a",),
        False,
    )


async def test_json_default_takes_the_place_of_our_rules(make: Make, server: ContractServer) -> None:
    client = make(json_default=lambda item: f"<{type(item).__name__}>", proxy_base_url=server.url)
    server.script += [Answer(200), Answer(200, {"data": {}})]
    await done(client.call("r", method="POST", path="/x", body={"s": {1}}))
    await done(client.secrets.create(name="n", secret_type="string", value={2}))
    assert server.seen[0].json == {"s": "<set>"}
    assert server.seen[1].json["value"] == "<set>"


async def test_what_json_default_raises_reaches_the_caller(make: Make, server: ContractServer) -> None:
    def refuse(item: object) -> object:
        raise LookupError("mine") if isinstance(item, set) else TypeError("mine, too")

    client = make(json_default=refuse)
    with pytest.raises(LookupError, match="mine"):
        await done(client.secrets.create(name="n", secret_type="string", value={2}))
    with pytest.raises(TypeError, match="mine, too"):
        await done(client.secrets.create(name="n", secret_type="string", value=object()))
    with pytest.raises(KnoxCallError, match="cannot be sent as JSON"):
        await done(client.secrets.create(name="n", secret_type="string", value=float("nan")))
    assert server.seen == []


async def test_an_awaited_client_of_ones_own_serves_both_modes(make: Make, server: ContractServer, mode: str) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"data": {}})

    async with httpx.AsyncClient(headers={"x-mine": "1"}, transport=httpx.MockTransport(answer)) as own:
        client = make(http=own)
        await done(client.account.get())
        await done(client.aclose() if is_async(client) else client.close())
        assert not own.is_closed
    assert seen[0].headers["x-mine"] == "1"
    if mode == "sync":
        with httpx.Client() as blocking:
            make(http=blocking).account.get()


async def test_awaited_client_by_its_own_name(server: ContractServer, mode: str) -> None:
    async with KnoxCallAsync(base_url=server.url, api_key="tk_test_a") as client:
        server.script += [ACCOUNT, Answer(200, "text"), Answer(204), Answer(304), Answer(304), error(404)]
        answer = await client.request(
            method="get",
            path="/v1/account",
            query={"a": 1, "b": None, "c": True, "d": [1, 2]},
            headers={"X-Q": "1", "authorization": "no"},
        )
        assert answer == SCENARIOS["async.request_get"]["outcome"]
        assert server.seen[0].query == "a=1&b=&c=true&d=1&d=2"
        assert server.seen[0].headers["authorization"] == "Bearer tk_test_a"
        assert await client.request("POST", "/v1/x", body={"a": 1}, idempotency_key="k") == "text"
        assert (server.seen[1].headers["x-idempotency-key"], server.seen[1].json) == ("k", {"a": 1})
        assert await client.request("GET", "/v1/x") is None
        assert await client.request("GET", "/v1/x") is None
        assert repr(await client.request("GET", "/v1/x", allow_not_modified=True)) == "NOT_MODIFIED"
        with pytest.raises(knoxcall.NotFoundError):
            await client.request("GET", "/v1/x")
    with pytest.raises(BootstrapError, match="blocks"):
        KnoxCallAsync(sync=True, api_key="k")


async def test_walking_with_next(make: Make, server: ContractServer) -> None:
    pager = make().routes.iterate(per_page=2)
    waits = isinstance(pager._driver, knoxcall.mode.AsyncDriver)
    assert server.seen == []
    assert await (anext(pager) if waits else done(next(pager)))
    assert [seen.query for seen in server.seen] == ["page=1&per_page=2"]
    await done(pager.aclose() if waits else pager.close())
    with pytest.raises((StopIteration, StopAsyncIteration)) if not waits else pytest.raises(StopAsyncIteration):
        await (anext(pager) if waits else done(next(pager)))
    again = make().routes.iterate()
    await done(again.aclose() if waits else again.close())
    assert (await anext(again, None) if waits else next(again, None)) is None
    assert len(server.seen) == 1


async def test_a_filter_that_does_not_exist(make: Make) -> None:
    pager = make().routes.iterate(nope=1)
    with pytest.raises(TypeError):
        await (anext(pager) if isinstance(pager._driver, knoxcall.mode.AsyncDriver) else done(next(pager)))


def test_webhooks_by_the_published_names() -> None:
    body = b'{"event": "request.success", "timestamp": "2020-01-01T00:00:00Z"}'
    headers = sign_webhook(body, "s")
    with KnoxCall(api_key="k") as client:
        for construct in (construct_webhook_event, client.construct_event, client.webhooks.construct_event):
            for name in ("raw_body", "body"):
                arguments: Any = {name: body, "headers": headers, "secret": "s", "tolerance_seconds": None}
                assert construct(**arguments)["event"] == "request.success"
    bare = headers["X-Webhook-Signature"].removeprefix("sha256=")
    assert verify_webhook_signature(raw_body=body, signature=bare, secret="s")
    with pytest.raises(TypeError):
        verify_webhook_signature(body, bare, "s")  # type: ignore[misc]


def test_errors_as_the_published_package_makes_them() -> None:
    refused = SignupError("m", status=409, type="slug_taken")
    assert (refused.status, refused.code, refused.type, str(refused)) == (409, "slug_taken", "slug_taken", "m")
    with pytest.raises(TypeError):
        SignupError("m")  # type: ignore[call-arg]
    made = KnoxCallError("m", status=418, code="c", request_id="r", headers={"X-A": "1"}, body={"b": 1})
    assert (made.status, made.headers, made.body) == (418, {"x-a": "1"}, {"b": 1})
    assert knoxcall.ValidationError("m", fields={"a": ["b"]}).fields == {"a": ["b"]}
    assert knoxcall.RateLimitError("m", retry_after=2).retry_after == 2
    assert knoxcall.errors.PermissionError is knoxcall.PermissionDeniedError
    assert issubclass(knoxcall.APIUserAbortError, KnoxCallError)


def test_an_answer_as_an_error() -> None:
    limited = error_from_response(429, {"error": {"type": "slow", "message": "m"}}, {"Retry-After": "3"})
    assert isinstance(limited, knoxcall.RateLimitError)
    assert (limited.retry_after, limited.code, str(limited)) == (3, "slow", "m")
    assert isinstance(error_from_response(500, "boom", {}), ServerError)
    assert isinstance(error_from_response(404, b"", None), knoxcall.NotFoundError)
    assert type(error_from_response(418)) is KnoxCallError
    with pytest.raises(AttributeError):
        knoxcall.errors.nothing  # noqa: B018


def test_refusals_of_the_ai_gateway() -> None:
    for status, body, headers, wanted in SCENARIOS["ai_error.table"]["outcome"]:
        made: Any = ai_gateway_error_from(status, body, headers)
        if wanted is None:
            assert made is None
            continue
        facts = {name: getattr(made, name) for name in wanted if name not in ("error", "str")}
        assert {"error": type(made).__name__, "str": str(made), **facts} == wanted


async def test_the_management_api_has_its_own_errors(make: Make, server: ContractServer) -> None:
    server.script.append(Answer(402, {"error": "budget_exceeded", "error_description": "d", "code": "budget_exceeded"}))
    with pytest.raises(PaymentRequiredError) as caught:
        await done(make().ai_gateway.list_gateways())
    assert caught.value.code == "budget_exceeded"
