"""What all tests of kneo_client share: a clean environment and a profile."""

from pathlib import Path

import pytest

from kneo_client.core.profiles import ENV_API_KEY, ENV_AUTH_SCHEME, ENV_PROFILE, ENV_TIMEOUT, ENV_URL, Profile


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no file of the person who runs the tests takes part in them."""
    for name in (ENV_PROFILE, ENV_URL, ENV_API_KEY, ENV_AUTH_SCHEME, ENV_TIMEOUT):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def profile() -> Profile:
    """A profile at whose address nobody listens."""
    return Profile("unit", "http://127.0.0.1:9/prefix", "key-for-tests")
