"""Every mistake in a profile is a `ProfileError` that names its source, at the latest when the profile is made."""

from pathlib import Path
from typing import Any

import pytest

from kneo_client import KneoClient
from kneo_client.core.errors import KneoError
from kneo_client.core.profiles import Profile, ProfileError, load_profile

URL = "https://kneo.example.com"


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "client.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o600)
    return path


def refused(tmp_path: Path, content: str | bytes, name: str | None = None, **arguments: Any) -> str:
    with pytest.raises(ProfileError) as caught:
        load_profile(name, config_file=written(tmp_path, content), **arguments)
    return str(caught.value)


@pytest.mark.promise("kneo.profiles.profile-error")
def test_profile_error_is_a_value_error_and_no_failure_of_a_call() -> None:
    assert issubclass(ProfileError, ValueError)
    assert not issubclass(ProfileError, KneoError)
    with pytest.raises(ProfileError):
        KneoClient.from_profile()


@pytest.mark.promise("kneo.profiles.missing-url-message", "kneo.profiles.missing-api-key-message")
@pytest.mark.promise("kneo.profiles.errors-name-the-sources")
@pytest.mark.parametrize(
    ("content", "arguments", "field", "variable"),
    [
        ("", {"api_key": "k"}, "url", "KNEO_URL"),
        ("[X]\napi_key = 'k'", {}, "url", "KNEO_URL"),
        ("[X]\nurl = 'https://kneo.example.com'", {}, "api_key", "KNEO_API_KEY"),
        ("[X]\nurl = 'https://kneo.example.com'\napi_key = ''", {}, "api_key", "KNEO_API_KEY"),
        ("[X]\nurl = 'https://kneo.example.com'\napi_key = 'k'", {"api_key": ""}, "api_key", "KNEO_API_KEY"),
    ],
)
def test_missing_field(tmp_path: Path, content: str, arguments: dict[str, str], field: str, variable: str) -> None:
    message = refused(tmp_path, content, "X", **arguments)
    assert message.startswith(f"profile 'X': '{field}' is not set")
    assert f"{field}=" in message
    assert f"${variable}" in message
    assert str(tmp_path / "client.toml") in message


def test_section_that_is_not_there(tmp_path: Path) -> None:
    message = refused(tmp_path, "[default]\nurl = 'u'\n[prod]\nurl = 'u'", "porod")
    assert message.startswith("profile 'porod': 'url' is not set")
    assert "default, prod" in message


def test_section_is_not_needed_when_the_arguments_say_everything(tmp_path: Path) -> None:
    path = written(tmp_path, "[default]\nurl = 'https://kneo.example.com'")
    assert load_profile("ad-hoc", config_file=path, url=URL, api_key="k") == Profile("ad-hoc", URL, "k")


@pytest.mark.promise("kneo.profiles.malformed-toml-message")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[default\nurl = 1", "line 1"),
        (b"[default]\nurl = '\xff\xfe'", "UTF-8"),
        ("url = 'https://kneo.example.com'\ndefault = 5", "not a section"),
        ("[default]\nurl = 'https://kneo.example.com'\napikey = 'k'", "['apikey']"),
    ],
)
def test_malformed_file(tmp_path: Path, content: str | bytes, reason: str) -> None:
    message = refused(tmp_path, content)
    assert message.startswith(f"failed to parse {tmp_path / 'client.toml'}: ")
    assert reason in message


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=f"^failed to parse {tmp_path}: .*directory"):
        load_profile(config_file=tmp_path)


@pytest.mark.promise("kneo.profiles.unknown-scheme-message")
@pytest.mark.parametrize("scheme", ["basic", "", "Bearer"])
def test_unknown_scheme_from_every_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    expected = f"unknown auth_scheme {scheme!r}; expected one of: bearer, kneo_api_key"
    assert refused(tmp_path, f"[default]\nurl = '{URL}'\napi_key = 'k'\nauth_scheme = '{scheme}'") == expected
    assert refused(tmp_path, "", url=URL, api_key="k", auth_scheme=scheme) == expected
    with pytest.raises(ProfileError, match=f"^unknown auth_scheme '{scheme}'"):
        Profile("x", URL, "k", scheme)  # type: ignore[arg-type]
    if scheme:  # an empty variable counts as not set
        monkeypatch.setenv("KNEO_AUTH_SCHEME", scheme)
        assert refused(tmp_path, "", url=URL, api_key="k") == expected


