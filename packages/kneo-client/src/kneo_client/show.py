"""`python -m kneo_client show RUN_ID`: what a run did, as trees of text."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from kneo_client.client import SyncKneoClient
from kneo_client.core.errors import KneoPlatformVersionError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from kneo_client.types import RunGraphResponse, RunStatusResponse

_WIDEST = 60
_BEGINS, _ENDS = ("_started",), ("_completed", "_failed", "_finished", "_cancelled")


def add_parser(commands: Any) -> None:
    """Add this command to those of `python -m kneo_client`."""
    parser = commands.add_parser("show", help="print a run: its state, its graph and its trace")
    parser.add_argument("run_id")
    parser.add_argument("--profile", help="of client.toml; else $KNEO_URL and $KNEO_API_KEY")
    parser.add_argument("--events", type=int, default=1000, help="events of the trace at most (1000)")
    parser.set_defaults(command=_show)


def _show(arguments: argparse.Namespace) -> int:
    with SyncKneoClient.from_profile(arguments.profile) as client:
        runs = client.platform.runs
        run = runs.get(arguments.run_id)
        print(*_state(run), sep="\n")  # noqa: T201
        try:
            graph = runs.graph(arguments.run_id)
        except KneoPlatformVersionError as error:
            print("\nGraph\n ", error)  # noqa: T201
        else:
            print("\nGraph", *_indented(graph_tree(graph)), sep="\n")  # noqa: T201
        # what there is by now: every status is an end
        events = runs.watch(arguments.run_id, terminal_statuses={run.status}, page_size=1000)
        print("\nTrace", *_indented(trace_tree(islice(events, arguments.events))), sep="\n")  # noqa: T201
    return 0


def _state(run: RunStatusResponse) -> Iterator[str]:
    yield f"Run {_plain(run.run_id)}: {_plain(run.status)}"
    for name in ("workflow_name", "continuation_id", "input_text", "output_text"):
        if value := run.get(name):
            yield f"  {name.replace('_', ' ')}: {_plain(value)}"
    if run.error:
        yield f"  error: {_plain(run.error.get('type'))}: {_plain(run.error.get('message'))}"


def graph_tree(graph: RunGraphResponse) -> Iterator[str]:
    """The nodes from the start on, one a line; `x` marks those that the run came to, `>` the one where it is."""
    following: dict[str, list[Any]] = {}
    for edge in graph.edges or ():
        following.setdefault(str(edge["source"]), []).append(edge)
    visited = set(graph.visited or ())
    nodes = [str(node["id"]) for node in graph.nodes or ()]
    shown: set[str] = set()
    for root in [*([graph.start] if graph.start else []), *nodes]:
        if root in shown:
            continue
        waiting = [(root, 0, "")]
        while waiting:  # not recursive: a graph may be a long chain
            node, depth, label = waiting.pop()
            mark = ">" if node == graph.current else "x" if node in visited else " "
            again = "" if node not in shown else " (see above)"
            yield f"{'  ' * depth}[{mark}] {label}{_plain(node)}{again}"
            if not again:
                shown.add(node)
                edges = following.get(node, [])
                deeper = depth + (len(edges) > 1)  # a chain goes down, a branch goes in
                for edge in reversed(edges):
                    named = f"{_plain(edge['label'])}: " if edge.get("label") else ""
                    waiting.append((str(edge["target"]), deeper, named))


def trace_tree(events: Iterable[Any]) -> Iterator[str]:
    """The events, one a line, with the seconds since the first; what is between a beginning and its end is indented."""
    first: datetime | None = None
    depth = 0
    for event in events:
        kind = str(event.get("type", "?"))
        moment = _moment(event.get("timestamp"))
        first = first or moment
        after = f"{(moment - first).total_seconds():9.3f} s" if moment and first else " " * 11
        if kind.endswith(_ENDS):
            depth = max(depth - 1, 0)
        names = ("agent_name", "workflow_name", "step_id", "tool_name", "model_name")
        who = " ".join(_plain(event[name]) for name in names if event.get(name))
        text = event.get("error") or event.get("output_preview") or event.get("input_preview")
        yield f"{after}  {'  ' * depth}{' '.join(part for part in (_plain(kind), who) if part)}" + (
            f": {_plain(text)}" if text else ""
        )
        if kind.endswith(_BEGINS):
            depth += 1


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _plain(value: object) -> str:
    """One short line that does nothing to a terminal, whatever the value holds."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)[: _WIDEST + 1])
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
