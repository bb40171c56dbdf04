"""Every test here runs on embedded platforms of both versions, or on the one that `$KNEO_TEST_URL` names."""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from kneo_client import KneoClient
from kneo_client.core.profiles import Profile
from kneo_client.local import LocalPlatform, Role

DATA = Path(__file__).resolve().parents[1] / "data"
ROOT = Path(__file__).resolve().parents[4]
OUTSIDE = "KNEO_TEST_URL" in os.environ
PYTHONS = {
    "1.2.0": os.environ.get("KNEO_SERV_PYTHON", str(ROOT / ".venv-platform" / "bin" / "python")),
    "0.4.0": os.environ.get("KNEO_SERV_0_4_PYTHON", str(ROOT / ".venv-platform-0.4" / "bin" / "python")),
}
"""The interpreters that have kneo-serv, by its version."""

Start: TypeAlias = Callable[..., Any]


@pytest.fixture(scope="session", params=["1.2.0"] if OUTSIDE else PYTHONS)
def version(request: pytest.FixtureRequest) -> str:
    """The version of the platform; one outside is taken for the newest."""
    return str(request.param)


@pytest.fixture(scope="session")
def platform_python(version: str) -> str:
    """The interpreter that has kneo-serv."""
    return PYTHONS[version]


@pytest.fixture(scope="session")
def embedded(platform_python: str) -> Iterator[LocalPlatform | None]:
    """The embedded platform; None when a platform outside is tested."""
    if OUTSIDE:
        yield None
        return
    with LocalPlatform(python=platform_python, pythonpath=[DATA / "pylib"]) as platform:
        yield platform


@pytest.fixture(scope="session")
def profile(embedded: LocalPlatform | None) -> Profile:
    """Somebody who may do everything."""
    if embedded is not None:
        return embedded.profile
    return Profile("tested", os.environ["KNEO_TEST_URL"], os.environ["KNEO_TEST_API_KEY"])


@pytest.fixture
def profile_for(embedded: LocalPlatform | None) -> Callable[[Role], Profile]:
    """Gives the profile of a role, on a platform whose keys are known."""
    if embedded is None:
        pytest.skip("needs the keys of several roles")
    return embedded.profile_for


@pytest.fixture
async def client(profile: Profile) -> AsyncIterator[KneoClient]:
    async with KneoClient(profile) as client:
        yield client


@pytest.fixture(scope="session")
def specs() -> dict[str, Any]:
    """The specs of `data/specs.json` by name: completes, fails, fails_once, sleeps, asks, branches, invalid."""
    found: dict[str, Any] = json.loads((DATA / "specs.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def start(client: KneoClient, specs: dict[str, Any], embedded: LocalPlatform | None) -> Start:
    """Starts an asynchronous run of the named spec, waits until it has that status, and gives its last state."""

    async def start(spec: str, text: str = "hello", *, until: str = "completed") -> Any:
        if embedded is None and spec in ("sleeps", "fails_once"):
            pytest.skip("needs function components on the platform")
        created = await client.platform.runs.create({"input": text, "spec": specs[spec], "async_mode": True})
        assert created.run_id
        return await client.platform.runs.wait_for_completion(
            created.run_id, timeout=20, poll_interval=0.05, terminal_statuses={until}
        )

    return start
