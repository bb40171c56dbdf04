"""Where things may happen: I/O at the edges, plans that only decide, files that can be read in one sitting.

import-linter keeps the packages in their layers; this keeps what happens inside of them where it belongs.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 350
WAITING = frozenset({"asyncio", "anyio", "trio", "concurrent", "selectors"})
MOVING = frozenset({"httpx", "httpx2", "httpcore", "pyreqwest", "requests", "socket", "ssl", "http", "urllib3"})
CLIENTS = frozenset({"Client", "AsyncClient", "get", "post", "put", "patch", "delete", "head", "request", "stream"})
HOLDERS = frozenset({"wire", "client", "_client", "http_client", "driver"})

EDGES = {
    "sdk_engine/drivers.py": "performs the steps that plans await",
    "sdk_engine/wires/": "moves the bytes",
    "sdk_engine/testing.py": "its wires wait for the loop as real ones do",
    "sdk_engine/httpx_response.py": "makes an httpx.Response, sends nothing",
    "kneo_client/core/sync_transport.py": "the documented portal",
    "knoxcall/portal.py": "the loop of a client that blocks, for what has to be awaited",
    "knoxcall/stores/coroutines.py": "waits inside a lock that is a function",
    "kneo_client/batch/": "runs cases side by side, on a loop of the caller's or of its own",
    "kneo_client/platform/watch.py": "the lock and the loop of those who wait together",
    "kneo_client/local.py": "starts the real platform and waits for it",
    "kneo_client/examples/": "what callers write",
    "kaizen_client/batch.py": "performs many calls at once, on the caller's loop or on threads",
    "kaizen_client/connection.py": "wires over whatever client the caller passed in",
    "kaizen_client/integrations/": "calls the clients of other vendors, which may block",
    "kaizen_client/local/": "a wire that asks a stand-in in this process",
    "knoxcall/examples/": "what callers write",
    "knoxcall/replays.py": "awaits the stores that callers bring",
    "knoxcall/stores/guarded.py": "the same",
}
"""The only places in which our code may wait for a loop, a thread or a socket."""

PLANS = (
    "auth",
    "budget",
    "answers",
    "call",
    "deadline",
    "ids",
    "operation",
    "redaction",
    "retries",
    "settings",
    "steps",
)
"""The modules of the engine that decide; none of them can reach a connection."""


def handwritten(*patterns: str) -> list[Path]:
    files = [path for pattern in patterns for path in ROOT.glob(pattern)]
    return [path for path in files if "_generated" not in path.parts and ".venv" not in path.parts]


def sources(package: str = "*") -> list[Path]:
    return handwritten(f"packages/{package}/src/**/*.py")


def name_of(path: Path) -> str:
    """`sdk_engine/call.py`."""
    return path.as_posix().rpartition("/src/")[2]


def is_edge(name: str) -> bool:
    return any(name.startswith(edge) for edge in EDGES)


def executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only type checkers see."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from executed(child)


def imported(node: ast.AST) -> set[str]:
    """The top-level packages that a statement imports."""
    match node:
        case ast.Import(names=names):
            return {alias.name.partition(".")[0] for alias in names}
        case ast.ImportFrom(module=str(module), level=0):
            return {module.partition(".")[0]}
    return set()


def dotted(node: ast.AST) -> str:
    """`self.wire.send` of the expression, as far as it is made of names."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}"
    return ""


def acts(source: str, *, engine: bool = False) -> Iterator[str]:
    """What a module does that belongs to an edge: waits, opens a client, sends."""
    for node in executed(ast.parse(source)):
        yield from sorted(f"imports {name}" for name in imported(node) & (WAITING | MOVING if engine else WAITING))
        if not isinstance(node, ast.Call):
            continue
        called = dotted(node.func)
        holder, _, verb = called.rpartition(".")
        if called == "time.sleep":
            yield "sleeps"
        if holder in ("httpx", "httpx2") and verb in CLIENTS:
            yield f"opens {called}"
        if verb in ("send", "request") and holder.rpartition(".")[2] in HOLDERS:
            yield f"calls {called}"


@pytest.mark.promise("kneo.transport.only-layer-that-does-io")
def test_waiting_and_sending_happen_at_the_edges_only() -> None:
    found = {
        name_of(path): [*acts(path.read_text(), engine=name_of(path).startswith("sdk_engine/"))] for path in sources()
    }
    assert {name: what for name, what in found.items() if what and not is_edge(name)} == {}


def test_every_edge_is_one() -> None:
    names = [name_of(path) for path in sources() if [*acts(path.read_text(), engine=True)]]
    assert [edge for edge in EDGES if not any(name.startswith(edge) for name in names)] == []


@pytest.mark.parametrize("plan", PLANS)
def test_plans_never_hold_a_client(plan: str) -> None:
    [path] = [path for path in sources("sdk-engine") if name_of(path) == f"sdk_engine/{plan}.py"]
    tree = ast.parse(path.read_text())
    names = {getattr(node, key, None) for node in ast.walk(tree) for key in ("id", "attr", "arg")}
    assert names & {*HOLDERS, "SyncWire", "AsyncWire", "SyncDriver", "AsyncDriver"} == set()


def test_no_file_is_longer_than_one_sitting() -> None:
    files = handwritten("packages/**/*.py", "tests/**/*.py", "scripts/**/*.py", "benchmarks/**/*.py")
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_module_is_a_drawer() -> None:
    drawers = re.compile(r"_?(utils?|helpers?|misc|common)\.py")
    assert [name_of(path) for path in sources() if drawers.fullmatch(path.name)] == []


def test_generated_code_stays_in_its_place() -> None:
    banner = re.compile(r"(auto-?generated|generated by|do not edit)", re.IGNORECASE)
    assert [name_of(path) for path in sources() if banner.search(path.read_text()[:300])] == []


@pytest.mark.promise("kneo.packaging.lazy-import")
@pytest.mark.parametrize(
    "module", ["sdk_engine", "sdk_engine.call", "sdk_engine.drivers", "kneo_client", "kaizen_client"]
)
def test_an_import_loads_nothing_that_no_call_has_asked_for(module: str) -> None:
    script = f"import sys; before = set(sys.modules); import {module}; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert module.partition(".")[0] in loaded
    assert loaded & {*WAITING, *MOVING, "msgspec", "pydantic", "attrs", "cryptography"} - {"http"} == set()


ACTS = """
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio, httpx

def run(plan, client):
    import anyio
    time.sleep(1)
    httpx.AsyncClient()
    client.send(1)
    plan.send(None)
    auth.send(1)
    self.wire.send(1)
"""


def test_the_reader_sees_what_it_should() -> None:
    assert [*acts(ACTS)] == [
        "imports anyio",
        "sleeps",
        "opens httpx.AsyncClient",
        "calls client.send",
        "calls self.wire.send",
    ]
    assert [*acts("from httpx import URL")] == []
    assert [*acts("from httpx import URL", engine=True)] == ["imports httpx"]
