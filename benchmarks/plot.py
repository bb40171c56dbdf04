"""Draws the calls as bars: `python -m benchmarks.plot RESULTS.json PLOT.svg`, where matplotlib is installed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt

from benchmarks.targets import Results

PANELS = {
    "healthz, 1": "healthz, one at a time",
    "healthz, 100": "healthz, 100 at a time",
    "healthz, blocking": "healthz, blocking",
    "runs.list 1000, 1": "a page of 1,000 runs",
}
OURS, OTHERS = "#2a6f97", "#adb5bd"


def draw(results: Results, file: Path) -> None:
    """One panel per scenario, one bar per subject, ours in another colour."""
    mpl.rcParams |= {"svg.hashsalt": "benchmarks", "font.size": 8}  # the same figures give the same file
    figure, axes = plt.subplots(2, 2, figsize=(10, 5), layout="constrained")
    for axis, (scenario, title) in zip(axes.flat, PANELS.items(), strict=True):
        rows = results.of(scenario)[::-1]
        labels = [row["subject"] for row in rows]
        colours = [OURS if label.startswith(("kneo_client", "sdk_engine")) else OTHERS for label in labels]
        bars = axis.barh(labels, [row["cpu"] * 1e6 for row in rows], color=colours)
        axis.bar_label(bars, fmt="{:,.0f}", padding=3)
        axis.set_title(f"{title}: µs of CPU per call")
        axis.margins(x=0.15)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    draw(Results(json.loads(Path(sys.argv[1]).read_text())["rows"]), Path(sys.argv[2]))
