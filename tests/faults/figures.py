"""A figure: what was demanded, what was reached, and the command that shows it. Printed, and written into the docs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "dev" / "reliability.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
COLUMNS = ("Property", "Reached", "Demanded", "", "Command")


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    wanted: str
    reached: str
    demanded: str
    kept: bool
    command: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Text of the columns."""
        return self.wanted, self.reached, self.demanded, "kept" if self.kept else "**missed**", f"`{self.command}`"


def table(figures: list[Figure]) -> str:
    """All figures as Markdown."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(figure.cells for figure in figures)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)


def write_page(figures: list[Figure]) -> None:
    """Put the figures into the table between the markers of the page; each replaces the line of its property."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    head, *fresh = [line for line in table(figures).splitlines() if not line.startswith("| --- ")]
    lines = {_property(line): line for line in [*old.strip().splitlines()[2:], *fresh]}
    body = "\n".join([head, "| --- " * len(COLUMNS) + "|", *lines.values()])
    PAGE.write_text(f"{before}{BEGIN}\n{body}\n{END}{after}", encoding="utf-8")


def _property(line: str) -> str:
    return line.split(" | ")[0]
