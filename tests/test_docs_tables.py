"""Tables of the documents that repeat what the code says, held against the code."""

import functools
import importlib
import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import tomllib
from sdk_engine.operation import Operation

import kneo_client
from kneo_client import KneoClient
from kneo_client.core.errors import from_response
from kneo_client.core.profiles import Profile

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = ROOT / "packages/kneo-client/schemas"
PLATFORMS = sorted(folder.name for folder in SCHEMAS.iterdir() if folder.is_dir())
PINS = {version: json.loads((SCHEMAS / version / "openapi.json").read_text(encoding="utf-8")) for version in PLATFORMS}
NEWEST = PLATFORMS[-1]


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def rows(page: str, *columns: str) -> list[list[str]]:
    """The rows of a page's tables whose first cells have these forms; code marks are taken off."""
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in read(page).splitlines()]
    return [row for row in cells if len(row) >= len(columns) and all(map(re.fullmatch, columns, row))]


@pytest.mark.promise("kneo.compat.pinned-platform", "kneo.compat.source-recorded")
def test_the_compatibility_matrix() -> None:
    ((version, platforms, python, _),) = rows("docs/user/compatibility.md", r"\d[\d.]+", r"\d[\d., ]+", r">=.+")
    project = tomllib.loads(read("packages/kneo-client/pyproject.toml"))["project"]
    assert (version, python) == (kneo_client.__version__, project["requires-python"])
    assert platforms.split(", ") == PLATFORMS
    assert project["optional-dependencies"]["local"][0].endswith(f"=={NEWEST}")
    for platform, pin in PINS.items():
        assert pin["info"]["version"] == platform
        assert f"kneo-serv {platform} " in (SCHEMAS / platform / "SOURCE.md").read_text(encoding="utf-8")


@pytest.mark.promise("kneo.compat.all-endpoints-wrapped")
def test_the_operations() -> None:
    table = rows("docs/user/api.md", r"client\..+", r"[A-Z]+ /v1/.+")
    pinned = {f"{method.upper()} {path}" for path, item in PINS[NEWEST]["paths"].items() for method in item}
    assert {operation for _, operation, *_ in table} == pinned
    assert len(table) == len(pinned)
    client = KneoClient(Profile("any", "http://127.0.0.1:9", "any"))
    for method, operation, result, *_ in table:
        path = method.partition("(")[0].split(".")[1:]
        function: Any = functools.reduce(getattr, path, client)
        assert str(function.__annotations__["return"]).startswith(result), method
        assert function.__doc__.startswith(f"`{operation}`"), method
        assert operation in operations(sys.modules[function.__module__]), method


def operations(module: Any) -> set[str]:
    return {f"{value.method} {value.path}" for value in vars(module).values() if isinstance(value, Operation)}


@pytest.mark.parametrize(("status", "name"), [row[:2] for row in rows("docs/user/errors.md", r"\d{3}", r"Kneo\w+")])
def test_the_errors_by_status(status: str, name: str) -> None:
    assert type(from_response(httpx.Response(int(status)))).__name__ == name


def test_the_error_tree() -> None:
    errors = importlib.import_module("kneo_client.core.errors")
    (tree,) = re.findall(r"^```text\n(KneoError\n.+?)^```", read("docs/user/errors.md"), re.M | re.S)
    drawn = re.findall(r"^([│├└─ ]*)(\w+)", tree, re.M)
    parents = {0: object}
    for indent, name in drawn:
        level = len(indent) // 4
        cls = getattr(errors, name)
        assert issubclass(cls, parents[level]), name
        parents[level + 1] = cls
    assert {name for _, name in drawn} == {
        value.__name__
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, errors.KneoError)
    }


PUBLIC = (
    "kneo_client",
    *("kneo_client.platform", "kneo_client.agent", "kneo_client.local"),
    *(f"kneo_client.core.{name}" for name in ("profiles", "auth", "transport", "retries", "idempotency", "request_id")),
    *(f"kneo_client.core.{name}" for name in ("pagination", "logging", "errors")),
)


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_listed(module: str) -> None:
    page = read("docs/user/api.md")
    assert module in re.findall(r"`([\w.]+)`", "".join(re.findall(r"^### .+$", page, re.M)))
    listed = set(re.findall(r"`(\w+)`", page))
    assert public_names(importlib.import_module(module)) <= listed


def public_names(module: Any) -> set[str]:
    own = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not inspect.ismodule(value)
        and len(name) > 1
        and getattr(value, "__module__", module.__name__) == module.__name__
    }
    return set(getattr(module, "__all__", own - {"TYPE_CHECKING"}))


def test_the_reading_list_is_as_long_as_it_says() -> None:
    page = read("README.md")
    (said,) = re.findall(r"in this order, about (\d+) lines", page)
    files = re.findall(r"\]\((packages/\S+\.py)\)", page)
    assert abs(int(said) - sum(read(file).count("\n") for file in files)) < 100
