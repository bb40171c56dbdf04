import pytest

from tests.faults.matrix import METHODS, catalogue, run_matrix
from tests.faults.surfaces import SURFACES

LARGE_ENOUGH = 88


def test_the_catalogue_has_no_two_faults_of_one_name():
    names = [fault.name for fault in catalogue()]
    assert len(names) == len(set(names)) >= LARGE_ENOUGH


@pytest.mark.promise(
    "kneo.errors.every-failure-is-a-kneo-error",
    "kneo.errors.outcome",
    "kneo.errors.unusable-success-is-a-protocol-error",
    "kneo.errors.unusable-success-outcome",
    "kneo.errors.body-size",
    "kneo.errors.409-retried",
    "kneo.errors.unknown-fields-survive",
    "kneo.retries.transport-errors",
    "kneo.retries.keyed-post",
    "kneo.sync.same-semantics",
    "kneo.transport.profile-timeout-per-request",
    "kneo.weakness.01",
    "kneo.weakness.02",
    "kneo.weakness.07",
    "kneo.weakness.08",
    "kneo.weakness.09",
    "kneo.weakness.20",
    "kaizen.faults.typed-errors",
    "kaizen.faults.deadline",
)
@pytest.mark.parametrize(
    ("surface", "methods"),
    [
        ("transport", METHODS),
        ("sync", ["POST"]),
        ("blocking", ["GET"]),
        ("kaizen", ["POST"]),
        ("kaizen-sync", ["GET"]),
        ("knoxcall", ["POST"]),
        ("knoxcall-sync", ["GET"]),
    ],
)
async def test_every_fault_ends_as_it_should(surface: str, methods: list[str], wire: str):
    cases = await run_matrix([surface], wire, methods=methods)
    faults = [fault for fault in catalogue() if fault.about not in SURFACES[surface].without]
    assert len(cases) == len(methods) * len(faults)
    wrong = [f"{case.verdict} | {case.name} | {case.detail}" for case in cases if case.verdict != "right"]
    assert not wrong, "\n".join(wrong)
