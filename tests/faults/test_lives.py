"""The short form of `make faults ARGS=lives`: each situation once, with the kinds of client in turn."""

from collections.abc import AsyncIterator

import pytest

from tests.faults import lives
from tests.faults.origin import Origin
from tests.faults.situations.products import KINDS
from tests.faults.watch import Watch

FEW = {"busy": 5, "any_moment": 256, "many": 300, "closing": 30}


def once(rows: tuple[lives.Situation, ...]) -> list[object]:
    """Each row with one kind of client, another one from row to row."""
    chosen = [(row, tuple(row.kinds)[number % len(tuple(row.kinds))]) for number, row in enumerate(rows)]
    return [pytest.param(row, kind, id=f"{lives.name_of(row)}-{kind}") for row, kind in chosen]


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    async with Origin(Watch().behave) as origin:
        yield origin


@pytest.mark.parametrize(("row", "kind"), once(lives.ROWS))
async def test_processes_end_as_they_should(row: lives.Situation, kind: str, origin: Origin) -> None:
    end = await lives.run(row, kind, origin)
    assert not end.wrong, end.story


@pytest.mark.parametrize(("row", "kind"), once(lives.CANCELLED))
async def test_no_cancellation_is_lost_and_nothing_is_sent_afterwards(
    row: lives.Situation, kind: str, origin: Origin
) -> None:
    end = await lives.run(row, kind, origin, count=FEW.get(row.before[0], 256) if row.before else 256)
    assert not end.wrong, end.story


def test_every_kind_of_client_has_its_turn() -> None:
    assert {kind for row in lives.ROWS for kind in row.kinds} == set(KINDS)


async def test_a_process_that_aborts_or_hangs_is_seen(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = {}
    for name in ("aborts", "hangs", "noisy", "wrong_code", "wrong_words"):
        monkeypatch.setattr(lives, "PATIENCE", 2.0 if name == "hangs" else 60.0)
        ends[name] = (await lives.run(lives.Situation(f"bad.{name}", "said"), "kneo", origin)).wrong
    assert ends == {"aborts": "abort", "hangs": "hang", "noisy": "wrong", "wrong_code": "wrong", "wrong_words": "wrong"}
