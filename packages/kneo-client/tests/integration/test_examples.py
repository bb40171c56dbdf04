"""The examples and the demo, run as a person runs them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kneo_client import examples
from kneo_client.core.profiles import Profile


@pytest.fixture
def run(platform_python: str, tmp_path: Path) -> Any:
    """Runs an example as a module, on the platform of the profile or on one of its own; gives its output."""

    def run(
        example: str, *arguments: str, profile: Profile | None = None, status: int = 0, python: str = platform_python
    ) -> str:
        variables = {**os.environ, "KNEO_SERV_PYTHON": python}
        if profile is not None:
            variables |= {"KNEO_URL": profile.url, "KNEO_API_KEY": profile.api_key}
        command = [sys.executable, "-W", "error", "-m", f"kneo_client.examples.{example}", *arguments]
        done = subprocess.run(
            command, env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.mark.promise("kneo.examples.five-scripts")
def test_there_are_five() -> None:
    folder = Path(examples.__file__).parent
    assert [file.stem for file in sorted(folder.glob("[0-9]*.py"))] == [
        "01_basic_run",
        "02_human_in_the_loop",
        "03_paginate_audit",
        "04_validate_and_compile",
        "05_errors_and_retries",
    ]


@pytest.mark.promise("kneo.examples.run-as-modules", "kneo.examples.surfaces")
def test_basic_run(run: Any, profile: Profile, specs: dict[str, Any], tmp_path: Path, version: str) -> None:
    output = run("01_basic_run", profile=profile)
    assert "ready: True" in output
    assert "completed" in output
    assert "workflow_completed" in output

    (tmp_path / "branches.json").write_text(json.dumps(specs["branches"]))
    assert "completed" in run("01_basic_run", "branches.json", profile=profile)

    missing = run("01_basic_run", "YOUR_SPEC_ID", profile=profile, status=1)
    assert {"0.4.0": "FileNotFoundError: YOUR_SPEC_ID", "1.2.0": "spec_path_confined: "}[version] in missing


@pytest.mark.promise("kneo.examples.surfaces")
@pytest.mark.parametrize(("decision", "output"), [("approved", "Announce the new release"), ("rejected", "Rejected")])
def test_human_in_the_loop(run: Any, profile: Profile, decision: str, output: str) -> None:
    lines = run("02_human_in_the_loop", decision, profile=profile).splitlines()
    assert lines[0].split() == ["status:", "blocked"]
    assert lines[-2].split() == ["status:", "completed"]
    assert output in lines[-1]


@pytest.mark.promise("kneo.examples.paginate-audit", "kneo.examples.surfaces")
def test_paginate_audit(run: Any, profile: Profile) -> None:
    output = run("03_paginate_audit", profile=profile)
    pages = re.findall(r"page at offset (\d+): (\d) of \d+ runs", output)
    assert [int(offset) for offset, _ in pages] == list(range(0, 2 * len(pages), 2))
    runs, different = re.findall(r"(\d+) runs, (\d+) different", output)[0]
    assert runs == different
    assert re.search(r"\d+  run\.created", output)
    assert re.search(r"   1  about run ", output)


@pytest.mark.promise("kneo.examples.validate-then-compile", "kneo.examples.surfaces")
def test_validate_and_compile(run: Any, profile: Profile) -> None:
    output = run("04_validate_and_compile", profile=profile)
    assert output.count("compiled: True") == 2
    assert "error: Agent component 'nobody' is referenced but not defined. (at workflow.steps[0].ref)" in output


def test_errors_and_retries(run: Any, profile: Profile) -> None:
    lines = run("05_errors_and_retries", profile=profile).splitlines()
    assert lines[1] == lines[2]
    assert "  409 idempotency_key_conflict" in lines
    assert lines[-1] == "  5 attempts; it was never sent"


def test_wrong_key_is_told_in_one_line(run: Any, profile: Profile) -> None:
    other = Profile("other", profile.url, "not-the-key")
    output = run("02_human_in_the_loop", profile=other, status=1)
    reason = "HTTP 401 unauthorized: A valid Kneo service API key is required."
    assert re.fullmatch(rf"KneoAuthError: POST http://127\.0\.0\.1:\d+/v1/runs: {re.escape(reason)}\n", output)


def test_example_without_a_platform_says_how_to_get_one(run: Any) -> None:
    output = run("04_validate_and_compile", status=1, python=sys.executable)
    assert "pip install 'kneo-client[local]'" in output


@pytest.mark.promise("kneo.examples.run-as-modules")
def test_demo(run: Any) -> None:
    output = run("demo")
    assert "\033" not in output  # colour is for terminals
    titles = re.findall(r"^\S.*$", output, re.MULTILINE)
    assert titles == [
        "Start a platform",
        "Is it ready?",
        "Is the spec any good?",
        "Run it",
        "What did it do?",
        "Let a person decide",
        "List the runs, three to a page",
        "Be refused: a viewer tries to start a run",
        "Stop the platform",
    ]
    assert re.search(r"is running \.+ completed after", output)
    assert re.search(r"^ +after  event +agent +text$", output, re.MULTILINE)
    assert re.search(
        r"KneoPermissionError: POST \S+/v1/runs: HTTP 403 forbidden: Missing required scope: runs:write", output
    )
    assert re.search(r"request id:  [0-9a-f-]{36}", output)
