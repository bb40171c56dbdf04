"""What type checkers make of the public shapes: the comments in `data/uses_of_operation.py`, word for word."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

USES = Path(__file__).parent / "data" / "uses_of_operation.py"
LINES = USES.read_text().splitlines()
REVEALED = re.compile(r"(?:# reveals: |Revealed type is \"|Type of .* is \")(.*?)\"?$")
MODULES = re.compile(r"\b(?:builtins|typing|data\.uses_of_operation|uses_of_operation)\.")


def wanted() -> tuple[dict[int, str], set[int]]:
    revealed = {number: found[1] for number, line in enumerate(LINES, 1) if (found := REVEALED.search(line))}
    return revealed, {number for number, line in enumerate(LINES, 1) if line.endswith("# error")}


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def sorted_out(messages: list[tuple[int, str, str]]) -> tuple[dict[int, str], set[int]]:
    revealed = {line: MODULES.sub("", found[1]) for line, _, text in messages if (found := REVEALED.search(text))}
    return revealed, {line for line, severity, _ in messages if severity == "error"}


def test_mypy_sees_one_method_in_two_modes(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    output = run(
        "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", "--output=json", str(USES), cwd=tmp_path
    )
    messages = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert sorted_out([(each["line"], each["severity"], each["message"]) for each in messages]) == wanted()


def test_basedpyright_sees_the_same(tmp_path: Path) -> None:
    pytest.importorskip("basedpyright")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"include": [str(USES)], "reportUnusedExpression": False}))
    output = run(
        "basedpyright", "--outputjson", "--project", str(tmp_path), "--pythonpath", sys.executable, cwd=tmp_path
    )
    messages = [
        (each["range"]["start"]["line"] + 1, each["severity"], each["message"])
        for each in json.loads(output)["generalDiagnostics"]
    ]
    assert sorted_out(messages) == wanted()
