"""What notebooks show of answers: whole, short, escaped, and nothing from elsewhere."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from kneo_client import types

EVIL = "<script>alert('x')</script>\"&"


class Parsed(HTMLParser):
    """The tags that are there, each closed in its place, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open
        assert set(self.tags) <= {"b", "table", "tr", "th", "td", "div", "span"}
        assert not re.search(r"https?:|url\(|src=|href=", html)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        assert all(name == "style" for name, _ in attributes)
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def event(number: int, **fields: Any) -> dict[str, Any]:
    return {"type": "run_started", "timestamp": f"2026-01-01T00:00:{number:02}+00:00", **fields}


def test_run() -> None:
    run = types.RunStatusResponse.from_dict({"run_id": "r1", "status": EVIL, "output_text": "y" * 5000, "metadata": {}})
    shown = Parsed(run._repr_html_())
    assert {"RunStatusResponse", "run_id", "r1", EVIL} <= set(shown.texts)
    assert max(map(len, shown.texts)) <= 200
    assert "metadata" not in shown.texts


@pytest.mark.parametrize("count", [0, 1, 120])
def test_page(count: int) -> None:
    rows = [{"id": f"r{n}", "status": EVIL, "created_at": None, EVIL: EVIL} for n in range(count)]
    shown = Parsed(types.RunListResponse.from_dict({"runs": rows, "count": count, "total": 500})._repr_html_())
    assert shown.tags.count("tr") == min(count, 50) + bool(count)
    assert f"RunListResponse: {count} of 500 runs" in shown.texts[0]
    assert ("70 more rows not shown" in shown.texts[0]) is (count == 120)
    assert (EVIL in shown.texts) is bool(count)


def test_trace_is_a_timeline() -> None:
    events = [event(0, agent_name=EVIL), event(5, type="run_failed", error={"message": EVIL}), event(10), {"type": "x"}]
    html = types.TraceResponse.from_dict({"run_id": "r", "events": events})._repr_html_()
    shown = Parsed(html)
    assert re.findall(r"margin-left:([\d.]+)%", html) == ["0.0", "50.0", "98.0", "0.0"]
    assert {"5.000 s", "10.000 s", "run_failed", EVIL} <= set(shown.texts)
    assert "#c0392b" in html


@pytest.mark.parametrize("events", [[], [{}], [event(1)], [{"type": 5, "timestamp": "never"}, {"timestamp": 7}]])
def test_odd_traces(events: list[Any]) -> None:
    shown = Parsed(types.TraceResponse.from_dict({"run_id": "r", "events": events})._repr_html_())
    assert shown.tags.count("tr") == len(events)


def test_long_trace_is_cut() -> None:
    events = [event(n % 60) for n in range(700)]
    shown = Parsed(types.TraceResponse.from_dict({"run_id": "r", "events": events})._repr_html_())
    assert (shown.tags.count("tr"), "200 more events not shown" in shown.texts[0]) == (500, True)
