"""What other clients got wrong about secrets and profiles (11 to 15, 27)."""

import copy
import dataclasses
import logging
import pickle
import traceback
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from kneo_client import KneoClient
from kneo_client.core.auth import ApiKeyAuth, AuthScheme
from kneo_client.core.errors import KneoError, KneoInvalidRequestError, KneoNetworkError
from kneo_client.core.profiles import Profile, ProfileError, load_profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import Transport

URL = "https://kneo.example.com"
ONCE = RetryPolicy(max_attempts=1)


@pytest.mark.promise("kneo.weakness.11")
@pytest.mark.parametrize("url", ["ftp://kneo.example.com", "kneo.example.com", "http://[::1", "http://h:port", "://"])
def test_bad_url_is_refused_when_the_profile_is_made(url: str) -> None:
    with pytest.raises(ProfileError, match="'url'"):
        Profile("x", url, "k")


@pytest.mark.promise("kneo.weakness.11")
async def test_scheme_that_a_passed_in_client_cannot_speak_is_tried_once(profile: Profile) -> None:
    async with httpx.AsyncClient(base_url="ftp://kneo.example.com") as theirs:
        with pytest.raises(KneoNetworkError, match="UnsupportedProtocol") as caught:
            await Transport(profile, http_client=theirs).request("GET", "/v1/healthz")
    assert caught.value.attempts == 1


MALFORMED = ["s3cret\n", " s3cret", "s3cret\r\nX-Evil: 1", "s3cré\x00t", "s3cret\x7f"]


@pytest.mark.promise("kneo.weakness.12")
@pytest.mark.parametrize("key", MALFORMED)
@pytest.mark.parametrize(
    "make", [lambda key: Profile("x", URL, key), ApiKeyAuth, lambda key: load_profile(url=URL, api_key=key)]
)
def test_malformed_key_is_refused_and_never_shown(make: Any, key: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ValueError, match="api_key") as caught:
        make(key)
    shown = "".join(traceback.format_exception(caught.value))
    assert "s3cr" not in shown + caplog.text
    assert caught.value.__cause__ is None


@pytest.mark.promise("kneo.weakness.12")
def test_malformed_key_of_a_file_is_not_shown_either(tmp_path: Path) -> None:
    path = tmp_path / "client.toml"
    path.write_text(f'[default]\nurl = "{URL}"\napi_key = "s3cret\\n"')
    with pytest.raises(ProfileError) as caught:
        load_profile(config_file=path)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.promise("kneo.weakness.12", "kneo.errors.no-secrets")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_no_failure_shows_the_key_not_even_with_local_variables(serve: Any, backend: str) -> None:
    async def failure(url: str) -> KneoError:
        async with KneoClient(Profile("x", url, "s3cret-key"), retry_policy=ONCE) as client:
            with pytest.raises(KneoError) as caught:
                await client.platform.runs.create({"input": "x"})
        return caught.value

    for answer in (401, (200, "?"), lambda connection: None):
        error = anyio.run(failure, serve(answer).url, backend=backend)
        assert "s3cret" not in "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        assert "s3cret" not in repr(error) + repr(vars(error))
        assert b"s3cret" not in pickle.dumps(error)


@pytest.mark.promise("kneo.weakness.13", "kneo.profiles.repr-shows-key")
@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        lambda profile: repr(dataclasses.asdict(profile)),
        lambda profile: repr(dataclasses.astuple(profile)),
        lambda profile: repr(vars(profile)),
        lambda profile: repr([profile.api_key]),
        lambda profile: repr(copy.deepcopy(profile).api_key),
        lambda profile: repr(dataclasses.replace(profile, name="y").api_key),
        lambda profile: repr(ApiKeyAuth(profile.api_key)) + repr(vars(ApiKeyAuth(profile.api_key))),
        lambda profile: repr(vars(KneoClient(profile)._transport)) + repr(KneoClient(profile)._transport.settings),
    ],
)
def test_nothing_that_people_print_shows_the_key(show: Any) -> None:
    shown = show(Profile("x", URL, "s3cret"))
    assert "s3cret" not in shown


@pytest.mark.promise("kneo.weakness.13")
def test_key_is_still_a_string_and_cannot_be_pickled_away() -> None:
    profile = Profile("x", URL, "s3cret")
    assert profile.api_key == "s3cret"
    assert isinstance(profile.api_key, str)
    with pytest.raises(TypeError, match="credential"):
        pickle.dumps(profile)


