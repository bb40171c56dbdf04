"""`python -m kneo_client show`: a run's state, graph and trace as trees of text."""

from itertools import pairwise
from typing import Any

import pytest

from kneo_client import commands, types
from kneo_client.show import graph_tree, trace_tree

RUN = {"run_id": "r1", "status": "failed", "workflow_name": "w", "error": {"type": "ValueError", "message": "a\x1b[2J"}}


def graph(edges: list[Any], nodes: str = "abc", **fields: Any) -> types.RunGraphResponse:
    drawn = {"nodes": [{"id": name} for name in nodes], "edges": edges, "start": "a", "visited": ["a", "b"]}
    return types.RunGraphResponse.from_dict({"run_id": "r", "status": "x", **drawn, "current": "b", **fields})


def edge(source: str, target: str, label: str | None = None) -> dict[str, Any]:
    return {"source": source, "target": target, "label": label}


@pytest.mark.parametrize(
    ("drawn", "lines"),
    [
        (graph([edge("a", "b"), edge("b", "c")]), ["[x] a", "[>] b", "[ ] c"]),
        (graph([edge("a", "b", "yes"), edge("a", "c", "no")]), ["[x] a", "  [>] yes: b", "  [ ] no: c"]),
        (graph([edge("a", "b"), edge("b", "a")]), ["[x] a", "[>] b", "[x] a (see above)", "[ ] c"]),
        (graph([], start=None), ["[x] a", "[>] b", "[ ] c"]),
        (graph([], nodes="", start=None), []),
        (types.RunGraphResponse.from_dict({"run_id": "r", "status": "x"}), []),
    ],
)
def test_graph(drawn: Any, lines: list[str]) -> None:
    assert list(graph_tree(drawn)) == lines


def test_long_chain_is_no_recursion() -> None:
    names = [f"n{number}" for number in range(5000)]
    chain = [edge(*pair) for pair in pairwise(names)]
    drawn = types.RunGraphResponse.from_dict({"run_id": "r", "status": "x", "start": "n0", "edges": chain})
    assert len(list(graph_tree(drawn))) == 5000


def test_trace() -> None:
    events: list[dict[str, Any]] = [
        {"type": "workflow_started", "timestamp": "2026-01-01T00:00:00+00:00", "workflow_name": "w"},
        {
            "type": "run_started",
            "timestamp": "2026-01-01T00:00:01.5+00:00",
            "agent_name": "echo",
            "input_preview": "hi",
        },
        {"type": "tool_call", "tool_name": "t\n\x1b[31m", "output_preview": "x" * 500},
        {"type": "run_failed", "timestamp": "2026-01-01T00:00:02+00:00", "error": "no"},
        {"type": "workflow_completed", "timestamp": "never"},
        {"type": "run_completed"},
        {},
    ]
    lines = list(trace_tree(events))
    assert lines[:2] == ["    0.000 s  workflow_started w", "    1.500 s    run_started echo: hi"]
    assert lines[2].startswith(" " * 17 + "tool_call t  [31m: xxx")
    assert lines[2].endswith("…")
    assert lines[3:6] == ["    2.000 s    run_failed: no", " " * 13 + "workflow_completed", " " * 13 + "run_completed"]
    assert all(line.isprintable() for line in lines)


def page(*events: Any) -> dict[str, Any]:
    return {"run_id": "r1", "events": list(events)}


def test_command(serve: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = {"run_id": "r1", "status": "failed", "start": "a", "nodes": [{"id": "a"}], "edges": [], "visited": ["a"]}
    event = {"type": "run_failed", "agent_name": "echo"}
    platform = serve(RUN, drawn, page(event), RUN, page())
    monkeypatch.setenv("KNEO_URL", platform.url)
    monkeypatch.setenv("KNEO_API_KEY", "k")
    assert commands.main(commands.parse(["show", "r1"])) == 0
    output = capsys.readouterr().out
    assert output.splitlines() == [
        "Run r1: failed",
        "  workflow name: w",
        "  error: ValueError: a [2J",
        "",
        "Graph",
        "  [x] a",
        "",
        "Trace",
        "               run_failed echo",
    ]


def test_command_on_an_older_platform_and_without_a_run(
    serve: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = {"run_id": "r1", "status": "running", "continuation_id": "c1"}
    platform = serve(run, (404, {"detail": "Not Found"}), page(), run, page(), (404, {}))
    monkeypatch.setenv("KNEO_URL", platform.url)
    monkeypatch.setenv("KNEO_API_KEY", "k")
    assert commands.main(commands.parse(["show", "r1"])) == 0
    output = capsys.readouterr().out
    assert "continuation id: c1" in output
    assert "needs platform 1.2.0" in output
    assert commands.main(commands.parse(["show", "none"])) == 1
    assert capsys.readouterr().err.startswith("error: GET ")


def test_interrupted_and_unusable(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(arguments: Any) -> int:
        raise KeyboardInterrupt

    arguments = commands.parse(["show", "r1"])
    arguments.command = interrupted
    assert commands.main(arguments) == 130
    with pytest.raises(SystemExit) as caught:
        commands.parse(["shwo"])
    assert caught.value.code == 2
    assert "show" in capsys.readouterr().err
