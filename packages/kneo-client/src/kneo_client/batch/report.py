"""What a batch came to: for people, as text, HTML and a picture."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from kneo_client.batch.progress import duration

if TYPE_CHECKING:
    import os

    from kneo_client.batch.results import BatchStatus
    from kneo_client.batch.store import SqliteStore

_PERCENTILES = (50, 90, 99)
_KINDS_SHOWN = 20
_BARS = 40


@dataclass(frozen=True)
class BatchReport:
    """Counts, times and failures of one batch.

    Attributes:
        status: how far it is.
        seconds: how long each completed case took, in ascending order.
        failures: kinds of failure, with how many cases each has; most frequent first.
    """

    status: BatchStatus
    seconds: list[float]
    failures: list[tuple[str, int]]

    @classmethod
    def of(cls, store: SqliteStore) -> BatchReport:
        """The report of what the store holds now."""
        kinds = [(f"{status}: {kind}" if kind else status, count) for status, kind, count in store.failures()]
        return cls(store.status(), store.seconds(), kinds)

    def percentile(self, percent: float) -> float | None:
        """The seconds within which so many percent of the completed cases ended; None without any."""
        if not self.seconds:
            return None
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * percent / 100))]

    def _rows(self) -> list[tuple[str, str]]:
        status = self.status
        rows = [("cases", f"{status.total:,}"), ("done", f"{status.done:,}")]
        rows += [(name, f"{count:,}") for name, count in sorted(status.counts.items())]
        for percent in _PERCENTILES:
            value = self.percentile(percent)
            if value is not None:
                rows.append((f"{percent} % within", f"{value:.2f} s" if value < 60 else duration(value)))
        if status.tokens:
            rows.append(("tokens", f"{status.tokens:,}"))
        if status.queue_full:
            rows.append(("failed runs of a full queue", f"{status.queue_full:,}"))
        return rows

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self._rows())
        lines = [self.status.name, *(f"  {name:<{width}}  {value}" for name, value in self._rows())]
        if self.failures:
            lines.append("without a result:")
            lines += [f"  {count:>7,}  {kind}" for kind, count in self.failures[:_KINDS_SHOWN]]
        return "\n".join(lines)

    def to_html(self) -> str:
        """The report as a piece of HTML; notebooks show it by themselves."""
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in self._rows())
        kinds = "".join(f"<tr><td>{escape(kind)}</td><td>{count:,}</td></tr>" for kind, count in self.failures)
        failures = f"<h4>without a result</h4><table>{kinds}</table>" if kinds else ""
        return f"<div><h3>{escape(self.status.name)}</h3><table>{rows}</table>{failures}</div>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def plot(self, output: str | os.PathLike[str] | None = None) -> Any:
        """How long the completed cases took, as a histogram: the figure, also written to `output`.

        Needs matplotlib, which `kneo-client[plot]` brings.
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.subplots()
        axes.hist(self.seconds, bins=_BARS)
        axes.set(title=str(self.status), xlabel="seconds", ylabel="cases")
        if output is not None:
            figure.savefig(output)
        return figure
