"""`with_kaizen_client`: who gets which client, and when it is closed."""

import gc
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from kaizen_client import KaizenClient, KaizenClientConfig, decorators, with_kaizen_client

from .conftest import KEY


class Recorded:
    """Stands where `KaizenClient` is looked up, and notes what happens."""

    made: list[Any]

    def __init__(self, config: Any = None) -> None:
        self.config = config
        self.closed = 0
        self.made.append(self)

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    Recorded.made = []
    monkeypatch.setattr(decorators, "KaizenClient", Recorded)
    return Recorded.made


@pytest.mark.promise("kaizen.decorator.forms")
async def test_a_client_is_made_for_each_call_and_closed(made: list[Any]) -> None:
    config = KaizenClientConfig(api_key=KEY)

    @with_kaizen_client
    async def bare(value: int, *, kaizen: Any = None) -> Any:
        """Documented."""
        return value, kaizen

    @with_kaizen_client()
    async def empty(value: int, kaizen: Any = None) -> Any:
        return value, kaizen

    @with_kaizen_client(config)
    async def configured(kaizen: Any, value: int = 3) -> Any:
        return value, kaizen

    @with_kaizen_client(config=config)
    async def anything(**names: Any) -> Any:
        return names["value"], names["kaizen"]

    results = [await bare(1), await empty(2), await configured(), await anything(value=4)]
    assert [value for value, _ in results] == [1, 2, 3, 4]
    assert [client for _, client in results] == made
    assert [client.config for client in made] == [None, None, config, config]
    assert [client.closed for client in made] == [1, 1, 1, 1]
    assert bare.__name__ == "bare"
    assert bare.__doc__ == "Documented."
    assert await empty(5, None) == (5, made[-1])
    assert await configured(None, 6) == (6, made[-1])
    assert made[-1].closed == 1


@pytest.mark.promise("kaizen.decorator.callers-client")
async def test_a_callers_client_is_used_and_left_open(made: list[Any]) -> None:
    mine: Any = object()

    @with_kaizen_client
    async def work(value: int, kaizen: Any = None) -> Any:
        return kaizen

    @with_kaizen_client
    async def anything(**names: Any) -> Any:
        return names["kaizen"]

    @with_kaizen_client
    async def produce(kaizen: Any = None) -> Any:
        yield kaizen

    assert await work(1, mine) is mine
    assert await work(1, kaizen=mine) is mine
    assert await anything(kaizen=mine) is mine
    assert [item async for item in produce(mine)] == [mine]
    assert made == []


async def test_the_client_is_closed_when_the_function_fails(made: list[Any]) -> None:
    @with_kaizen_client
    async def fail(kaizen: Any = None) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert made[0].closed == 1


@pytest.mark.promise("kaizen.decorator.async-generators")
async def test_async_generators(made: list[Any]) -> None:
    @with_kaizen_client
    async def produce(count: int, *, kaizen: Any = None) -> AsyncIterator[Any]:
        for number in range(count):
            yield number, kaizen.closed

    assert [item async for item in produce(2)] == [(0, 0), (1, 0)]
    assert made[0].closed == 1


@pytest.mark.promise("kaizen.decorator.async-generators")
async def test_an_abandoned_async_generator_ends_before_its_client_is_closed(made: list[Any]) -> None:
    ended: list[int] = []

    @with_kaizen_client
    async def produce(*, kaizen: Any = None) -> AsyncGenerator[int]:
        try:
            yield 1
            yield 2
        finally:
            await anyio.lowlevel.checkpoint()
            ended.append(kaizen.closed)

    async with aclosing(produce()) as items:
        async for _ in items:
            break
    assert (ended, made[0].closed) == ([0], 1)
    async for _ in produce():
        break
    gc.collect()
    await anyio.wait_all_tasks_blocked()
    assert (ended, made[1].closed) == ([0, 0], 1)


@pytest.mark.promise("kaizen.decorator.async-generators")
async def test_a_failing_async_generator_closes_its_client(made: list[Any]) -> None:
    @with_kaizen_client
    async def produce(kaizen: Any = None) -> AsyncGenerator[int]:
        yield 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _ = [item async for item in produce()]
    assert made[0].closed == 1


@pytest.mark.promise("kaizen.decorator.shared-client")
async def test_a_shared_client(made: list[Any]) -> None:
    @with_kaizen_client(shared=True)
    async def work(kaizen: Any = None) -> Any:
        return kaizen

    closing: Any = work
    await closing.close()
    assert await work() is await work() is made[0]
    await closing.close()
    assert (len(made), made[0].closed) == (1, 1)
    assert await work() is made[1]


@pytest.mark.promise("kaizen.decorator.clear-errors")
def test_functions_that_cannot_be_decorated() -> None:
    with pytest.raises(TypeError, match="not async"):

        @with_kaizen_client
        def blocking(kaizen: Any = None) -> None: ...

    with pytest.raises(TypeError, match="no argument 'kaizen'"):

        @with_kaizen_client()
        async def unaware(value: int) -> None: ...


async def test_the_decorator_with_a_real_client(recorder: Any) -> None:
    @with_kaizen_client(KaizenClientConfig(recorder.url, KEY))
    async def work(*, kaizen: KaizenClient | None = None) -> Any:
        assert kaizen is not None
        return await kaizen.compress({"data": 1})

    assert json.loads(json.dumps(await work()))["status"] == "ok"
