"""The tests here are the short versions of `python -m tests.faults`, through the wire that `$FAULTS_WIRE` names."""

from collections.abc import Iterator

import pytest

from tests.faults import clients
from tests.faults.settings import Settings


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def wire() -> Iterator[str]:
    """The wire under test."""
    name = clients.chosen_wire()
    clients.use_wire(name)
    yield name
    clients.use_wire(None)


@pytest.fixture
def settings(wire: str) -> Settings:
    return Settings(wire, short=True)
