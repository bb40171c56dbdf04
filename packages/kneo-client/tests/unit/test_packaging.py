"""What gets installed, what importing it loads, and what type checkers see."""

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import kneo_client
from kneo_client import agent, core

PACKAGE = Path(kneo_client.__file__).parent
ROOT = PACKAGE.parents[3]
METADATA = importlib.metadata.metadata("kneo-client")
IO = {"anyio", "asyncio", "concurrent", "http", "httpx", "selectors", "socket", "ssl", "threading", "trio", "urllib3"}


def run(*command: str) -> str:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.promise("kneo.client.version", "kneo.packaging.distribution-name", "kneo.packaging.python-version")
def test_name_version_and_python() -> None:
    assert run("-c", "from kneo_client import KneoClient, __version__; print(__version__)") == "1.3.0\n"
    assert (METADATA["Name"], METADATA["Version"]) == ("kneo-client", kneo_client.__version__)
    assert METADATA["Requires-Python"] == ">=3.12"


@pytest.mark.promise("kneo.packaging.small-runtime-closure", "kneo.packaging.pydantic-and-attrs")
@pytest.mark.promise("kneo.packaging.local-extra")
def test_dependencies() -> None:
    required = METADATA.get_all("Requires-Dist") or []
    names = {re.split(r"[^\w-]", each)[0] for each in required if "extra ==" not in each}
    assert names == {"sdk-engine", "httpx", "anyio", "msgspec", "platformdirs", "pyyaml"}
    extras = {each.replace("'", '"').replace(" ", "") for each in required if "extra ==" in each}
    assert {each for each in extras if '"local"' in each} == {
        'kneo-serv[postgres]==1.2.0;extra=="local"',
        'fastapi<0.140;extra=="local"',
    }


@pytest.mark.promise("kneo.packaging.no-cli")
def test_no_command_is_installed() -> None:
    assert list(importlib.metadata.distribution("kneo-client").entry_points) == []


@pytest.mark.promise("kneo.packaging.py-typed")
def test_marker_for_type_checkers_is_inside_what_the_wheel_takes() -> None:
    assert files("kneo_client").joinpath("py.typed").is_file()
    build = (ROOT / "packages" / "kneo-client" / "pyproject.toml").read_text()
    assert re.findall(r"\[tool\.hatch\.build[^]]*\]\n(.*)", build) == ['packages = ["src/kneo_client"]']


LOADED = """
import json, sys
before = set(sys.modules)
{code}
print(json.dumps(sorted({{name.partition(".")[0] for name in set(sys.modules) - before}})))
"""


@pytest.mark.promise("kneo.packaging.lazy-import")
def test_importing_the_package_loads_nothing_else() -> None:
    assert set(json.loads(run("-I", "-c", LOADED.format(code="import kneo_client")))) <= {"kneo_client", "__future__"}


@pytest.mark.promise("kneo.packaging.lazy-import")
def test_client_loads_no_heavy_library_before_its_first_call() -> None:
    make = "from kneo_client import KneoClient; from kneo_client.core.profiles import Profile"
    loaded = set(json.loads(run("-I", "-c", LOADED.format(code=f"{make}; KneoClient(Profile('x', 'http://h', 'k'))"))))
    assert "sdk_engine" in loaded
    assert not loaded & {"asyncio", "ssl", "httpx", "anyio", "pyreqwest", "pydantic", "attr", "rich", "platformdirs"}


@pytest.mark.parametrize(
    ("package", "names"),
    [
        (kneo_client, {"KneoClient", "SyncKneoClient", "KneoError", "Profile", "load_profile", "RetryPolicy"}),
        (kneo_client, {"Transport", "PlatformClient", "AgentClient"}),
        (core, {"Page", "Map", "PaginatedResult", "iterate_all", "require_json_body", "SyncTransport", "ENV_URL"}),
        (agent, {"DryRunResult", "ValidateThenCompileResult", "SkillsClient"}),
    ],
)
def test_names_of_earlier_versions_are_there_and_load_when_they_are_used(package: Any, names: set[str]) -> None:
    assert names <= set(package.__all__)
    for name in package.__all__:
        value = getattr(package, name)
        assert getattr(value, "__name__", name) in (name, f"{name}Error")
    with pytest.raises(AttributeError, match="AsyncClient"):
        package.AsyncClient  # noqa: B018