@pytest.mark.promise("kneo.weakness.13")
@pytest.mark.parametrize(
    "url", ["https://user:s3cret@kneo.example.com", "https://s3cret@kneo.example.com", "http://:s3cret@h"]
)
def test_credentials_in_the_url_are_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ProfileError, match="must not hold a user or password") as caught:
        Profile("x", url, "k")
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.promise("kneo.weakness.13")
async def test_debug_logs_show_neither_key_nor_cookies(serve: Any, caplog: pytest.LogCaptureFixture) -> None:
    platform = serve((200, {"ok": True}, {"Set-Cookie": "session=s3cret-cookie"}))
    with caplog.at_level(logging.DEBUG):
        async with KneoClient(Profile("x", platform.url, "s3cret-key")) as client:
            await client.platform.health.healthz()
    assert "s3cret" not in caplog.text


@pytest.mark.promise("kneo.weakness.14")
@pytest.mark.parametrize("scheme", AuthScheme)
async def test_absolute_url_as_path_is_refused(serve: Any, scheme: AuthScheme) -> None:
    elsewhere = serve({"ok": True})
    host = elsewhere.url.removeprefix("http://")
    async with Transport(Profile("x", URL, "s3cret", scheme)) as transport:
        for path in (
            elsewhere.url,
            elsewhere.url.upper() + "/v1",
            f"//{host}/v1",
            f"\\\\{host}/v1",
        ):
            with pytest.raises(KneoError) as caught:
                await transport.request("GET", path)
            assert isinstance(caught.value, KneoInvalidRequestError), path
    assert not elsewhere.connections


@pytest.mark.promise("kneo.weakness.14")
@pytest.mark.parametrize(
    "path", ["@evil.example/v1", ".evil.example/v1", ":1@evil.example/", "?@evil.example", "#@evil", "http:\\\\evil"]
)
async def test_path_never_becomes_part_of_the_host(scripted: Any, path: str) -> None:
    client, wire = scripted({}, profile=Profile("x", URL, "k"))
    await client._transport.request("GET", path)
    assert httpx.URL(wire.requests[0].url).host == "kneo.example.com"
    assert wire.requests[0].url.startswith(f"{URL}/")


@pytest.mark.promise("kneo.weakness.15")
@pytest.mark.parametrize("scheme", AuthScheme)
async def test_client_that_follows_redirects_takes_the_key_nowhere(serve: Any, scheme: AuthScheme) -> None:
    elsewhere = serve({"ok": True})
    platform = serve((307, "", {"Location": f"{elsewhere.url}/v1/runs"}))
    profile = Profile("x", platform.url, "s3cret", scheme)
    theirs = httpx.AsyncClient(base_url=profile.url, auth=ApiKeyAuth("s3cret", scheme), follow_redirects=True)
    async with theirs, Transport(profile, http_client=theirs, retry_policy=ONCE) as transport:
        with pytest.raises(KneoError, match=f"this one leads to {elsewhere.url}/v1/runs"):
            await transport.request("POST", "/v1/runs", json={"input": "x"})
    assert b"s3cret" in platform.requests[0]
    assert not elsewhere.connections


FILE = f'[default]\nurl = "{URL}"\napi_key = "file-key"\n'


@pytest.mark.promise("kneo.weakness.27")
@pytest.mark.parametrize(
    ("content", "arguments", "problem"),
    [
        (FILE, {"name": "porod"}, "no such section"),
        (FILE + 'apikey = "typo"', {}, "unknown keys"),
        (FILE.replace(f'"{URL}"', "5"), {}, "must be a string"),
        (FILE + "timeout = true", {}, "timeout"),
        ("default = 5", {}, "not a section"),
    ],
)
def test_mistakes_in_a_profile_do_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, arguments: Any, problem: str
) -> None:
    path = tmp_path / "client.toml"
    path.write_text(content)
    path.chmod(0o600)
    if problem == "no such section":
        monkeypatch.setenv("KNEO_URL", "https://env.example.com")
    with pytest.raises(ProfileError, match=problem):
        load_profile(config_file=str(path), **arguments)  # type: ignore[arg-type]


@pytest.mark.promise("kneo.weakness.27")
def test_empty_variable_does_not_override_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "client.toml"
    path.write_text(FILE)
    path.chmod(0o600)
    for variable in ("KNEO_URL", "KNEO_API_KEY", "KNEO_TIMEOUT", "KNEO_AUTH_SCHEME", "KNEO_PROFILE"):
        monkeypatch.setenv(variable, "")
    assert load_profile(config_file=path) == Profile("default", URL, "file-key")


@pytest.mark.promise("kneo.weakness.27")
@pytest.mark.parametrize(
    ("mode", "content", "warned"),
    [(0o600, FILE, False), (0o644, FILE, True), (0o640, FILE, True), (0o644, f'[default]\nurl = "{URL}"', False)],
)
def test_file_that_others_can_read_is_warned_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, content: str, warned: bool
) -> None:
    path = tmp_path / "client.toml"
    path.write_text(content)
    path.chmod(mode)
    load_profile(config_file=path, api_key="k")
    assert bool(caplog.records) is warned
    assert all(record.levelno == logging.WARNING and "chmod 600" in record.message for record in caplog.records)
    assert "file-key" not in caplog.text
