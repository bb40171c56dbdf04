"""How a profile is resolved: TOML file, then environment, then arguments; later sources win field by field."""

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_config_dir

from kneo_client import KneoClient
from kneo_client.core.auth import AuthScheme
from kneo_client.core.profiles import Profile, default_config_path, load_profile

TOML = """
[default]
url = "https://prod.example.com"
api_key = "prod-key"

[staging]
url = "https://staging.example.com"
api_key = "staging-key"
auth_scheme = "kneo_api_key"
timeout = 5
"""
PROD = Profile("default", "https://prod.example.com", "prod-key")
STAGING = Profile("staging", "https://staging.example.com", "staging-key", AuthScheme.KNEO_API_KEY, 5.0)


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "client.toml"
    path.write_text(TOML)
    path.chmod(0o600)
    return path


@pytest.fixture
def default_file(config_file: Path) -> Path:
    """The same file where `load_profile` looks by itself."""
    path = default_config_path()
    path.parent.mkdir(parents=True)
    return config_file.rename(path)


@pytest.mark.promise("kneo.profiles.config-file-override", "kneo.profiles.one-table-per-profile")
@pytest.mark.promise("kneo.profiles.explicit-name")
@pytest.mark.parametrize(("name", "expected"), [(None, PROD), ("default", PROD), ("staging", STAGING)])
def test_each_table_of_the_file_is_one_profile(config_file: Path, name: str | None, expected: Profile) -> None:
    profile = load_profile(name, config_file=config_file)
    assert profile == expected
    assert type(profile.timeout) is float


def test_file_may_be_given_as_text(config_file: Path) -> None:
    assert load_profile(config_file=str(config_file)) == PROD  # type: ignore[arg-type]


@pytest.mark.promise("kneo.profiles.default-config-path")
def test_default_file_is_where_the_operating_system_keeps_configuration(default_file: Path) -> None:
    assert default_config_path() == default_file == Path(user_config_dir("kneo"), "client.toml")
    assert load_profile() == PROD


@pytest.mark.skipif(os.name != "posix" or "darwin" in os.uname().sysname.lower(), reason="XDG is a Linux convention")
def test_default_file_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert default_config_path() == Path.home() / ".config" / "kneo" / "client.toml"


@pytest.mark.promise("kneo.profiles.missing-file-skipped", "kneo.profiles.env-and-kwargs-suffice")
@pytest.mark.parametrize("missing", ["nowhere.toml", "client.toml/below-a-file"])
def test_missing_file_is_skipped(config_file: Path, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEO_URL", "https://env.example.com")
    profile = load_profile("ci", config_file=config_file.parent / missing, api_key="argument-key")
    assert profile == Profile("ci", "https://env.example.com", "argument-key")


FIELDS: list[Any] = [
    ("url", "KNEO_URL", "https://env.example.com", "https://argument.example.com"),
    ("api_key", "KNEO_API_KEY", "env-key", "argument-key"),
    ("auth_scheme", "KNEO_AUTH_SCHEME", "kneo_api_key", "bearer"),
    ("timeout", "KNEO_TIMEOUT", "7.5", 9.0),
]


@pytest.mark.promise("kneo.profiles.env-overrides-file", "kneo.profiles.kwargs-override-env")
@pytest.mark.parametrize(("field", "variable", "environment", "argument"), FIELDS)
def test_later_sources_win_field_by_field(
    default_file: Path, monkeypatch: pytest.MonkeyPatch, field: str, variable: str, environment: str, argument: Any
) -> None:
    monkeypatch.setenv(variable, environment)
    from_environment = load_profile()
    assert str(getattr(from_environment, field)) == environment
    assert dataclasses.replace(from_environment, **{field: getattr(PROD, field)}) == PROD
    assert getattr(load_profile(**{field: argument}), field) == argument


@pytest.mark.parametrize(("field", "variable", "_environment", "_argument"), FIELDS)
def test_empty_variable_counts_as_not_set(
    default_file: Path, monkeypatch: pytest.MonkeyPatch, field: str, variable: str, _environment: str, _argument: Any
) -> None:
    monkeypatch.setenv(variable, "")
    assert load_profile() == PROD


@pytest.mark.promise("kneo.profiles.env-profile-selects-section")
@pytest.mark.promise("kneo.profiles.name-falls-back-to-env-then-default")
def test_name_falls_back_to_the_variable_and_then_to_default(
    default_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_profile().name == "default"
    monkeypatch.setenv("KNEO_PROFILE", "staging")
    assert load_profile() == STAGING
    assert load_profile("default") == PROD


@pytest.mark.promise("kneo.profiles.auth-scheme-enum-or-string")
@pytest.mark.parametrize("scheme", [AuthScheme.KNEO_API_KEY, "kneo_api_key"])
def test_scheme_as_member_or_as_text(default_file: Path, scheme: AuthScheme | str) -> None:
    assert load_profile(auth_scheme=scheme).auth_scheme is AuthScheme.KNEO_API_KEY


@pytest.mark.promise("kneo.profiles.env-and-kwargs-suffice")
def test_environment_alone_suffices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEO_URL", "https://ci.example.com/kneo/")
    monkeypatch.setenv("KNEO_API_KEY", "ci-key")
    assert load_profile() == Profile("default", "https://ci.example.com/kneo/", "ci-key")


@pytest.mark.promise("kneo.client.from-profile-overrides", "kneo.client.profile-attribute")
def test_client_from_profile_forwards_everything(config_file: Path) -> None:
    overrides = {"url": "https://ad-hoc.example.com", "api_key": "token", "auth_scheme": "bearer", "timeout": 1.5}
    client = KneoClient.from_profile("staging", config_file=config_file)
    assert client.profile == STAGING
    client = KneoClient.from_profile("staging", config_file=config_file, **overrides)
    assert client.profile == Profile("staging", "https://ad-hoc.example.com", "token", AuthScheme.BEARER, 1.5)


def test_client_from_profile_refuses_other_overrides(config_file: Path) -> None:
    with pytest.raises(TypeError, match="retries"):
        KneoClient.from_profile(config_file=config_file, retries=3)


@pytest.mark.promise("kneo.profiles.passed-directly")
def test_profile_is_passed_directly() -> None:
    assert KneoClient(PROD).profile is PROD


def test_profile_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        PROD.url = "https://elsewhere.example.com"  # type: ignore[misc]


@pytest.mark.promise("kneo.auth.scheme-switched-by-configuration")
@pytest.mark.parametrize("scheme", ["bearer", "kneo_api_key"])
def test_scheme_is_switched_by_file_and_by_variable(
    config_file: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    config_file.write_text(TOML.replace('"prod-key"', f'"prod-key"\nauth_scheme = "{scheme}"'))
    assert load_profile(config_file=config_file).auth_scheme == scheme
    monkeypatch.setenv("KNEO_AUTH_SCHEME", "bearer")
    assert load_profile(config_file=config_file).auth_scheme is AuthScheme.BEARER
