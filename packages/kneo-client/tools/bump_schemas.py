"""Pin the platform's OpenAPI document and regenerate the models from it.

    python tools/bump_schemas.py                          regenerate from the newest committed pin
    python tools/bump_schemas.py openapi.json             pin a document from a file
    python tools/bump_schemas.py --python venv/bin/python pin what the kneo-serv installed there serves
    python tools/bump_schemas.py --check                  fail if the committed models differ from the newest pin

A document is pinned in `schemas/VERSION/`, beside those of the other platforms that the client is for; the models come
from the newest. Only /v1 paths and the schemas they reach are kept, without prose. `schemas/items.json` is a JSON merge
patch (RFC 7396) that gives types to the list items, which the platform's own document leaves open, makes `run_id` of a
created run certain (an answer without it is of no use to anybody), and leaves open what older platforms answer
differently.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from body_types import body_types

PACKAGE = Path(__file__).resolve().parent.parent
PINS = PACKAGE / "schemas"
ITEMS = PACKAGE / "schemas" / "items.json"
TEMPLATES = PACKAGE / "tools" / "templates"
GENERATED = PACKAGE / "src" / "kneo_client" / "_generated"
DUMP = "import json; from kneo_serv.service.app import app; print(json.dumps(app.openapi()))"
PREFIX = "#/components/schemas/"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", nargs="?", type=Path, help="an OpenAPI document to pin")
    parser.add_argument("--python", help="an interpreter with kneo-serv installed, to pin what it serves")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    if arguments.document or arguments.python:
        text = arguments.document.read_text() if arguments.document else _dump(arguments.python)
        origin = "a file" if arguments.document else "the installed kneo-serv package"
        pin(json.loads(text), origin)
    with tempfile.TemporaryDirectory() as folder:
        fresh = generate(Path(folder))
        if arguments.check:
            return check(fresh)
        shutil.rmtree(GENERATED, ignore_errors=True)
        shutil.copytree(fresh, GENERATED)
    return 0


def _dump(python: str) -> str:
    with tempfile.TemporaryDirectory() as folder:  # the platform keeps state in its working directory
        return subprocess.run([python, "-c", DUMP], cwd=folder, check=True, capture_output=True, text=True).stdout


def pin(document: dict[str, Any], origin: str) -> None:
    """Write the /v1 filter of a document, and where it came from."""
    paths = {path: item for path, item in document["paths"].items() if path.startswith("/v1/")}
    schemas = document["components"]["schemas"]
    reached: set[str] = set()
    waiting = _references(paths)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting |= _references(schemas[name])
    info = {key: document["info"][key] for key in ("title", "version")}
    kept = {
        "openapi": document["openapi"],
        "info": info,
        "paths": _without_prose(paths),
        "components": {"schemas": _without_prose({name: schemas[name] for name in sorted(reached)})},
    }
    folder = PINS / info["version"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openapi.json").write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    operations = sum(len(item) for item in paths.values())
    (folder / "SOURCE.md").write_text(
        "# Source of the pinned OpenAPI document\n\n"
        f"- platform: kneo-serv {info['version']} (`info.version`)\n"
        f"- taken from: {origin}\n"
        f"- filter: /v1 only, {len(paths)} paths, {operations} operations, {len(reached)} schemas; prose removed\n"
        "- written by: `python tools/bump_schemas.py`; `kneo_client/_generated` is made from the newest pin\n"
        "- `../items.json`: our types where the platform leaves them open (list items), measured from real answers\n"
    )


def newest() -> Path:
    """The pinned document of the newest platform."""
    return max(PINS.glob("*/openapi.json"), key=lambda pin: [int(part) for part in pin.parent.name.split(".")])


def _references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_references, node))
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"].removeprefix(PREFIX)} if isinstance(node.get("$ref"), str) else set()
    return own.union(*map(_references, node.values()))


def _without_prose(node: Any, *, names: bool = False) -> Any:
    """Drop description and summary, but not properties that happen to be called so. Answers must have an empty one."""
    if isinstance(node, list):
        return [_without_prose(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for key, value in node.items():
        if names or key not in ("description", "summary"):
            kept[key] = _without_prose(value, names=key in ("properties", "schemas", "responses") and not names)
    for answer in kept.get("responses", {}).values() if not names else ():
        answer["description"] = ""
    return kept


def merge(target: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def generate(folder: Path) -> Path:
    """Run the generator on the pin with our templates; only its models are of use here."""
    document = folder / "openapi.json"
    document.write_text(json.dumps(merge(json.loads(newest().read_text()), json.loads(ITEMS.read_text()))))
    config = folder / "config.yml"
    config.write_text("post_hooks: []\nliteral_enums: true\n")
    output = folder / "client"
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--path", str(document), "--config", str(config), "--output-path", str(output)]
    subprocess.run([*command, "--custom-template-path", str(TEMPLATES)], check=True, stdout=subprocess.DEVNULL)
    for part in ("api", "client.py", "errors.py"):
        target = output / part
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    _drop_unused(output / "models")
    (output / "bodies.py").write_text(body_types(json.loads(document.read_text())))
    for tool in (["check", "--select", "I,F401,UP", "--fix", "--quiet"], ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *tool, "--no-cache", "--isolated", "--target-version", "py312"]
        subprocess.run([*ruff, "--line-length", "120", str(output)], check=True)
    return output


def _drop_unused(models: Path) -> None:
    """Remove what the generator made for the insides of list items, which stay plain dicts."""
    index = models / "__init__.py"
    lines = index.read_text().splitlines(keepends=True)
    items = [path.stem for path in models.glob("*_item.py")]
    for path in models.glob("*.py"):
        if any(path.stem.startswith(f"{item}_") for item in items):
            name = re.search(r"^class (\w+)", path.read_text(), re.MULTILINE)
            assert name is not None
            lines = [line for line in lines if not re.search(rf"\b{name[1]}\b", line)]
            path.unlink()
    index.write_text("".join(lines))


def check(fresh: Path) -> int:
    """Compare whole trees, both ways."""
    names = {p.relative_to(fresh) for p in fresh.rglob("*.py")} | {
        p.relative_to(GENERATED) for p in GENERATED.rglob("*.py")
    }
    different = [str(n) for n in sorted(names) if not _same(fresh / n, GENERATED / n)]
    if different:
        print("the committed models differ from the pin; run `make generate`:", *different, sep="\n  ")
    return 1 if different else 0


def _same(left: Path, right: Path) -> bool:
    return left.exists() and right.exists() and filecmp.cmp(left, right, shallow=False)


if __name__ == "__main__":
    sys.exit(main())
