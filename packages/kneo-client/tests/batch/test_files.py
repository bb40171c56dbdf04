"""Cases out of files, results into files, reports for people."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from kneo_client.batch import Batch, BatchInputError, BatchReport, BatchStatus, Case, Progress, read_cases, shown
from kneo_client.batch.progress import duration
from kneo_client.batch.results import CaseResult
from kneo_client.batch.store import SqliteStore
from kneo_client.core.errors import KneoInvalidRequestError


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Of six cases: three completed, one failed, one refused, one open."""
    path = tmp_path / "eval.sqlite"
    store = SqliteStore(path, create=True)
    with store.begin("eval", "{}") as manifest:
        for number in range(5):
            manifest.add(Case(number, f"case {number}"))
        manifest.add(Case("=five", "ünï\ncode"))
    keys = {result.id: result.key for result in store.results()}
    error = {"type": "ValueError", "message": "no <b>"}
    for number in range(3):
        outcome = ("completed", f"r{number}", f"out, {number}", None, keys[number], 1, number + 0.5, 7)
        store.note(CaseResult(number, "", *outcome))
    store.note(CaseResult(3, "", "failed", "r3", None, error, keys[3]))
    store.note(CaseResult(4, "", "refused", None, None, {"type": "spec_invalid", "message": "no"}, keys[4]))
    store.note_queue_full()
    store.close()
    return path


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ('{"id": 1, "input": "a"}\n{"id": "b", "input": "c", "expected": 5}', [Case(1, "a"), Case("b", "c")]),
        ('\ufeff{"id": 1, "input": "a\\u2028b"}\r\n\n  \n', [Case(1, "a\u2028b")]),
        ('{"id": 1, "input": "a\u2028b\x0bc"}\n', [Case(1, "a\u2028b\x0bc")]),
        ("", []),
    ],
)
def test_json_lines(tmp_path: Path, text: str, cases: list[Case]) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(text, encoding="utf-8", newline="") if "\x0b" not in text else file.write_text(
        json.dumps({"id": 1, "input": "a\u2028b\x0bc"}, ensure_ascii=False)
    )
    assert list(read_cases(file)) == cases


def test_csv_with_more_columns(tmp_path: Path) -> None:
    file = tmp_path / "cases.CSV"
    file.write_text('note,id,input\nx,1,"a\nb"\ny,two,c\n', encoding="utf-8")
    assert list(read_cases(file)) == [Case("1", "a\nb"), Case("two", "c")]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("c.jsonl", b'{"id": 1, "input": "a"}\n{"id": 2,', "line 2 is not JSON"),
        ("c.jsonl", b'{"id": 1, "input": "a"}\nnot json\n', "line 2 is not JSON"),
        ("c.jsonl", b'{"id": 1, "input": NaN}', "line 1 is not JSON: NaN"),
        ("c.jsonl", b"[" * 100_000, "line 1 is not JSON: it is nested too deeply"),
        ("c.jsonl", b'"text"', "line 1 is str"),
        ("c.jsonl", b'{"id": 1}', "line 1 has no input"),
        ("c.jsonl", b'{"id": 1, "input": "\xff"}', "cannot be read"),
        ("c.csv", b"id,question\n1,a\n", "line 2 has no input"),
        ("c.csv", b"id,input\n1\n", "line 2 has no input"),
        ("c.csv", b"id,input\n1,\xff\n", "cannot be read"),
        ("none.jsonl", None, "cannot be read"),
    ],
)
def test_files_that_hold_no_cases(tmp_path: Path, name: str, content: bytes | None, problem: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BatchInputError, match=problem):
        list(read_cases(file))


def test_export_as_json_lines(store: Path) -> None:
    output = store.with_name("out.jsonl")
    assert Batch(store).export(output) == 6
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == [0, 1, 2, 3, 4, "=five"]
    assert [row["status"] for row in rows] == ["completed"] * 3 + ["failed", "refused", "pending"]
    assert (rows[1]["run_id"], rows[1]["output"], rows[1]["seconds"]) == ("r1", "out, 1", 1.5)
    assert rows[3]["error"] == {"type": "ValueError", "message": "no <b>"}
    assert not list(store.parent.glob("*.part"))


