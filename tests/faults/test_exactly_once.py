import pytest

from tests.faults import exactly_once, platform_runs
from tests.faults.draws import AFTER, BEFORE, draw
from tests.faults.settings import Settings


def test_the_same_attempt_always_meets_the_same_fault():
    draws = [draw("s1", f"o{number}", attempt, 0.33) for number in range(500) for attempt in (1, 2)]
    assert draws == [draw("s1", f"o{number}", attempt, 0.33) for number in range(500) for attempt in (1, 2)]
    assert set(draws) == {None, *BEFORE, *AFTER}
    assert draws != [draw("s2", f"o{number}", attempt, 0.33) for number in range(500) for attempt in (1, 2)]


@pytest.mark.promise(
    "kneo.idempotency.same-key-for-every-attempt", "kneo.retries.keyed-post", "kneo.errors.unusable-success-outcome"
)
async def test_every_order_is_carried_out_once_also_after_errors_are_resumed():
    books = await exactly_once.run(300, "test")
    assert books.clean, books
    assert books.faults > books.calls / 4
    assert books.errors > 0  # else resuming was not tried


@pytest.mark.promise("kneo.idempotency.replay", "kneo.idempotency.caller-key")
async def test_the_platform_has_exactly_the_runs_that_were_created(settings: Settings):
    (figure,) = await platform_runs.prove(settings)
    assert figure.kept, figure.reached
