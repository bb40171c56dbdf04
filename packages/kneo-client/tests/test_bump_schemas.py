"""`scripts/bump_schemas.py`: what it keeps of a document, what it writes, and that the committed models follow."""

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ROOT / "packages" / "kneo-client" / "src" / "kneo_client" / "_generated"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script, writing into a folder of its own."""
    spec = importlib.util.spec_from_file_location("bump_schemas", ROOT / "scripts" / "bump_schemas.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PIN", tmp_path / "openapi.json")
    monkeypatch.setattr(module, "SOURCE", tmp_path / "SOURCE.md")
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
def test_only_v1_is_pinned_without_prose(script: ModuleType) -> None:
    script.pin(document(), "a file")
    pinned = json.loads(script.PIN.read_text(encoding="utf-8"))
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
    newer = json.loads((ROOT / "schemas" / "openapi.json").read_text(encoding="utf-8"))
    newer["info"]["version"] = "0.4.1"
    (tmp_path / "newer.json").write_text(json.dumps(newer), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["bump_schemas.py", str(tmp_path / "newer.json")])
    assert script.main() == 0
    assert json.loads(script.PIN.read_text(encoding="utf-8"))["info"]["version"] == "0.4.1"
    assert "kneo-serv 0.4.1" in script.SOURCE.read_text(encoding="utf-8")
    assert script.check(COMMITTED) == 0  # the paths and shapes are those of the committed pin

    altered = tmp_path / "altered"
    shutil.copytree(script.GENERATED, altered)
    with (altered / "types.py").open("a", encoding="utf-8") as file:
        file.write("# added\n")
    (altered / "models" / "health_response.py").unlink()
    assert script.check(altered) == 1
