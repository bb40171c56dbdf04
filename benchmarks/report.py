"""Writes the figures of `results/latest.json` into the documents, between the markers, and draws the plot."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from benchmarks.bytecodes import OPERATION
from benchmarks.codecs import DOCUMENTS
from benchmarks.counts import LAYERED
from benchmarks.environments import HERE, OURS, ROOT, python
from benchmarks.main_job import RUNS
from benchmarks.programs import PROGRAMS
from benchmarks.scenarios import AT_ONCE_ENGINE, HTTPX, KNEO, PYREQWEST, SCENARIOS
from benchmarks.shapes import FORMATS, TITLE
from benchmarks.targets import TARGETS, Results

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RESULTS = HERE / "results" / "latest.json"
PAGE = ROOT / "docs" / "dev" / "performance.md"
KTOF_PAGE = ROOT / "docs" / "user" / "kaizen" / "ktof.md"
PLOT = PAGE.with_suffix(".svg")
BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"


def write() -> None:
    """Renew the pages and the plot."""
    for page, tables in pages(RESULTS).items():
        before, _, rest = page.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        page.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}")
    subprocess.run([str(python(OURS)), "-m", "benchmarks.plot", str(RESULTS), str(PLOT)], cwd=ROOT, check=True)


def pages(file: Path) -> dict[Path, str]:
    """The tables of each page."""
    content = json.loads(file.read_text())
    results = Results(content["rows"])
    parts = {PAGE: _parts(content["machine"], results), KTOF_PAGE: _ktof(results)}
    return {page: "\n".join(line for part in some for line in [*part, ""]) for page, some in parts.items()}


def _parts(machine: dict[str, str], results: Results) -> Iterator[list[str]]:
    yield [f"{machine.pop('date')}: " + ", ".join(f"{name} {value}" for name, value in machine.items()) + "."]
    yield ["### Targets"]
    yield list(_targets(results))
    yield ["### Calls", "", "CPU per call in µs, and against the first client that has a figure there."]
    for operation in dict.fromkeys(scenario.operation for scenario in SCENARIOS):
        yield list(_calls(results, operation))
    yield list(_blocking(results))
    busiest = max(row["server_busy"] for row in results.rows if "server_busy" in row)
    yield [f"The server was never busier than {busiest:.0%} of its core."]
    yield list(_at_once(results))
    yield list(_main_job(results))
    yield ["### Instructions and system calls", ""]
    yield list(_counts(results))
    yield ["### Where a call's instructions go", "", "Thousands in user space, and what they are of httpx's."]
    yield list(_layers(results))
    yield [f"Bytecodes of one {OPERATION} without its network, by function: those of more than ten."]
    yield list(_bytecodes(results))
    yield ["### Programs, imports, objects"]
    for name in PROGRAMS:
        yield list(_programs(results, name))
    for name, unit, factor in (("construct", "µs", 1e6), ("engine", "µs", 1e6)):
        yield list(_inside(results, name, unit, factor))
    for name in ("decode runs.list 1000", "decode runs.trace 1000"):
        yield list(_inside(results, name, "ms", 1e3))


def _targets(results: Results) -> Iterator[str]:
    yield from _head("", "wanted", "measured", "")
    for target in TARGETS:
        value = target.value(results)
        sign = "≥" if target.at_least else "≤"
        unit = "" if target.unit == "x" else f" {target.unit}"
        met = "reached" if target.reached(value) else "**missed**"
        yield _line(target.what, f"{sign} {target.limit:g}{unit}", f"{value:.3g}{unit}", met)


def _calls(results: Results, operation: str) -> Iterator[str]:
    names = [each.name for each in SCENARIOS if each.operation == operation and not each.blocking]
    names = [name for name in names if not name.endswith("10000")]
    subjects = dict.fromkeys(row["subject"] for name in names for row in results.of(name))
    yield from _head(operation, *(f"{name.rpartition(' ')[2]} at a time" for name in names))
    for subject in subjects:
        yield _line(subject, *(_cell(results, name, subject) for name in names))


def _blocking(results: Results) -> Iterator[str]:
    names = [each.name for each in SCENARIOS if each.blocking]
    yield from _head("blocking", *(name.partition(",")[0] for name in names))
    for subject in dict.fromkeys(row["subject"] for name in names for row in results.of(name)):
        yield _line(subject, *(_cell(results, name, subject) for name in names))


def _cell(results: Results, scenario: str, subject: str) -> str:
    for row in results.of(scenario):
        if row["subject"] == subject:
            return f"{row['cpu'] * 1e6:,.0f} ({row['ratio']:.3g})"
    return ""


def _at_once(results: Results) -> Iterator[str]:
    yield from _head("healthz, 10,000 calls at once", "requests/s", "memory after the last round", "against the first")
    for row in results.of("healthz, 10000"):
        yield _line(
            row["subject"], f"{1 / row['wall']:,.0f}", f"{row['resident'] / 1e3:.0f} MB", f"{row['growth']:.3f}"
        )


def _main_job(results: Results) -> Iterator[str]:
    yield from _head(
        "runs created and awaited at once", "CPU, s", "against the first", "requests", "completed", "exist"
    )
    for count in RUNS:
        for row in results.of(f"main job, {count}"):
            cost = f"{row['cpu']:.2f}", f"{row['ratio']:.3f}", f"{row['requests']:,.0f}"
            yield _line(f"{count:,}: {row['subject']}", *cost, f"{row['completed']:.0f}", f"{row['exist']:.0f}")


def _counts(results: Results) -> Iterator[str]:
    rows = results.of("per call")
    if not rows:
        yield "Not counted: valgrind or strace was not there."
        return
    yield from _head("", "operation", "thousand instructions", "system calls")
    for row in rows:
        counted = f"{row['instructions'] / 1e3:,.0f}", f"{row['system_calls']:.1f}"
        yield _line(row["subject"], row["operation"], *counted)


def _layers(results: Results) -> Iterator[str]:
    yield from _head("", "httpx and json", "pyreqwest and json", "ours, without a network", "kneo_client")
    found = {(row["subject"], row["operation"]): row["instructions"] for row in results.of("per call")}
    for operation in LAYERED if found else ():
        base, *others = (found[s.label, operation] for s in (HTTPX, PYREQWEST, AT_ONCE_ENGINE, KNEO))
        yield _line(operation, f"{base / 1e3:,.0f}", *(f"{each / 1e3:,.0f} ({each / base:.3f})" for each in others))


def _bytecodes(results: Results) -> Iterator[str]:
    rows = results.of("bytecodes")
    yield from _head("function", "bytecodes")
    for row in rows:
        if row["bytecodes"] > 10:
            yield _line(row["subject"].replace("<locals>.", "").replace("_", r"\_"), row["bytecodes"])
    yield _line("all", sum(row["bytecodes"] for row in rows))


def _programs(results: Results, name: str) -> Iterator[str]:
    yield from _head(name, "CPU, ms", "against the first", "wall, ms", "peak memory, MB")
    for row in results.of(name):
        times = f"{row['cpu'] * 1e3:.0f}", f"{row['ratio']:.2f}", f"{row['wall'] * 1e3:.0f}"
        yield _line(row["subject"], *times, f"{row['peak'] / 1e3:.1f}")


def _inside(results: Results, name: str, unit: str, factor: float) -> Iterator[str]:
    yield from _head(name, f"CPU, {unit}", "against the first")
    for row in results.of(name):
        yield _line(row["subject"], f"{row['cpu'] * factor:,.3g}", f"{row['ratio']:.3g}")


def _ktof(results: Results) -> Iterator[list[str]]:
    for measure in ("tokens", "bytes"):
        yield list(_shapes(results, measure))
    for document in DOCUMENTS:
        yield list(_codecs(results, document))


def _shapes(results: Results, measure: str) -> Iterator[str]:
    """What each shape takes in each format; the smallest in bold."""
    rows = results.of(TITLE)
    yield from _head(measure, *FORMATS)
    for shape in dict.fromkeys(row["subject"] for row in rows):
        found = {row["format"]: row.get(measure) for row in rows if row["subject"] == shape}
        least = min(size for size in found.values() if size)
        cells = (f"{size:,}" if size else "-" for size in found.values())
        yield _line(shape, *(f"**{cell}**" if cell == f"{least:,}" else cell for cell in cells))


def _codecs(results: Results, document: str) -> Iterator[str]:
    rows = results.of(document)
    yield from _head(document, "write, ms", "read, ms", "bytes", "of JSON")
    for row in rows:
        if "bytes" in row:
            times = f"{row['write'] * 1e3:.2f}", f"{row['read'] * 1e3:.2f}"
            yield _line(row["subject"], *times, f"{row['bytes']:,}", f"{row['bytes'] / rows[0]['bytes']:.0%}")
        else:
            yield _line(row["subject"], "does not come back", "", "", "")


def _head(*cells: str) -> list[str]:
    return [_line(*cells), _line("---", *["---:"] * (len(cells) - 1))]


def _line(*cells: Any) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