@pytest.mark.promise("kneo.profiles.env-timeout-message")
@pytest.mark.parametrize("text", ["soon", "5s", "nan", "inf", "-1", "0", "1e999"])
def test_timeout_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("KNEO_TIMEOUT", text)
    message = refused(tmp_path, "", url=URL, api_key="k")
    assert message.startswith(f"$KNEO_TIMEOUT must be a float, got '{text}'")


@pytest.mark.promise("kneo.profiles.timeout-numeric-from-any-source")
@pytest.mark.parametrize("timeout", ["'abc'", "true", "nan", "inf", "-1", "0", "[1]", "1e300"])
def test_timeout_of_the_file(tmp_path: Path, timeout: str) -> None:
    message = refused(tmp_path, f"[default]\nurl = '{URL}'\napi_key = 'k'\ntimeout = {timeout}")
    assert message.startswith("profile 'default': timeout must be a number of seconds above 0")


@pytest.mark.promise("kneo.profiles.timeout-numeric-from-any-source")
@pytest.mark.parametrize("timeout", ["30", True, float("nan"), float("inf"), -1, 0, 1e9 + 1, 10**20])
def test_timeout_of_an_argument(tmp_path: Path, timeout: Any) -> None:
    assert "timeout must be a number of seconds" in refused(tmp_path, "", url=URL, api_key="k", timeout=timeout)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("kneo.example.com", "absolute http or https URL"),
        ("ftp://kneo.example.com", "absolute http or https URL"),
        ("https://", "absolute http or https URL"),
        ("http://[::1", "not a valid URL"),
        ("http://kneo.example.com:99999", "not a valid URL"),
        ("https://kneo.example.com?tenant=1", "query or fragment"),
        ("https://kneo.example.com/#", "query or fragment"),
        ("https://kneo.example.com/a b", "blank"),
        ("https://kneo.example.com\n", "control"),
        ("https://kneo.example.com\\v1", "backslash"),
        ("https://knéo.example.com", "non-ASCII"),
        (5, "must be a string, got int"),
    ],
)
def test_unusable_url(url: Any, problem: str) -> None:
    with pytest.raises(ProfileError, match=r"^profile 'x': 'url' ") as caught:
        Profile("x", url, "k")
    assert problem in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:8000/", "https://h/kneo/", "HTTPS://H"])
def test_usable_url_is_kept(url: str) -> None:
    assert Profile("x", url, "k").url == url


@pytest.mark.parametrize(("key", "problem"), [("", "empty"), (None, "empty"), (5, "must be a string"), ("é", "cannot")])
def test_unusable_key(key: Any, problem: str) -> None:
    with pytest.raises(ProfileError, match=r"^profile 'x': 'api_key' ") as caught:
        Profile("x", URL, key)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://kneo.example.com/v1", "http://127.0.0.1:8000/v1/", "https://h/behind/a/proxy/v1"]
)
def test_address_that_ends_where_paths_begin_is_refused_with_the_one_that_is_meant(url: str) -> None:
    with pytest.raises(ProfileError, match="without /v1") as caught:
        Profile("x", url, "k")
    assert str(caught.value).endswith(url.rstrip("/").removesuffix("/v1"))
    assert Profile("x", "https://h/api-v1", "k").url == "https://h/api-v1"


def test_default_file_that_cannot_be_looked_at_is_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuses(self: Path, *args: object) -> object:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setenv("KNEO_URL", "http://h")
    monkeypatch.setenv("KNEO_API_KEY", "k")
    monkeypatch.setattr(Path, "open", refuses)
    assert load_profile().url == "http://h"
    assert load_profile("prod", timeout=5).name == "prod"
    with pytest.raises(ProfileError, match="Permission denied"):
        load_profile(config_file=tmp_path / "client.toml")
