"""Wires that hand over an answer whose body is still to come."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import anyio
import httpx
import pytest
from loopback import Loopback, answer
from sdk_engine.messages import Request, WireFailure
from sdk_engine.testing import FakeAsyncWire, FakeSyncWire

from knoxcall.streaming_wires import AsyncStreamWire, SyncStreamWire
from knoxcall.streams import OpenResponse

ENOUGH = 5.0
PIECES = (b"HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 6\r\nConnection: close\r\n\r\n", b"abc", b"def")


def get(base: str) -> Request:
    return Request("GET", base, "/x", {}, None, streamed=True)


@pytest.fixture
def serve() -> Iterator[Callable[..., Loopback]]:
    with ExitStack() as servers:
        yield lambda *pieces, **settings: servers.enter_context(Loopback(*pieces, **settings))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_headers_of_an_attempt_do_not_close_what_was_asked_for_open() -> None:
    with_key = get("http://h").with_headers({"X-Key": "k"})
    assert (with_key.streamed, with_key.headers) == (True, {"X-Key": "k"})


def test_a_thread_reads_the_body_when_it_likes(serve: Any) -> None:
    wire = SyncStreamWire(FakeSyncWire([]))
    response = wire.send(get(serve(*PIECES, pause=0.01).base), ENOUGH)
    assert isinstance(response, OpenResponse)
    assert (response.status_code, response.content, response.headers.get("x-a")) == (200, b"", "b")
    with closing(response.stream) as stream:
        assert b"".join(stream.iter_bytes()) == b"abcdef"
    wire.close()


async def test_a_task_reads_the_body_when_it_likes(serve: Any) -> None:
    wire = AsyncStreamWire(FakeAsyncWire([]))
    response = await wire.send(get(serve(*PIECES, pause=0.01).base), ENOUGH)
    assert isinstance(response, OpenResponse)
    assert b"".join([chunk async for chunk in response.stream.aiter_bytes()]) == b"abcdef"
    await response.stream.aclose()
    await wire.aclose()


async def test_a_refusal_is_read_as_usual(serve: Any) -> None:
    server = serve(answer(400, gzip.compress(b"no"), "Content-Encoding: gzip"))
    sync_wire, async_wire = SyncStreamWire(FakeSyncWire([])), AsyncStreamWire(FakeAsyncWire([]))
    for response in (sync_wire.send(get(server.base), ENOUGH), await async_wire.send(get(server.base), ENOUGH)):
        assert type(response) is not OpenResponse
        assert (response.status_code, response.content) == (400, b"no")
    sync_wire.close()
    await async_wire.aclose()


async def test_a_head_that_does_not_come_is_a_failure(serve: Any) -> None:
    server = serve(b"", pause=ENOUGH)
    sync_wire, async_wire = SyncStreamWire(FakeSyncWire([])), AsyncStreamWire(FakeAsyncWire([]))
    with pytest.raises(WireFailure, match=r"^no complete answer within 0.1 s$"):
        sync_wire.send(get(server.base), 0.1)
    with pytest.raises(WireFailure, match=r"^no complete answer within 0.1 s$"):
        await async_wire.send(get(server.base), 0.1)
    sync_wire.close()
    await async_wire.aclose()


async def test_the_limit_is_for_the_head_not_for_the_body(serve: Any) -> None:
    wire = AsyncStreamWire(FakeAsyncWire([]))
    response = await wire.send(get(serve(PIECES[0], *[b"abc"] * 2, pause=0.2).base), 0.3)
    assert isinstance(response, OpenResponse)
    with anyio.fail_after(ENOUGH):
        assert await response.stream.aread() == b"abcabc"
    await wire.aclose()


async def test_single_waits_are_limited_where_no_limit_is_around_them() -> None:
    phases: list[dict[str, float | None]] = []

    def handle(made: httpx.Request) -> httpx.Response:
        phases.append(made.extensions["timeout"])
        return httpx.Response(200, content=b"")

    async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client:
        await AsyncStreamWire(FakeAsyncWire([]), client).send(get("http://h"), ENOUGH)
    assert phases == [{"connect": 0.95 * ENOUGH, "read": ENOUGH, "write": ENOUGH, "pool": 0.95 * ENOUGH}]


async def test_other_requests_are_left_to_the_wire_for_whole_answers() -> None:
    whole, async_whole = FakeSyncWire([201]), FakeAsyncWire([202])
    request = Request("GET", "http://x", "/x", {}, None)
    assert SyncStreamWire(whole).send(request, ENOUGH).status_code == 201
    assert (await AsyncStreamWire(async_whole).send(request, ENOUGH)).status_code == 202
    assert whole.requests == async_whole.requests == [request]
