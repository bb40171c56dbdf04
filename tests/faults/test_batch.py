from tests.faults import batch
from tests.faults.settings import Settings


async def test_a_batch_that_is_killed_again_and_again_runs_every_case_once(settings: Settings):
    (figure,) = await batch.prove(settings)
    assert figure.kept, figure.reached