def test_export_as_csv(store: Path) -> None:
    output = store.with_name("out.csv")
    Batch(store).export(str(output))
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["output"] for row in rows] == ["out, 0", "out, 1", "out, 2", "", "", ""]
    assert json.loads(rows[3]["error"])["type"] == "ValueError"


def test_export_as_parquet(store: Path) -> None:
    import pyarrow.parquet

    output = store.with_name("out.parquet")
    assert Batch(store).export(output) == 6
    rows = pyarrow.parquet.read_table(output).to_pylist()
    assert [row["id"] for row in rows] == ["0", "1", "2", "3", "4", "=five"]
    assert rows[2]["seconds"] == 2.5


def test_export_that_cannot_be_written(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KneoInvalidRequestError, match=r"must end in .jsonl, .csv or .parquet"):
        Batch(store).export("out.txt")
    with pytest.raises(KneoInvalidRequestError, match="cannot be written"):
        Batch(store).export(store.with_name("nowhere") / "out.jsonl")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(KneoInvalidRequestError, match=r"pip install 'kneo-client\[parquet\]'"):
        Batch(store).export(store.with_name("out.parquet"))


def test_report_for_people(store: Path) -> None:
    report = Batch(store).report()
    text = str(report)
    assert report.failures == [("failed: ValueError", 1), ("refused: spec_invalid", 1)]
    assert [report.percentile(percent) for percent in (0, 50, 90, 99)] == [0.5, 1.5, 2.5, 2.5]
    for part in ("eval", "completed", "50 % within", "1.50 s", "tokens", "21", "failed runs of a full queue"):
        assert part in text
    html = report._repr_html_()
    assert "refused: spec_invalid" in html
    assert "<script" not in BatchReport(BatchStatus("<script>"), [], [("<script>", 1)]).to_html()
    picture = store.with_name("report.svg")
    figure = report.plot(picture)
    assert figure.axes[0].get_xlabel() == "seconds"
    assert b"<svg" in picture.read_bytes()
    empty = BatchReport(BatchStatus("empty"), [], [])
    assert empty.percentile(50) is None
    assert "without a result" not in str(empty) + empty.to_html()
    assert "1:40" in str(BatchReport(BatchStatus("slow"), [100.0], []))


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (59.9, "1:00"), (3599, "59:59"), (7500, "2:05:00")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


class Terminal:
    """A stream that says whether it is a terminal."""

    def __init__(self, *, looked_at: bool) -> None:
        self.text = ""
        self._looked_at = looked_at

    def isatty(self) -> bool:
        return self._looked_at

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def steps() -> list[Progress]:
    return [Progress(0, 0, 8, 50, 0.0, None), Progress(20, 1, 30, 50, 10.0, 3.0), Progress(50, 2, 0, 50, 12.0, 0.0)]


def test_plain_lines_where_nobody_looks() -> None:
    stream: Any = Terminal(looked_at=False)
    with shown("eval", stream) as show:
        for step in steps():
            show(step)
    assert stream.text.splitlines() == [
        "eval: 0 of 50 done (0%), 0 failed, 8 running, 0.0/s",
        "eval: 50 of 50 done (100%), 2 failed, 0 running, 12.0/s",
    ]
    with shown("eval", stream):
        pass


@pytest.mark.parametrize("missing", [(), ("rich",), ("rich", "tqdm")])
def test_a_bar_in_a_terminal(monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else find(name))
    stream: Any = Terminal(looked_at=True)
    with shown("eval", stream) as show:
        for step in steps():
            show(step)
    assert "eval" in stream.text
    assert "50" in stream.text
    assert "2 failed" in stream.text


def test_a_notebook_counts_as_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = type("ZMQInteractiveShell", (), {})()
    ipython = type("IPython", (), {"get_ipython": staticmethod(lambda: shell)})
    monkeypatch.setitem(__import__("sys").modules, "IPython", ipython)
    stream: Any = Terminal(looked_at=False)
    with shown("eval", stream) as show:
        show(steps()[1])
    assert "\x1b" in stream.text or "\r" in stream.text or "━" in stream.text
