"""The command `kaizen`."""

import io
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kaizen_client import __version__, cli, ktof


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


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"kaizen {__version__}\n")


ROWS = json.dumps([{"id": number, "name": "é"} for number in range(9)], ensure_ascii=False)
CODE = 'Fix:\ndef f(a={}, b=[]):\n  return a["x"]\n- [ ] task\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("piped", [True, False], ids=["piped", "file"])
def test_input_in_any_unicode_is_read(
    encoding: str, piped: bool, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    file = tmp_path / "rows.json"
    file.write_bytes(ROWS.encode(encoding))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes()), encoding="ascii"))
    assert cli.main(["encode", "--local", "--text", *([] if piped else ["--file", str(file)])]) == 0
    assert ktof.decode(capsys.readouterr().out) == json.loads(ROWS)


@pytest.mark.parametrize(
    ("given", "arguments", "form"),
    [
        (ROWS, [], "ktof"),
        ("[[[1]],[[2]]]", [], "json"),
        ("[[[1]],[[2]]]", ["--format", "ktof"], "ktof"),
        (ROWS, ["--format", "json"], "json"),
        (ROWS, ["--no-detect"], "text"),
        (CODE, [], "text"),
        (CODE, ["--format", "ktof"], "text"),
        (f"Rows:\n{ROWS}\n{CODE}", [], "ktof"),
        (f"Rows:\n{ROWS}\n{CODE}", ["--no-detect"], "text"),
        ('{"a": 1, "a": 2}', [], "text"),
    ],
)
def test_encode_gives_what_is_smaller_and_says_so(given: str, arguments: list[str], form: str, capsys: Any) -> None:
    assert cli.main(["encode", "--local", "--model", "m", "--prompt", given, *arguments]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["sent"]["format"] == form
    assert answer["stats"]["compressed_bytes"] == len(answer["result"].encode())
    assert "m" in answer["token_stats"]
    if form == "text":
        assert answer["result"] == given
    elif form == "json":
        assert json.loads(answer["result"]) == json.loads(given)
    elif given.endswith(CODE):
        assert answer["result"].startswith("Rows:\n```ktof\n[9]{id,name}:")
        assert answer["result"].endswith(f"\n```\n{CODE}")
    else:
        assert ktof.decode(answer["result"]) == json.loads(given)


@pytest.mark.parametrize(("text", "printed"), [([], '"result": "\\u00e9"'), (["--text"], "\\xe9")])
def test_an_output_without_the_signs_gets_them_escaped(text: list[str], printed: str, monkeypatch: Any) -> None:
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", output)
    assert cli.main(["encode", "--local", "--prompt", "é", *text]) == 0
    output.seek(0)
    assert printed in output.read()


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    file.write_text("x" * 1_000_000, encoding="utf-8")
    command = [sys.executable, "-m", "kaizen_client.cli", "encode", "--local", "--file", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read(1)
    process.stdout.close()
    assert process.stderr is not None
    assert (process.stderr.read(), process.wait(60)) == (b"", 0)
    process.stderr.close()


def test_an_interrupt_ends_it_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_perform", interrupted)
    assert cli.main(["health", "--local"]) == 130
    assert capsys.readouterr() == ("", "")
