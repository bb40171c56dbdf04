"""What the encoding saved: bytes, tokens and money, call by call and in total."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from kaizen_client.results import KaizenResult
from kaizen_client.tokens import DEFAULT_MODEL, count_tokens

if TYPE_CHECKING:
    from kaizen_client.choosing import Choice

_HEADINGS = ("call", "bytes", "sent", "saved", "tokens", "sent", "saved", "money saved", "as")


@dataclass(frozen=True)
class Saving:
    """One call: sizes and tokens before and after.

    Attributes:
        label: what the call is called in the table.
        bytes_before, bytes_after: UTF-8 bytes of the JSON, or of a text as it was given, and of what was sent.
        tokens_before, tokens_after: tokens of the two.
        exact: whether the tokens were counted by the service or a tokenizer; False for an estimate.
        sent: "ktof", "json", or "text" for a text in which nothing was replaced; "" for a total.
    """

    label: str
    bytes_before: int
    bytes_after: int
    tokens_before: int
    tokens_after: int
    exact: bool
    sent: str = "ktof"

    @property
    def tokens_saved(self) -> int:
        """Tokens saved; below 0 when the text got longer."""
        return self.tokens_before - self.tokens_after


class MonthlyCost(NamedTuple):
    """Money for a month.

    Attributes:
        before: with the prompts as JSON.
        after: with the prompts as they were sent.
    """

    before: float
    after: float

    @property
    def saved(self) -> float:
        """Money saved; below 0 when the prompts got longer."""
        return self.before - self.after


@dataclass
class SavingsReport:
    """Collects calls and shows what they saved.

        report = SavingsReport(price_per_million=0.15)
        report.add({"users": users}, await client.prompts_encode({"prompt": {"users": users}}), label="users")
        print(report)

    Attributes:
        price_per_million: money for a million input tokens; any currency.
        currency: its sign.
        model: whose tokens are counted.
    """

    price_per_million: float = 0.0
    currency: str = "$"
    model: str = DEFAULT_MODEL
    calls: list[Saving] = field(default_factory=list[Saving])

    def add(self, value: Any, answer: Mapping[str, Any] | str | Choice, label: str | None = None) -> Saving:
        """Take one call: what was encoded, and the answer of an encoding operation (or the KTOF text, or a choice).

        The token counts are the service's, if the answer holds them for `model`; else they are made here.

        Raises:
            ValueError: the answer holds no text.
        """
        if isinstance(answer, str):
            result = KaizenResult(result=answer)
        else:
            result = KaizenResult(answer if isinstance(answer, Mapping) else answer.told_in({}))
        text = result.value
        if not isinstance(text, str):
            raise ValueError("the answer holds no KTOF text; give the answer of an encoding operation")
        before = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        tokens = result.tokens(self.model)
        exact = result.meta.get("token_count") != "estimate"
        if tokens is None:
            raw, encoded = count_tokens(before, self.model), count_tokens(text, self.model)
            tokens, exact = (raw.tokens, encoded.tokens), raw.exact and encoded.exact
        name = label or f"call {len(self.calls) + 1}"
        form = result.get("sent", {}).get("format", "ktof")
        saving = Saving(name, len(before.encode()), len(text.encode()), *tokens, exact, form)
        self.calls.append(saving)
        return saving

    @property
    def total(self) -> Saving:
        """All calls together."""
        return Saving(
            "total",
            sum(call.bytes_before for call in self.calls),
            sum(call.bytes_after for call in self.calls),
            sum(call.tokens_before for call in self.calls),
            sum(call.tokens_after for call in self.calls),
            all(call.exact for call in self.calls),
            "",
        )

    def money(self, tokens: float) -> float:
        """What this many tokens cost."""
        return tokens * self.price_per_million / 1_000_000

    def monthly(self, calls_per_month: float) -> MonthlyCost:
        """What the input tokens of a month of this many calls cost, were they like the ones collected."""
        total, share = self.total, calls_per_month / max(1, len(self.calls))
        return MonthlyCost(self.money(total.tokens_before * share), self.money(total.tokens_after * share))

    def table(self) -> str:
        """The report as a table in plain text."""
        rows = [_HEADINGS, *(self._row(call) for call in [*self.calls, self.total])]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
        lines = [_aligned(row, widths) for row in rows]
        rule = "-" * max(map(len, lines))
        if not self.total.exact:
            lines.append("Tokens are estimated: install kaizen-client[tokens] to count them.")
        return "\n".join([lines[0], rule, *lines[1 : len(self.calls) + 1], rule, *lines[len(self.calls) + 1 :]])

    def plot(self, path: str | os.PathLike[str]) -> None:
        """Draw tokens before and after for each call into a picture (`.png`, `.svg`, `.pdf`).

        Raises:
            RuntimeError: matplotlib is missing; install `kaizen-client[plot]`.
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as exc:
            raise RuntimeError("a plot needs matplotlib: pip install 'kaizen-client[plot]'") from exc
        height = 1.2 + 0.5 * max(1, len(self.calls))
        figure = Figure(figsize=(8, height), layout="constrained")
        axes: Any = figure.subplots()
        places = range(len(self.calls))
        axes.barh([place - 0.2 for place in places], [call.tokens_before for call in self.calls], 0.38, label="JSON")
        axes.barh([place + 0.2 for place in places], [call.tokens_after for call in self.calls], 0.38, label="sent")
        axes.set_yticks(list(places), [call.label for call in self.calls])
        axes.invert_yaxis()
        axes.set_xlabel("tokens" if self.total.exact else "tokens (estimated)")
        axes.set_title(f"{_share(self.total.tokens_before, self.total.tokens_after)} of all tokens saved")
        axes.legend()
        figure.savefig(os.fspath(path))

    def _row(self, call: Saving) -> tuple[str, ...]:
        return (
            call.label,
            f"{call.bytes_before:,}",
            f"{call.bytes_after:,}",
            _share(call.bytes_before, call.bytes_after),
            f"{call.tokens_before:,}",
            f"{call.tokens_after:,}",
            _share(call.tokens_before, call.tokens_after),
            f"{'-' * (call.tokens_saved < 0)}{self.currency}{abs(self.money(call.tokens_saved)):,.6f}",
            call.sent,
        )

    def __str__(self) -> str:
        return self.table()


def _share(before: int, after: int) -> str:
    return f"{1 - after / before:.1%}" if before else "-"


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    name, *numbers = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join([row[0].ljust(len(name)), *numbers]).rstrip()
