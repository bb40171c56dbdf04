"""`python -m kneo_client batch` on the real platform."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kneo_client.commands import main, parse
from kneo_client.local import LocalPlatform

SPEC = """\
version: v1
agent: {name: echo, runtime_preferences: {preferred_mode: bridge}}
components:
  agents:
    echo: {name: echo, runtime_preferences: {preferred_mode: bridge}}
workflow:
  type: sequential
  name: echo
  steps: [{id: one, kind: agent, ref: echo}]
"""
Kneo = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "spec.yaml").write_text(SPEC)
    lines = [json.dumps({"id": f"c{number}", "input": f"{tmp_path.name} {number}"}) for number in range(40)]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines))
    return tmp_path


def environment(real: LocalPlatform) -> dict[str, str]:
    return {**os.environ, "KNEO_URL": real.url, "KNEO_API_KEY": real.profile.api_key}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "kneo_client", "batch", *arguments]


RUN = command("run", "cases.jsonl", "--spec", "spec.yaml", "--store", "eval.sqlite")


@pytest.fixture
def kneo(folder: Path, real: LocalPlatform) -> Kneo:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments), cwd=folder, env=environment(real), capture_output=True, text=True, check=False
        )

    return run


def runs_of(real: LocalPlatform, folder: Path) -> Counter[str]:
    """What the platform has run, by its input, out of its own store."""
    connection = sqlite3.connect(f"file:{real.folder / '.kneo' / 'kneo_runs.sqlite'}?mode=ro", uri=True)
    rows = connection.execute("SELECT json_extract(payload, '$.input_text') FROM runs").fetchall()
    connection.close()
    return Counter(text for (text,) in rows if text.startswith(folder.name + " "))


def exported(kneo: Kneo, folder: Path) -> list[dict[str, Any]]:
    done = kneo("export", "--store", "eval.sqlite", "--output", "out.jsonl")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def test_from_cases_to_results(kneo: Kneo, folder: Path, real: LocalPlatform) -> None:
    done = kneo("run", "cases.jsonl", "--spec", "spec.yaml", "--store", "eval.sqlite")
    assert (done.returncode, done.stdout) == (0, "eval: 40 of 40 done (40 completed)\n"), done.stderr
    assert "40 of 40 done (100%), 0 failed, 0 running" in done.stderr
    again = kneo("run", "cases.jsonl", "--spec", "spec.yaml", "--store", "eval.sqlite")
    assert (again.returncode, again.stdout) == (0, done.stdout)
    for words in ("status", "resume", "retry-failed"):
        assert kneo(words, "--store", "eval.sqlite").stdout == done.stdout
    rows = exported(kneo, folder)
    assert [row["id"] for row in rows] == [f"c{number}" for number in range(40)]
    assert {row["status"] for row in rows} == {"completed"}
    assert [row["output"] for row in rows] == [f"Final answer: {folder.name} {number}" for number in range(40)]
    assert len({row["run_id"] for row in rows}) == 40
    assert runs_of(real, folder) == Counter(f"{folder.name} {number}" for number in range(40))
    assert "50 % within" in kneo("report", "--store", "eval.sqlite").stdout
    assert "<table>" in kneo("report", "--store", "eval.sqlite", "--html").stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_in_the_middle_it_loses_nothing(kneo: Kneo, folder: Path, real: LocalPlatform, how: int) -> None:
    with subprocess.Popen(
        [*RUN, "--concurrency", "4"], cwd=folder, env=environment(real), stderr=subprocess.PIPE, text=True
    ) as process:
        while sum(runs_of(real, folder).values()) < 9:
            assert process.poll() is None
        process.send_signal(how)
        assert process.stderr is not None
        said = process.stderr.read()
    if how != signal.SIGKILL:
        assert process.returncode == 130
        assert "go on with: python -m kneo_client batch resume --store eval.sqlite" in said
        assert "Traceback" not in said
    before = kneo("status", "--store", "eval.sqlite").stdout
    assert "40 of 40 done" not in before
    assert " of 40 done" in before
    assert len(exported(kneo, folder)) == 40, "partial results are usable"
    done = kneo("resume", "--store", "eval.sqlite")
    assert (done.returncode, done.stdout) == (0, "eval: 40 of 40 done (40 completed)\n"), done.stderr
    assert runs_of(real, folder) == Counter(f"{folder.name} {number}" for number in range(40))
    assert {row["status"] for row in exported(kneo, folder)} == {"completed"}


def test_ceilings(kneo: Kneo) -> None:
    options = ("--spec", "spec.yaml", "--store", "eval.sqlite", "--max-seconds", "0")
    done = kneo("run", "cases.jsonl", *options)
    assert done.returncode == 1
    assert "stopped: the time is up (0 s)" in done.stdout
    assert "resume --store eval.sqlite" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("run bad.jsonl --spec spec.yaml --store s.sqlite", "bad.jsonl, line 2 is not JSON"),
        ("run cases.jsonl --spec none.yaml --store s.sqlite", "the spec none.yaml cannot be used"),
        ("run cases.jsonl --spec spec.yaml --store none/s.sqlite", "its folder is not there"),
        ("run cases.jsonl --spec spec.yaml --store s.sqlite --concurrency 0", "concurrency"),
        ("resume --store s.sqlite", "s.sqlite is not there"),
        ("status --store s.sqlite", "s.sqlite is not there"),
        ("export --store s.sqlite --output out.jsonl", "s.sqlite is not there"),
    ],
)
def test_what_cannot_be_done_is_one_line(kneo: Kneo, folder: Path, arguments: str, problem: str) -> None:
    (folder / "bad.jsonl").write_text('{"id": 1, "input": "x"}\nnot json\n')
    done = kneo(*arguments.split())
    assert done.returncode == 1
    assert problem in done.stderr
    assert done.stderr.count("error: ") == 1
    assert "Traceback" not in done.stderr


def test_in_this_process(folder: Path, real: LocalPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("KNEO_URL", real.url)
    monkeypatch.setenv("KNEO_API_KEY", real.profile.api_key)
    store = ["--store", "eval.sqlite", "--name", "another"]
    assert main(parse(["batch", "run", "cases.jsonl", "--spec", "spec.yaml", *store])) == 0
    assert main(parse(["batch", "retry-failed", *store])) == 0
    assert main(parse(["batch", "resume", *store])) == 0
    assert main(parse(["batch", "status", *store])) == 0
    assert main(parse(["batch", "report", *store])) == 0
    assert main(parse(["batch", "export", *store, "--output", "out.csv"])) == 0
    assert main(parse(["batch", "status", "--store", "eval.sqlite", "--name", "x"])) == 1
    assert main(parse(["batch", "resume", *store, "--max-seconds", "0"])) == 0, "nothing was left to do"

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kneo_client.batch.batch.Batch.resume", interrupted)
    assert main(parse(["batch", "resume", *store])) == 130
