"""The command `kaizen`."""

import io
import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from kaizen_client import cli


@pytest.mark.promise("kaizen.cli.operations")
@pytest.mark.parametrize(
    ("arguments", "given", "expected"),
    [
        (["encode", "--local"], '{"a": [1, 2]}', {"result": "a[2]: 1,2"}),
        (["encode", "--local"], "just text", {"result": "just text"}),
        (["decode", "--local"], "a: 1\n", {"result": {"a": 1}}),
        (["optimize", "--local", "--model", "m"], "[1]", {"result": "[1]: 1"}),
        (["health", "--local"], "", {"operation": "health"}),
        (["encode", "--local", "--prompt", '{"a": [1, 2]}'], "", {"result": "a[2]: 1,2"}),
        (["decode", "--local", "--ktof", "a: 1"], "", {"result": {"a": 1}}),
    ],
)
def test_the_command_line(
    arguments: list[str], given: str, expected: dict[str, Any], monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    assert cli.main(arguments) == 0
    assert expected.items() <= json.loads(capsys.readouterr().out).items()


def test_the_command_line_with_files_text_and_errors(
    tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "prompt.json"
    file.write_text('{"a": 1}', encoding="utf-8")
    assert cli.main(["encode", "--local", "--text", "--file", str(file)]) == 0
    assert capsys.readouterr().out == "a: 1\n"
    assert cli.main(["encode", "--local", "--file", str(tmp_path / "missing")]) == 1
    monkeypatch.setenv("KAIZEN_TIMEOUT", "soon")
    assert cli.main(["health"]) == 1
    assert "KAIZEN_TIMEOUT" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["decode", "--local", "--ktof", "a[2]: 1"], "kaizen: Kaizen API error 400"),
        (["optimize", "--local", "--prompt", "no JSON"], "kaizen: Expecting value"),
        (["optimize", "--local", "--prompt", "[" * 200_000], "kaizen: the input is nested too deeply"),
        (["encode", "--prompt", "x"], "kaizen: POST http"),
        (["encode", "--local", "--model", "", "--file", "."], "kaizen: [Errno"),
    ],
    ids=lambda value: value[-1][:12] if isinstance(value, list) else "",
)
def test_failures_go_to_standard_error_with_status_1(
    arguments: list[str], problem: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        monkeypatch.setenv("KAIZEN_BASE_URL", f"http://127.0.0.1:{gone.getsockname()[1]}")
    assert cli.main(arguments) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err[: len(problem)], printed.err.count("\n")) == ("", problem, 1)


@pytest.mark.parametrize("arguments", [[], ["erase"], ["encode", "--file", "x", "--prompt", "y"]], ids=str)
def test_arguments_that_make_no_sense_end_with_status_2(arguments: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
