"""What stands around the calls: logs and metrics that never show a payload, and wires put around the wire."""

import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sdk_engine.messages import Request, Response, WireFailure

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    KaizenError,
    RetryPolicy,
    SyncKaizenClient,
)
from kaizen_client.connection import async_wire, sync_wire
from kaizen_client.local import LocalWire, SyncLocalWire, local_client

from .conftest import KEY, Loopback, answer

Scripted = Callable[..., Any]
SECRET = "a customer's words"


class Told:
    """A collector that keeps all it hears, then fails."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def record_request(self, *facts: Any) -> None:
        self.heard.append(facts)
        raise RuntimeError

    def record_cache(self, *facts: Any, **more: Any) -> None:
        self.heard.append((facts, more))


class Gone:
    async def get(self, key: str) -> bytes | None:
        raise OSError("no cache")

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        raise OSError("no cache")


@pytest.mark.promise("kaizen.client.logging", "kaizen.payloads.never-shown")
async def test_no_payload_gets_into_logs_or_metrics(
    scripted: Scripted, sleeps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    told = Told()
    echo = answer({"detail": SECRET}, 503)
    client, _ = scripted(
        answer({"result": SECRET}),
        echo,
        WireFailure("cut"),
        answer({"result": SECRET}),
        answer({"detail": SECRET}, 422),
        Response(200, SECRET.encode()),
        metrics=told,
        cache=Gone(),
        retry=RetryPolicy(max_attempts=3, base_delay=0.001),
        max_request_bytes=200,
    )
    with caplog.at_level(logging.DEBUG):
        for _ in range(2):
            await client.compress({"data": SECRET, "options": None})
        for _ in range(2):
            with pytest.raises(KaizenAPIError):
                await client.prompts_encode({"prompt": SECRET, "metadata": {"who": SECRET}})
        with pytest.raises(KaizenError) as refused:
            await client.compress({"data": SECRET * 20})
    assert len(told.heard) == 8
    assert len(sleeps) == 2
    assert {"kaizen_client"} == {record.name for record in caplog.records}
    for shown in (caplog.text, repr(told.heard), str(refused.value), repr(client), repr(vars(client))):
        assert SECRET not in shown
        assert KEY not in shown


@pytest.mark.promise("kaizen.payloads.never-shown")
async def test_no_payload_gets_into_the_logs_of_an_http_client(
    recorder: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with httpx.AsyncClient() as http, KaizenClient(KaizenClientConfig(recorder.url), client=http) as client:
            await client.compress({"data": SECRET})
    assert recorder.received[0].body == {"data": SECRET}
    assert "/v1/compress" in caplog.text
    assert SECRET not in caplog.text


class Around:
    """Middleware: a wire around a wire. This one adds a header and keeps the statuses."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.seen: list[tuple[str, int]] = []

    async def send(self, request: Request, timeout: float, patience: float) -> Response:
        request.headers["X-Signed"] = "yes"
        response: Response = await self.inner.send(request, timeout, patience)
        self.seen.append((request.target, response.status_code))
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


class SyncAround(Around):
    def send(self, request: Request, timeout: float, patience: float) -> Response:  # type: ignore[override]
        request.headers["X-Signed"] = "yes"
        response: Response = self.inner.send(request, timeout, patience)
        self.seen.append((request.target, response.status_code))
        return response

    def close(self) -> None:
        self.inner.close()


@pytest.mark.promise("kaizen.client.middleware")
@pytest.mark.parametrize("settings", [{}, {"max_connections": 2}], ids=["default", "httpx"])
async def test_a_wire_of_ones_own_stands_around_every_attempt(settings: dict[str, Any], recorder: Loopback) -> None:
    config = KaizenClientConfig(recorder.url, KEY, **settings)
    around, sync_around = Around(async_wire(config)), SyncAround(sync_wire(config))
    async with KaizenClient.over(around, config) as client:
        await client.compress({"data": 1})
        await client.health()
    with SyncKaizenClient.over(sync_around, config) as sync:
        sync.health()
    assert around.seen == [("/v1/compress", 200), ("/", 200)]
    assert sync_around.seen == [("/", 200)]
    assert [request.headers["x-signed"] for request in recorder.received] == ["yes"] * 3


async def test_a_wire_around_the_stand_in() -> None:
    around = Around(LocalWire())
    async with KaizenClient.over(around) as client:
        assert (await client.compress({"data": {"a": 1}}))["result"] == "a: 1"
    with SyncKaizenClient.over(SyncAround(SyncLocalWire())) as sync:
        assert sync.compress({"data": {"a": 1}})["result"] == "a: 1"
    assert around.seen == [("/v1/compress", 200)]


@pytest.mark.promise("kaizen.client.load")
async def test_many_calls_at_once_get_their_own_answers() -> None:
    payloads = [{"prompt": {"n": number}} for number in range(500)]
    async with local_client() as client:
        items = await client.prompts_encode_batch(payloads, concurrency=100)
    assert [item.unwrap()["result"] for item in items] == [f"n: {number}" for number in range(500)]


@pytest.mark.promise("kaizen.client.load")
@pytest.mark.parametrize("sync", [False, True])
async def test_many_calls_over_a_real_connection_get_their_own_answers(sync: bool, recorder: Loopback) -> None:
    payloads = [{"prompt": number} for number in range(200)]
    config = KaizenClientConfig(recorder.url, KEY)
    if sync:
        with SyncKaizenClient(config) as blocking:
            items = blocking.prompts_encode_batch(payloads, concurrency=20)
    else:
        async with KaizenClient(config) as client:
            items = await client.prompts_encode_batch(payloads, concurrency=20)
    assert all(item.ok for item in items)
    assert sorted(request.body["prompt"] for request in recorder.received) == list(range(200))
    assert len({request.headers["x-request-id"] for request in recorder.received}) == 200
