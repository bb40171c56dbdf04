"""Streams of vendors' SDKs as such: async and blocking, opened, read, closed, given up; how errors are marked."""

import errno
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
from sdk_engine.errors import Outcome

from kaizen_client import KaizenProviderError
from kaizen_client.integrations import OpenAIKaizenWrapper
from kaizen_client.integrations.failures import marked, reported
from kaizen_client.integrations.vendor import Stream, hang_up, invoke
from kaizen_client.local import local_client

from .vendors import MESSAGES, compatible


class Items:
    """A blocking stream; or, as a context manager, what opens one."""

    def __init__(self) -> None:
        self.closed = 0

    def __iter__(self) -> Iterator[int]:
        return iter([1, 2, 3])

    def close(self) -> None:
        self.closed += 1


class AsyncItems:
    def __init__(self) -> None:
        self.closed = 0

    async def __aiter__(self) -> AsyncIterator[int]:
        for number in (1, 2, 3):
            yield number

    async def aclose(self) -> None:
        self.closed += 1


class Manager:
    def __init__(self, items: Any) -> None:
        self.items = items

    def __enter__(self) -> Any:
        return self.items

    def __exit__(self, *exc: object) -> None:
        self.items.closed += 1


class AsyncManager(Manager):
    async def __aenter__(self) -> Any:
        return self.items

    async def __aexit__(self, *exc: object) -> None:
        self.items.closed += 1


KINDS = [
    (Items, lambda items: items),
    (Items, Manager),
    (AsyncItems, lambda items: items),
    (AsyncItems, AsyncManager),
]


async def opened(items: Any, wrap: Callable[[Any], Any]) -> Stream:
    async def open_async() -> Any:
        return wrap(items)

    stream = Stream()
    await stream.open(open_async if isinstance(items, AsyncItems) else lambda: wrap(items))
    return stream


@pytest.mark.parametrize(("kind", "wrap"), KINDS)
@pytest.mark.parametrize("wanted", [1, 3])
async def test_a_stream_is_closed_however_it_ends(kind: Any, wrap: Any, wanted: int) -> None:
    items = kind()
    stream = await opened(items, wrap)
    seen: list[int] = []
    async with aclosing(stream.items()) as arriving:
        async for item in arriving:
            seen.append(item)
            if len(seen) == wanted:
                break
    await stream.close()
    await stream.close()
    assert (seen, items.closed) == ([1, 2, 3][:wanted], 1)


@pytest.mark.parametrize(("kind", "wrap"), KINDS)
async def test_a_stream_is_closed_when_everything_is_cancelled(kind: Any, wrap: Any) -> None:
    items = kind()
    stream = await opened(items, wrap)
    with anyio.CancelScope() as scope:
        try:
            async with aclosing(stream.items()) as arriving:
                async for _ in arriving:
                    scope.cancel()
                    await anyio.lowlevel.checkpoint()
        finally:
            await stream.close()
    assert (scope.cancelled_caught, items.closed) == (True, 1)


async def test_a_stream_without_a_close_and_a_stream_that_never_opened() -> None:
    stream = Stream()
    await stream.close()
    assert await stream._call(lambda: 1, False) is None  # too late: nothing is asked for any more
    stream = await opened([1, 2], lambda items: items)
    assert [item async for item in stream.items()] == [1, 2]
    await stream.close()


async def test_a_function_that_gives_an_awaitable() -> None:
    async def later() -> int:
        return 1

    assert await invoke(lambda: later()) == 1


class Slow:
    """A vendor that does nothing until it is let go, and tells where it is."""

    def __init__(self) -> None:
        self.inside, self.go, self.closed = threading.Event(), threading.Event(), threading.Event()

    def wait(self) -> None:
        self.inside.set()
        assert self.go.wait(30)

    def chunks(self, **_: Any) -> Iterator[Any]:
        try:
            yield SimpleNamespace(choices=[SimpleNamespace(delta=SimpleNamespace(content="a"), finish_reason=None)])
            self.wait()
            yield SimpleNamespace(choices=[])
        finally:
            self.closed.set()

    def opening(self, **_: Any) -> Any:
        self.wait()
        return SimpleNamespace(close=self.closed.set)


@pytest.mark.parametrize("where", ["chunks", "opening"])
async def test_a_timeout_inside_a_blocking_client_does_not_wait_and_the_stream_is_closed_behind_it(where: str) -> None:
    vendor = Slow()
    client = SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=getattr(vendor, where))))
    async with local_client() as kaizen:

        async def watch(scope: anyio.CancelScope) -> None:
            assert await anyio.to_thread.run_sync(vendor.inside.wait, 30)
            scope.deadline = anyio.current_time()

        async def read(group: Any) -> None:
            with anyio.fail_after(60) as scope:
                group.start_soon(watch, scope)
                async with aclosing(compatible(kaizen, client=client).stream(MESSAGES)) as events:
                    async for _ in events:
                        pass

        async with anyio.create_task_group() as group:
            with pytest.raises(TimeoutError):
                await read(group)
    assert not vendor.closed.is_set()
    vendor.go.set()
    assert await anyio.to_thread.run_sync(vendor.closed.wait, 30)


async def test_a_cancelled_call_of_a_blocking_client_does_not_wait() -> None:
    vendor = Slow()
    client = SimpleNamespace(responses=SimpleNamespace(create=lambda **_: vendor.wait()))
    async with local_client() as kaizen, anyio.create_task_group() as group:
        group.start_soon(OpenAIKaizenWrapper(kaizen, client=client).chat, MESSAGES)
        assert await anyio.to_thread.run_sync(vendor.inside.wait, 30)
        group.cancel_scope.cancel()
    vendor.go.set()


def test_hanging_up_what_cannot_be_hung_up() -> None:
    class Ended:
        def get_extra_info(self, name: str) -> Any:
            import socket

            ended = socket.socket()
            ended.close()
            return ended

    hang_up(object())
    hang_up(SimpleNamespace(response=SimpleNamespace(extensions={"network_stream": Ended()})))


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


@pytest.mark.parametrize("cut", [ConnectionResetError(errno.ECONNRESET, "reset"), TimeoutError("slow"), OSError("x")])
def test_a_cut_that_python_reports_is_of_both_kinds(cut: OSError) -> None:
    error: Any = marked(cut, "openai", None, {"text": "a"})
    assert isinstance(error, (KaizenProviderError, type(cut)))
    assert (error.args, error.__cause__, error.partial) == (cut.args, cut, {"text": "a"})
    assert error.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"code": "c", "message": "m"}, "c: m"),
        ({"message": "m"}, "m"),
        ({"type": "t"}, "t"),
        ({}, "the vendor reports an error"),
    ],
)
def test_a_reported_error_without_the_vendors_sdk(facts: dict[str, Any], said: str) -> None:
    error: Any = marked(reported("not_installed", facts), "openai", None)
    assert (type(error), str(error), error.body) == (KaizenProviderError, said, facts)
    assert (error.outcome, error.code, error.provider) == (Outcome.ANSWERED, facts.get("code"), "openai")


def test_the_package_has_no_other_names() -> None:
    from kaizen_client import integrations

    with pytest.raises(AttributeError, match="nothing"):
        _ = integrations.nothing
