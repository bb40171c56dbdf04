import pytest

from tests.faults import hygiene, soak

COUNT = 3000


@pytest.mark.promise(
    "kneo.sync.no-hang-after-fork",
    "kneo.sync.open-transport-does-not-block-exit",
    "kneo.weakness.24",
    "kneo.weakness.25",
)
@pytest.mark.parametrize("name", hygiene.RIGHT)
async def test_processes_stay_clean(name: str, wire: str):
    said, right = await hygiene.case(name, wire)
    assert right, said


async def test_nothing_grows(wire: str):
    marks = await soak.run(COUNT, wire, patience=60)
    assert marks[-1]["calls"] == COUNT
    assert soak.flat(marks), marks
