"""The API key: in which header it goes, to whom, and that nothing else ever shows it."""

import copy
import pickle
from typing import Any

import httpx
import pytest

from kneo_client.core import auth
from kneo_client.core.auth import ApiKeyAuth, AuthScheme
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import Transport

HEADERS = [
    pytest.param(
        AuthScheme.BEARER, "Authorization", "Bearer secret", marks=pytest.mark.promise("kneo.auth.bearer-header")
    ),
    pytest.param(
        AuthScheme.KNEO_API_KEY, "X-Kneo-Api-Key", "secret", marks=pytest.mark.promise("kneo.auth.kneo-api-key-header")
    ),
]


@pytest.mark.promise("kneo.auth.scheme-is-a-string-enum")
def test_scheme_is_a_string_enum() -> None:
    assert {member.name: member.value for member in AuthScheme} == {"BEARER": "bearer", "KNEO_API_KEY": "kneo_api_key"}
    assert all(isinstance(member, str) and str(member) == member.value for member in AuthScheme)


@pytest.mark.parametrize(("scheme", "name", "value"), HEADERS)
async def test_every_request_of_a_client_carries_the_key_once(
    scripted: Any, scheme: AuthScheme, name: str, value: str
) -> None:
    client, wire = scripted({"ok": True}, profile=Profile("x", "https://kneo.example.com", "secret", scheme))
    await client.platform.health.readyz()
    sent = wire.requests[0].headers
    assert sent[name] == value
    assert sum("secret" in text for text in sent.values()) == 1


@pytest.mark.promise("kneo.auth.every-attempt")
@pytest.mark.parametrize("scheme", AuthScheme)
async def test_every_attempt_carries_the_key(scripted: Any, scheme: AuthScheme) -> None:
    client, wire = scripted(503, 503, {"ok": True}, profile=Profile("x", "https://kneo.example.com", "secret", scheme))
    await client.platform.health.readyz()
    assert [sum("secret" in text for text in request.headers.values()) for request in wire.requests] == [1, 1, 1]


@pytest.mark.promise("kneo.auth.httpx-auth-subclass", "kneo.auth.flow-signature", "kneo.auth.every-attempt")
@pytest.mark.parametrize(("scheme", "name", "value"), HEADERS)
async def test_httpx_auth_for_sync_and_async_clients(scheme: AuthScheme, name: str, value: str) -> None:
    def redirect_once(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get(name))
        return httpx.Response(307, headers={"Location": "/again"}) if len(seen) % 2 else httpx.Response(200)

    seen: list[str | None] = []
    given: Any = {"auth": ApiKeyAuth("secret", scheme), "follow_redirects": True, "base_url": "https://kneo.example"}
    assert isinstance(given["auth"], httpx.Auth)
    with httpx.Client(transport=httpx.MockTransport(redirect_once), **given) as sync_client:
        sync_client.get("/first")
    async with httpx.AsyncClient(transport=httpx.MockTransport(redirect_once), **given) as client:
        await client.get("/first")
    assert seen == [value] * 4


def test_auth_flow_yields_the_same_request_once() -> None:
    request = httpx.Request("GET", "https://kneo.example.com")
    assert list(ApiKeyAuth("secret").auth_flow(request)) == [request]
    assert request.headers["Authorization"] == "Bearer secret"


@pytest.mark.promise("kneo.auth.empty-key")
@pytest.mark.parametrize("key", ["", " ", "se cret\n", "sécret", "secret "])
def test_unusable_key_is_a_value_error_that_does_not_show_it(key: str) -> None:
    with pytest.raises(ValueError, match=r"^api_key ") as caught:
        ApiKeyAuth(key)
    assert "cret" not in str(caught.value)


def test_unknown_scheme_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="basic"):
        ApiKeyAuth("secret", "basic")  # type: ignore[arg-type]


def test_auth_hides_the_key_and_can_be_copied_but_not_pickled() -> None:
    for each in (ApiKeyAuth("secret"), copy.copy(ApiKeyAuth("secret")), copy.deepcopy(ApiKeyAuth("secret"))):
        assert repr(each) == "<ApiKeyAuth Authorization>"
        assert "secret" not in repr(vars(each))
    with pytest.raises(TypeError, match="credential"):
        pickle.dumps(ApiKeyAuth("secret"))


def test_module_has_no_other_names() -> None:
    assert set(auth.__all__) >= {"ApiKeyAuth", "AuthScheme"}
    with pytest.raises(AttributeError, match="BasicAuth"):
        auth.BasicAuth  # noqa: B018


@pytest.mark.promise("kneo.auth.configured-origin-only", "kneo.auth.key-reaches-redirects")
@pytest.mark.parametrize("scheme", AuthScheme)
async def test_key_goes_only_to_the_configured_origin(serve: Any, scheme: AuthScheme) -> None:
    elsewhere = serve({"ok": True})
    platform = serve((307, "", {"Location": f"{elsewhere.url}/v1/healthz"}))
    profile = Profile("x", platform.url, "secret", scheme)
    async with Transport(profile, retry_policy=RetryPolicy(max_attempts=1)) as transport:
        for path in ("/v1/healthz", f"{elsewhere.url}/v1/healthz", f"//{elsewhere.url[7:]}/v1/healthz"):
            with pytest.raises(Exception, match=r"redirects are not followed|must be relative"):
                await transport.request("GET", path)
    assert len(platform.requests) == 1
    assert b"secret" in platform.requests[0]
    assert not elsewhere.connections
