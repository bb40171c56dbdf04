"""How vendors' exceptions are marked, and what the package of wrappers offers."""

import json
from contextlib import aclosing
from typing import Any

import anyio
import httpx
import pytest

from kaizen_client import KaizenProviderError
from kaizen_client.integrations.vendor import iterate, marked


def test_an_error_that_is_marked_already_stays() -> None:
    once = marked(httpx.ConnectError("x"), "openai", None)
    assert isinstance(once, (httpx.ConnectError, KaizenProviderError))
    assert marked(once, "gemini", None) is once
    assert once.provider == "openai"  # type: ignore[attr-defined]
    assert marked(json.JSONDecodeError("m", "d", 0), "openai", None).provider == "openai"  # type: ignore[attr-defined]
    from pydantic_core import ValidationError

    again = marked(httpx.ConnectError("y"), "openai", None)
    assert type(again) is type(once)  # one class for all, not one for each
    foreign = ValidationError.from_exception_data("t", [])
    assert marked(foreign, "openai", None) is foreign


def test_the_package_has_no_other_names() -> None:
    from kaizen_client import integrations

    with pytest.raises(AttributeError, match="nothing"):
        _ = integrations.nothing


class Items:
    """A vendor's stream, blocking or not."""

    def __init__(self) -> None:
        self.closed = 0

    def __iter__(self) -> Any:
        return iter([1, 2, 3])

    def close(self) -> None:
        self.closed += 1


class AsyncItems:
    def __init__(self) -> None:
        self.closed = 0

    async def __aiter__(self) -> Any:
        for number in (1, 2, 3):
            yield number

    async def aclose(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("kind", [Items, AsyncItems])
@pytest.mark.parametrize("wanted", [1, 3])
async def test_a_stream_is_closed_however_it_ends(kind: Any, wanted: int) -> None:
    items = kind()
    seen: list[int] = []
    async with aclosing(iterate(items)) as arriving:
        async for item in arriving:
            seen.append(item)
            if len(seen) == wanted:
                break
    assert (seen, items.closed) == ([1, 2, 3][:wanted], 1)


@pytest.mark.parametrize("kind", [Items, AsyncItems])
async def test_a_stream_is_closed_when_everything_is_cancelled(kind: Any) -> None:
    items = kind()
    with anyio.CancelScope() as scope:
        async with aclosing(iterate(items)) as arriving:
            async for _ in arriving:
                scope.cancel()
                await anyio.lowlevel.checkpoint()
    assert (scope.cancelled_caught, items.closed) == (True, 1)


async def test_a_stream_without_a_close() -> None:
    assert [item async for item in iterate([1, 2])] == [1, 2]
