import importlib
import inspect

import pytest

from tests.faults import figures
from tests.faults.__main__ import FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_a_proof(family: str):
    module = importlib.import_module(f"tests.faults.{family}")
    assert inspect.iscoroutinefunction(module.prove)


def test_a_table_replaces_the_lines_of_its_own_properties_only(tmp_path, monkeypatch: pytest.MonkeyPatch):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{figures.BEGIN}\n{figures.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(figures, "PAGE", page)
    old = [figures.Figure("A", "1", "0", False, "a"), figures.Figure("B", "2", "2", True, "b")]
    figures.write_page(old)
    figures.write_page([figures.Figure("A", "0", "0", True, "a")])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert [line for line in text.splitlines() if line.startswith("| ")][2:] == [
        "| A | 0 | 0 | kept | `a` |",
        "| B | 2 | 2 | kept | `b` |",
    ]


def test_the_page_has_room_for_the_table():
    text = figures.PAGE.read_text(encoding="utf-8")
    assert text.count(figures.BEGIN) == text.count(figures.END) == 1
