import asyncio
import time

import pytest

from kneo_client.core.errors import KneoNetworkError
from tests.faults import bombs, clients
from tests.faults.origin import Origin

KINDS = bombs.bombs(150)


@pytest.mark.promise("kneo.transport.decoded-size-capped")
@pytest.mark.parametrize("kind", ["gzip of gzip", "endless chunks"])
async def test_a_bomb_costs_no_more_memory_than_twice_the_cap(kind: str, wire: str):
    bomb = next(bomb for name, bomb in KINDS.items() if name.startswith(kind))
    met, _ = await bombs.drop(bomb, "transport", wire)
    assert met["typed"], met
    assert met["attempts"] == 1
    assert met["grown"] <= bombs.TIMES_CAP * bombs.DEFAULT_MAX_BODY


@pytest.mark.promise("kneo.transport.decoded-size-capped")
async def test_the_connection_of_a_bomb_is_closed():
    async with Origin(KINDS["endless body"]) as origin, clients.transport(origin.url, 20) as transport:
        with pytest.raises(KneoNetworkError):
            await transport.request("GET", "/bomb")
        closed_by = time.monotonic() + 20
        while origin.open and time.monotonic() < closed_by:
            await asyncio.sleep(0.01)
        assert origin.open == 0
