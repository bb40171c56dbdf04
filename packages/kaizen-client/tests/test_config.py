"""Configuration: what is read from where, and what is refused."""

import copy
import dataclasses
import pickle
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import kaizen_client
from kaizen_client import (
    KaizenClient,
    KaizenClientConfig,
    KaizenConfigurationError,
    KaizenError,
    SyncKaizenClient,
)
from kaizen_client.client import DEFAULT_API_KEY, DEFAULT_BASE_URL, DEFAULT_TIMEOUT

from .conftest import KEY, Loopback


@pytest.mark.promise("kaizen.config.defaults")
def test_defaults() -> None:
    config = KaizenClientConfig()
    assert (config.base_url, config.api_key, config.timeout) == (DEFAULT_BASE_URL, DEFAULT_API_KEY, DEFAULT_TIMEOUT)
    assert (config.base_url, config.api_key, config.timeout) == ("https://api.getkaizen.io/", None, 30.0)
    assert (config.verify_ssl, config.default_headers, config.retry, config.cache) == (True, {}, None, None)


def test_positional_order() -> None:
    config = KaizenClientConfig("http://127.0.0.1:1", "k", 5, False, {"X-A": "1"})
    assert dataclasses.astuple(config)[:5] == ("http://127.0.0.1:1", "k", 5.0, False, {"X-A": "1"})


@pytest.mark.promise("kaizen.client.from-env", "kaizen.config.environment-read-when-asked")
@pytest.mark.parametrize("client", [KaizenClient, SyncKaizenClient])
def test_the_environment_is_read_when_asked(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAIZEN_BASE_URL", "http://127.0.0.1:7/x/")
    monkeypatch.setenv("KAIZEN_API_KEY", "k1")
    monkeypatch.setenv("KAIZEN_TIMEOUT", "2.5")
    config = client.from_env().config
    assert (config.base_url, config.api_key, config.timeout) == ("http://127.0.0.1:7/x/", "k1", 2.5)
    monkeypatch.setenv("KAIZEN_API_KEY", "k2")
    assert client.from_env().config.api_key == client().config.api_key == "k2"


@pytest.mark.parametrize("name", ["KAIZEN_BASE_URL", "KAIZEN_API_KEY", "KAIZEN_TIMEOUT"])
def test_an_empty_variable_counts_as_not_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "")
    assert KaizenClientConfig() == KaizenClientConfig(DEFAULT_BASE_URL, None, 30.0)


@pytest.mark.promise("kaizen.config.errors-name-the-variable")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAIZEN_TIMEOUT", "abc"),
        ("KAIZEN_TIMEOUT", "nan"),
        ("KAIZEN_TIMEOUT", "-1"),
        ("KAIZEN_TIMEOUT", "inf"),
        ("KAIZEN_BASE_URL", "not a url"),
        ("KAIZEN_BASE_URL", "http://[::1"),
        ("KAIZEN_API_KEY", "geheim\n"),
        ("KAIZEN_API_KEY", "gehéim"),
    ],
)
def test_unusable_variables_are_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(KaizenConfigurationError, match=name) as caught:
        KaizenClient.from_env()
    assert "geh" not in str(caught.value)
    assert isinstance(caught.value, KaizenError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.promise("kaizen.config.checked")
@pytest.mark.parametrize(
    "settings",
    [
        {"base_url": ""},
        {"base_url": 7},
        {"base_url": "ftp://x"},
        {"base_url": "http://u:p@x"},
        {"base_url": "http://x/?a"},
        {"base_url": "http://x:99999"},
        {"base_url": "http://x/\\a"},
        {"api_key": 7},
        {"api_key": " k"},
        {"timeout": "30"},
        {"timeout": True},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"default_headers": ["x"]},
        {"default_headers": {"a b": "x"}},
        {"default_headers": {"X": "a\r\nb"}},
        {"default_headers": {"content-length": "9"}},
        {"auth": "basic"},
        {"deadline": -1},
        {"connect_timeout": 0},
        {"max_connections": 0},
        {"max_response_bytes": 1.5},
        {"max_requests_per_second": 0},
        {"cache_ttl": 0},
        {"ca_bundle": "nowhere.pem"},
        {"proxy": "nonsense"},
        {"proxy_auth": ("user", "word")},
        {"retry": 3},
        {"retry_on_status_codes": 503},
        {"retry_on_status_codes": ["503"]},
        {"max_request_bytes": 0},
    ],
    ids=str,
)
def test_unusable_settings_are_named(settings: dict[str, Any]) -> None:
    (name,) = settings
    with pytest.raises(KaizenConfigurationError, match=name):
        KaizenClientConfig(**settings)


def test_a_configuration_changed_later_is_checked_by_the_client() -> None:
    config = KaizenClientConfig()
    config.timeout = -1
    with pytest.raises(KaizenConfigurationError):
        KaizenClient(config)


async def test_a_configuration_changed_under_a_client_changes_nothing(recorder: Loopback) -> None:
    config = KaizenClientConfig(recorder.url, "first")
    async with KaizenClient(config) as client:
        config.api_key = "second"
        config.default_headers["X-New"] = "1"
        await client.health()
    assert recorder.received[0].headers["x-api-key"] == "first"
    assert "x-new" not in recorder.received[0].headers


async def test_the_package_says_what_it_is(recorder: Loopback) -> None:
    assert (Path(kaizen_client.__file__).parent / "py.typed").is_file()
    assert kaizen_client.__version__ == version("kaizen-client")
    async with KaizenClient(KaizenClientConfig(recorder.url)) as client:
        await client.health()
    assert recorder.received[0].headers["user-agent"] == f"kaizen-client/{kaizen_client.__version__}"


@pytest.mark.promise("kaizen.config.key-never-shown")
def test_the_key_is_never_shown(tmp_path: Path) -> None:
    config = KaizenClientConfig(
        api_key=KEY, default_headers={"Authorization": KEY}, proxy=f"http://u:{KEY}@127.0.0.1:1", proxy_auth=("u", KEY)
    )
    client = KaizenClient(config)
    for thing in (config, client, client._session, client._session.settings, vars(client), client.config):
        assert KEY not in repr(thing)
    with pytest.raises(TypeError):
        pickle.dumps(config)
    assert copy.deepcopy(config).api_key == KEY