@pytest.mark.parametrize("package", [kneo_client, core])
def test_type_checkers_see_what_loads(package: Any) -> None:
    tree = ast.parse(Path(package.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    assert {alias.name: node.module for node in imports for alias in node.names} == package._HOMES
    assert set(package.__all__) - {"__version__"} == package._HOMES.keys()


def runtime_imports(path: Path) -> Iterator[str]:
    """Top-level packages that a module imports outside of `if TYPE_CHECKING`."""
    tree = ast.parse(path.read_text())
    typing_only = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    ]
    skipped = {child for block in typing_only for child in ast.walk(block)}
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.promise("kneo.transport.only-layer-that-does-io")
def test_only_the_transport_can_do_io() -> None:
    modules = [
        path
        for path in PACKAGE.rglob("*.py")
        if not {"examples", "local.py", "batch"} & set(path.relative_to(PACKAGE).parts)
    ]
    able = {path.relative_to(PACKAGE).as_posix() for path in modules if IO & set(runtime_imports(path))}
    together = {"platform/watch.py"}  # wakes those who wait
    assert able - together == {"core/sync_transport.py", "core/api_key_auth.py"}


@pytest.mark.promise("kneo.packaging.layers", "kneo.packaging.generated-is-private")
def test_layers_point_one_way() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], capture_output=True, text=True, cwd=ROOT
    )
    assert checked.returncode == 0, checked.stdout
    assert "kneo_client: adapters, core, generated KEPT" in checked.stdout


CONSUMER = """
from typing import Any, assert_type
from kneo_client import KneoClient
from kneo_client.core.pagination import PaginatedResult, iterate_all
from kneo_client.core.errors import KneoRateLimited
from kneo_client.core.transport import SyncTransport, Transport
from kneo_client.types import RunCreateRequest, RunListResponse, RunListResponseRunsItem, RunStatusResponse
import httpx

async def use(client: KneoClient, transport: Transport) -> None:
    page = await client.platform.runs.list(status="failed")
    assert_type(page, RunListResponse)
    assert_type(page.runs[0].status, str)
    created = await client.platform.runs.create(RunCreateRequest(input="x"), idempotency_key="k")
    assert created.run_id  # the platform's document allows null
    assert_type(await client.platform.runs.wait_for_completion(created.run_id, timeout=5), RunStatusResponse)
    assert_type((await client.platform.runs.policy_report("r"))["valid"], Any)
    assert_type(await transport.request("GET", "/v1/x"), httpx.Response)

    async def fetch(limit: int, offset: int) -> PaginatedResult[RunListResponseRunsItem]:
        answer = await client.platform.runs.list(limit=limit, offset=offset)
        return PaginatedResult(answer.runs, answer.total or 0, limit, offset)

    async for run in iterate_all(fetch):
        assert_type(run, RunListResponseRunsItem)

def wait(transport: SyncTransport, error: KneoRateLimited) -> None:
    assert_type(transport.request("GET", "/v1/x"), httpx.Response)
    assert_type(error.retry_after, float | None)
    transport.request("GET", 5)  # wrong
"""


@pytest.mark.promise("kneo.packaging.strict-mypy", "kneo.packaging.py-typed", "kneo.client.typed-results")
def test_strict_mypy_on_the_layers_and_on_a_consumer(tmp_path: Path) -> None:
    consumer = tmp_path / "consumer.py"
    consumer.write_text(CONSUMER)
    layers = [str(PACKAGE / name) for name in ("core", "platform", "agent")]
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *layers, str(consumer)]
    checked = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    wrong = CONSUMER.splitlines().index('    transport.request("GET", 5)  # wrong') + 1
    found = [line.rpartition("consumer.py:")[2] for line in checked.stdout.splitlines() if ": note: " not in line]
    problem = (
        'error: Argument 2 to "request" of "SyncTransport" has incompatible type "int"; expected "str"  [arg-type]'
    )
    assert found == [f"{wrong}: {problem}"]
