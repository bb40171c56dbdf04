"""The real platform, and a home with nothing in it, for tests that do what documents say."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kneo_client.core import profiles
from kneo_client.local import LocalPlatform

ROOT = Path(__file__).resolve().parents[1]
EMBEDDED = ROOT / ".venv-platform" / "bin" / "python"
PLATFORM_PYTHON = os.environ.get("KNEO_SERV_PYTHON", str(EMBEDDED))


@pytest.fixture(scope="session")
def platform() -> Iterator[LocalPlatform]:
    """The embedded platform."""
    with LocalPlatform(python=PLATFORM_PYTHON) as running:
        yield running


@pytest.fixture
def knoxcall_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A contract server for KnoxCall's pages; the environment names it and its credentials."""
    monkeypatch.syspath_prepend(ROOT / "packages" / "knoxcall" / "tests")
    contract = importlib.import_module("contract_server")
    with contract.ContractServer() as server:
        monkeypatch.setenv("KNOXCALL_BASE_URL", server.url)
        monkeypatch.setenv("KNOXCALL_CLIENT_ID", contract.CLIENT_ID)
        monkeypatch.setenv("KNOXCALL_CLIENT_SECRET", contract.CLIENT_SECRET)
        yield
    assert server.violations == []


@pytest.fixture
def home(platform: LocalPlatform, knoxcall_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's home and current directory; the environment names the platform, and how to start another."""
    for name in ("XDG_CONFIG_HOME", profiles.ENV_PROFILE, profiles.ENV_AUTH_SCHEME, profiles.ENV_TIMEOUT):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nothing a page does may leave this machine
    monkeypatch.setenv(profiles.ENV_URL, platform.url)
    monkeypatch.setenv(profiles.ENV_API_KEY, platform.profile.api_key)
    monkeypatch.setenv("KNEO_SERV_PYTHON", PLATFORM_PYTHON)
    monkeypatch.chdir(tmp_path)
    return tmp_path
