"""Work that many ask for at the same time is done once, and fails once."""

from __future__ import annotations

from typing import Any

import anyio
from sdk_engine.drivers import AsyncDriver
from sdk_engine.errors import NetworkError, Outcome
from sdk_engine.steps import Sleep
from sdk_engine.testing import FakeAsyncWire

from knoxcall.single_flight import SingleFlight

TOGETHER = 5


class Minting:
    """Makes a token, or fails, and counts how often it was asked to."""

    def __init__(self, *failures: Exception) -> None:
        self.flight: SingleFlight[str] = SingleFlight()
        self.failures = list(failures)
        self.token: str | None = None
        self.times = 0

    async def mint(self) -> str:
        self.times += 1
        await Sleep(0.01)
        if self.failures:
            raise self.failures.pop(0)
        self.token = f"token {self.times}"
        return self.token

    async def ask(self) -> Any:
        """The token, or the error instead of it."""
        try:
            return await AsyncDriver(FakeAsyncWire([])).run(self.flight.run(lambda: self.token, self.mint))
        except Exception as exc:
            return exc


async def together(minting: Minting) -> list[Any]:
    results: list[Any] = []

    async def ask() -> None:
        results.append(await minting.ask())

    async with anyio.create_task_group() as tasks:
        for _ in range(TOGETHER):
            tasks.start_soon(ask)
    return results


async def test_who_comes_meanwhile_gets_the_same() -> None:
    minting = Minting()
    assert await together(minting) == ["token 1"] * TOGETHER
    assert await minting.ask() == "token 1"
    assert minting.times == 1


async def test_a_failure_is_everybodys_who_waited_and_nobodys_later() -> None:
    cause = OSError("refused")
    failure = NetworkError("no connection", outcome=Outcome.NOT_SENT, request_id="r")
    failure.__cause__ = cause
    minting = Minting(failure)
    errors = await together(minting)
    assert {(type(each), str(each), each.outcome, each.request_id) for each in errors} == {
        (NetworkError, "no connection", Outcome.NOT_SENT, "r")
    }
    assert [each.__cause__ for each in errors] == [cause] * TOGETHER
    assert len({id(each) for each in errors}) == TOGETHER, "each raises its own, with its own traceback"
    assert minting.times == 1
    assert await minting.ask() == "token 2"


async def test_an_error_of_the_program_is_not_shared() -> None:
    minting = Minting(LookupError("bug"))
    results = await together(minting)
    assert sorted(map(repr, results)) == ["'token 2'"] * (TOGETHER - 1) + ["LookupError('bug')"]


async def test_a_cancelled_worker_leaves_the_work_to_the_next() -> None:
    minting = Minting()
    with anyio.move_on_after(0) as scope:
        await minting.ask()
    assert scope.cancelled_caught
    assert minting.token is None
    assert str(await minting.ask()).startswith("token ")
