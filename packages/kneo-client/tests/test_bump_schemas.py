"""`tools/bump_schemas.py`: what it keeps of a document, what it writes, and that the committed models follow."""

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parents[1]
COMMITTED = PACKAGE / "src" / "kneo_client" / "_generated"
NEWEST = PACKAGE / "schemas" / "1.2.0" / "openapi.json"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script, writing into a folder of its own."""
    spec = importlib.util.spec_from_file_location("bump_schemas", PACKAGE / "tools" / "bump_schemas.py")
    assert spec is not None
    assert spec.loader is not None
    monkeypatch.syspath_prepend(PACKAGE / "tools")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PINS", tmp_path / "schemas")
    monkeypatch.setattr(module, "GENERATED", tmp_path / "generated")
    return module


def document() -> dict[str, Any]:
    """The /v1 path of a small platform, and things that are not to be pinned."""
    answer = {"description": "Fine", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}}
    get = {"summary": "Get it", "description": "At length", "responses": {"200": answer}}
    run = {"type": "object", "description": "A run", "properties": {"description": {"type": "string", "title": "D"}}}
    run["properties"]["step"] = {"$ref": "#/components/schemas/Step"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "9.9.9", "description": "Prose"},
        "paths": {"/v1/run": {"get": get}, "/run": {"get": get}, "/metrics": {"get": get}},
        "components": {"schemas": {"Run": run, "Step": {"type": "object"}, "Unreached": {"type": "object"}}},
    }


@pytest.mark.promise("kneo.compat.bump-keeps-v1", "kneo.compat.bump-drops-prose")
def test_only_v1_is_pinned_without_prose(script: ModuleType, tmp_path: Path) -> None:
    script.pin(document(), "a file")
    pinned = json.loads((tmp_path / "schemas" / "9.9.9" / "openapi.json").read_text(encoding="utf-8"))
    assert list(pinned["paths"]) == ["/v1/run"]
    assert sorted(pinned["components"]["schemas"]) == ["Run", "Step"]
    assert pinned["info"] == {"title": "Small", "version": "9.9.9"}
    assert not {"summary", "description"} & pinned["paths"]["/v1/run"]["get"].keys()
    assert pinned["components"]["schemas"]["Run"].keys() == {"type", "properties"}
    assert "description" in pinned["components"]["schemas"]["Run"]["properties"]  # a field that is called so


@pytest.mark.promise("kneo.compat.bump-updates-everything", "kneo.compat.generated-is-current")
def test_a_new_pin_writes_everything_and_a_change_is_noticed(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(NEWEST.parent, tmp_path / "schemas" / "1.2.0")
    newer = json.loads(NEWEST.read_text(encoding="utf-8"))
    newer["info"]["version"] = "1.10.0"  # newer than 1.2.0, though not by the alphabet
    (tmp_path / "newer.json").write_text(json.dumps(newer), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["bump_schemas.py", str(tmp_path / "newer.json")])
    assert script.main() == 0
    assert script.newest() == tmp_path / "schemas" / "1.10.0" / "openapi.json"
    assert json.loads(script.newest().read_text(encoding="utf-8")) == newer
    assert "kneo-serv 1.10.0 " in (tmp_path / "schemas" / "1.10.0" / "SOURCE.md").read_text(encoding="utf-8")
    assert script.check(COMMITTED) == 0  # the paths and shapes are those of the committed pin

    altered = tmp_path / "altered"
    shutil.copytree(script.GENERATED, altered)
    with (altered / "types.py").open("a", encoding="utf-8") as file:
        file.write("# added\n")
    (altered / "models" / "health_response.py").unlink()
    assert script.check(altered) == 1
