"""One platform 1.2.0 with a story on it, and both products on each client. `make downstream` runs these tests."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kneo_client.local import LocalPlatform
    from tests.downstream.browser import Browser
    from tests.downstream.products import Product

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "packages" / "kneo-client" / "tests" / "data"
collect_ignore_glob = [] if "KNEO_DOWNSTREAM" in os.environ else ["test_*.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", type=Path, default=ROOT / ".cache" / "downstream", help="where screenshots go")


@pytest.fixture(scope="session")
def specs() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / "specs.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def platform() -> Iterator[LocalPlatform]:
    from kneo_client.local import LocalPlatform

    python = ROOT / ".venv-platform" / "bin" / "python"
    with LocalPlatform(python=python, pythonpath=[DATA / "pylib"]) as running:
        yield running


@pytest.fixture(scope="session")
def story(platform: LocalPlatform, specs: dict[str, Any]) -> dict[str, str]:
    """What there is to see: four runs of one session, a task for a person, a policy. Names and their ids."""
    return asyncio.run(_tell(platform, specs))


async def _tell(platform: LocalPlatform, specs: dict[str, Any]) -> dict[str, str]:
    from kneo_client import KneoClient

    ids: dict[str, str] = {}
    runs = {"completes": "completed", "fails": "failed", "branches": "completed", "asks": "blocked"}
    async with KneoClient(platform.profile) as client:
        for name, status in runs.items():
            body = {"input": f"story of {name}, say yes", "spec": specs[name], "session_id": "story"}
            created = await client.platform.runs.create({**body, "async_mode": True})
            run = await client.platform.runs.wait_for_completion(
                created.run_id, poll_interval=0.05, timeout=30, terminal_statuses={status}
            )
            ids[name] = run.run_id
        ids["task"] = str(run.continuation_id)
        for environment in ("dev", "staging"):
            await client.platform.policies.environment_put(
                environment, {"require_human_review": True, "enabled": False}
            )
    return ids


@pytest.fixture(scope="session")
def product(
    platform: LocalPlatform, story: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, str], Product]]:
    """Gives a product with one of the clients, started when it is first asked for."""
    from tests.downstream.products import serving

    running: dict[tuple[str, str], Product] = {}
    with ExitStack() as stack:

        def give(name: str, client: str) -> Product:
            if (name, client) not in running:
                folder = tmp_path_factory.mktemp(f"{name}-{client}")
                running[name, client] = stack.enter_context(serving(name, client, platform, folder))
            return running[name, client]

        yield give


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path:
    """Where screenshots go."""
    folder: Path = request.config.getoption("--pictures")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from tests.downstream.browser import Browser

    window = Browser()
    yield window
    window.close()
