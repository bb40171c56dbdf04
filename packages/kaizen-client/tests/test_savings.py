"""What the report makes of calls."""

import sys
from pathlib import Path
from typing import Any

import pytest

from kaizen_client import SavingsReport, savings
from kaizen_client.choosing import choose
from kaizen_client.local import local_client, sync_local_client
from kaizen_client.tokens import TokenCount

ROWS = [{"id": number, "name": f"user {number}", "note": "a, b"} for number in range(20)]


@pytest.mark.promise("kaizen.savings.table")
async def test_the_report_as_a_table() -> None:
    report = SavingsReport(price_per_million=2.5, currency="€")
    assert report.monthly(100) == (0, 0)
    async with local_client("backend") as client:
        report.add(ROWS, await client.compress({"data": ROWS}), label="users")
    report.add("plain text", "plain text")
    report.add(ROWS, {"result": "x", "token_stats": {"gpt-4o-mini": {"original": 100, "compressed": 40}}})
    assert report.calls[-1].exact is True
    text = str(report)
    lines = text.split("\n")
    assert lines[0].split() == ["call", "bytes", "sent", "saved", "tokens", "sent", "saved", "money", "saved", "as"]
    assert lines[2].startswith("users")
    assert lines[3].split()[0:2] == ["call", "2"]
    assert lines[-2].startswith("total")
    assert "estimated" in lines[-1]
    assert report.total.bytes_before == sum(call.bytes_before for call in report.calls)
    month, total = report.monthly(3_000_000), report.total
    assert month == (pytest.approx(total.tokens_before * 2.5), pytest.approx(total.tokens_after * 2.5))
    assert month.saved == pytest.approx(total.tokens_saved * 2.5)
    with pytest.raises(ValueError, match="KTOF"):
        report.add(ROWS, {"status": "ok"})
    assert "-" in SavingsReport().table()


@pytest.mark.promise("kaizen.savings.table", "kaizen.savings.monthly")
def test_the_figures_of_a_report() -> None:
    def counted(before: int, after: int, how: str) -> dict[str, Any]:
        stats = {"raw": {"m": {"tokens": before}}, "optimized": {"m": {"tokens": after}}}
        return {"result": "é: 1", "token_stats": stats, "meta": {"token_count": how}}

    report = SavingsReport(price_per_million=2.0, model="m")
    exact = report.add({"é": 1}, counted(100, 40, "exact"))
    guess = report.add({"é": 1}, counted(50, 60, "estimate"), label="guess")
    assert (exact.bytes_before, exact.bytes_after) == (len('{"é":1}'.encode()), len("é: 1".encode()))
    assert (exact.exact, guess.exact, report.total.exact) == (True, False, False)
    assert (exact.tokens_saved, guess.tokens_saved, report.total.tokens_saved) == (60, -10, 50)
    assert (report.total.tokens_before, report.total.tokens_after) == (150, 100)
    assert report.monthly(2_000_000) == (300.0, 200.0)
    assert report.monthly(2_000_000).saved == 100.0
    row = next(line for line in str(report).split("\n") if line.startswith("guess")).split()
    assert row == ["guess", "8", "5", "37.5%", "50", "60", "-20.0%", "-$0.000020", "ktof"]


def test_a_count_of_the_service_is_as_good_as_it_says_whatever_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(savings, "count_tokens", lambda text, model: TokenCount(7, exact=True))
    stats = {"m": {"original": 9, "compressed": 8}}
    report = SavingsReport(model="m")
    told = report.add([1], {"result": "x", "token_stats": stats, "meta": {"token_count": "estimate"}})
    ours = report.add([1], {"result": "x"})
    assert [(saving.tokens_before, saving.exact) for saving in (told, ours)] == [(9, False), (7, True)]


@pytest.mark.promise("kaizen.savings.plot")
def test_the_report_as_a_plot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    report = SavingsReport()
    with sync_local_client() as client:
        report.add(ROWS, client.optimize({"data": ROWS}), label="users")
    report.plot(tmp_path / "savings.svg")
    drawn = (tmp_path / "savings.svg").read_text(encoding="utf-8")
    assert "<svg" in drawn
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(RuntimeError, match=r"kaizen-client\[plot\]"):
        report.plot(tmp_path / "again.svg")


def test_the_report_says_what_was_sent() -> None:
    report = SavingsReport()
    shape = [[[1]], [[2]]]
    assert report.add(shape, choose(shape)).sent == "json"
    assert report.add(ROWS, choose(ROWS).told_in({"operation": "x"})).sent == "ktof"
    assert report.add("plain", choose("plain"), label="text").sent == "text"
    assert report.calls[0].tokens_saved == report.calls[2].tokens_saved == 0
    assert [line.split()[-1] for line in str(report).split("\n")[2:5]] == ["json", "ktof", "text"]
    assert report.total.sent == ""
