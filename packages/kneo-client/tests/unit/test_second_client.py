"""A client per request, as products make them: the second one costs next to nothing and leaves the first alone."""

import time
from typing import Any

import pytest

from kneo_client import KneoClient, SyncKneoClient
from kneo_client.core.profiles import Profile

MANY = 200
CHEAP = 0.5e-3  # seconds of CPU for making and closing one


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_second_clients_make_no_connection_while_the_first_is_open(serve: Any, anyio_backend: str) -> None:
    platform = serve({"ok": True})
    profile = Profile("x", platform.url, "k")
    async with KneoClient(profile) as first:
        await first.platform.health.livez()
        for _ in range(10):
            async with KneoClient(profile) as other:
                await other.platform.health.livez()
        await first.platform.health.livez()
    assert platform.connections == 1


def test_second_blocking_clients_make_no_connection_while_the_first_is_open(serve: Any) -> None:
    platform = serve({"ok": True})
    profile = Profile("x", platform.url, "k")
    with SyncKneoClient(profile) as first:
        first.platform.health.livez()
        for _ in range(10):
            with SyncKneoClient(profile) as other:
                other.platform.health.livez()
        first.platform.health.livez()
    assert platform.connections == 1


@pytest.mark.parametrize("cls", [KneoClient, SyncKneoClient])
def test_second_clients_are_cheap_to_make(cls: Any, profile: Profile) -> None:
    def cost() -> float:
        began = time.process_time()
        for _ in range(MANY):
            cls(profile)
        return (time.process_time() - began) / MANY

    cls(profile)
    assert min(cost() for _ in range(5)) < CHEAP
