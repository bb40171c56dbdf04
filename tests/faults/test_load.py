import pytest

from tests.faults import deadlines, storm
from tests.faults.settings import Settings


@pytest.mark.promise("kneo.retries.budget-per-origin", "kneo.weakness.03")
@pytest.mark.parametrize("how", ["503", "reset"])
async def test_a_dead_origin_is_not_hit_more_often_than_it_is_called(how: str):
    amplification, failures, needed = await storm.storm(how, 1000)
    assert 1 < amplification <= storm.MOST_HITS_PER_CALL
    assert failures == 0
    assert 0 < needed <= storm.CAPACITY


@pytest.mark.promise("kneo.retries.budget-per-origin")
async def test_the_bucket_agrees_with_the_published_cases():
    assert await storm.aws_cases() == []


@pytest.mark.promise("kneo.weakness.20")
async def test_calls_end_at_their_deadline(settings: Settings):
    figures = await deadlines.prove(settings)
    assert not [figure.reached for figure in figures if not figure.kept]
