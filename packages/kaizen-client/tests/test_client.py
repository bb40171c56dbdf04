"""The client's life: opening, closing, loops, threads, ids, injected HTTP clients."""

import asyncio
import inspect
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import httpx
import pytest
from sdk_engine.errors import Outcome
from sdk_engine.testing import FakeAsyncWire, FakeSyncWire

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    KaizenInvalidRequestError,
    KaizenRequestError,
    RetryPolicy,
    SyncKaizenClient,
)

from .conftest import KEY, Loopback, answer, serving

Scripted = Callable[..., Any]
ENCODED = {"operation": "prompts.encode", "status": "ok", "result": "a: 1", "metadata": {"trace_id": "t-1"}}


@pytest.mark.promise("kaizen.client.plain-dicts", "kaizen.requests.metadata-echoed", "kaizen.responses.fields")
async def test_answers_are_plain_dicts(scripted: Scripted) -> None:
    client, wire = scripted(answer(ENCODED))
    result = await client.prompts_encode({"prompt": {"a": 1}, "metadata": {"trace_id": "t-1"}})
    assert type(result) is dict
    assert result == ENCODED
    assert json.loads(wire.requests[0].content)["metadata"] == {"trace_id": "t-1"}


def test_the_eight_operations_are_coroutine_functions() -> None:
    client = KaizenClient()
    for name in ("compress", "decompress", "optimize", "optimize_request", "optimize_response", "health"):
        assert inspect.iscoroutinefunction(getattr(client, name))
        assert getattr(client, name).__doc__
    assert list(inspect.signature(client.compress).parameters) == ["payload"]
    assert not inspect.iscoroutinefunction(SyncKaizenClient().compress)


@pytest.mark.promise("kaizen.client.async-context", "kaizen.client.close")
async def test_closing(scripted: Scripted) -> None:
    client, wire = scripted(200)
    async with client as entered:
        assert entered is client
    await client.close()
    assert wire.closed == 2
    with pytest.raises(KaizenInvalidRequestError, match="closed"):
        await client.health()
    with pytest.raises(KaizenInvalidRequestError, match="closed"):
        await client.with_options(timeout=1).health()


def test_closing_the_sync_client() -> None:
    wire = FakeSyncWire([200])
    with SyncKaizenClient.over(wire) as client:
        assert client.health() == {}
    client.close()
    assert wire.closed == 2
    with pytest.raises(KaizenInvalidRequestError, match="closed"):
        client.health()


@pytest.mark.promise("kaizen.client.repeated-asyncio-run")
def test_one_client_in_several_event_loops(recorder: Loopback) -> None:
    client = KaizenClient(KaizenClientConfig(recorder.url, KEY))
    for _ in range(3):
        assert asyncio.run(client.compress({"data": 1}))["status"] == "ok"
    asyncio.run(client.close())
    assert len(recorder.received) == 3


@pytest.mark.promise("kaizen.client.repeated-asyncio-run")
def test_one_client_in_several_event_loops_at_the_same_time(recorder: Loopback) -> None:
    client = KaizenClient(KaizenClientConfig(recorder.url, KEY))

    async def calls() -> list[str]:
        return [(await client.compress({"data": number}))["status"] for number in range(10)]

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda _: asyncio.run(calls()), range(3))) == [["ok"] * 10] * 3
    asyncio.run(client.close())


async def test_on_trio_too(recorder: Loopback, anyio_backend: str) -> None:
    async def main() -> None:
        async with KaizenClient(KaizenClientConfig(recorder.url, KEY)) as client:
            assert (await client.health())["status"] == "ok"

    await anyio.to_thread.run_sync(lambda: anyio.run(main, backend="trio"))


@pytest.mark.promise("kaizen.client.sync")
def test_one_sync_client_in_many_threads(recorder: Loopback) -> None:
    with SyncKaizenClient(KaizenClientConfig(recorder.url, KEY)) as client, ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda number: client.compress({"data": number}), range(40)))
    assert all(result["status"] == "ok" for result in results)
    assert sorted(request.body["data"] for request in recorder.received) == list(range(40))


@pytest.mark.promise("kaizen.client.request-id")
async def test_request_ids(scripted: Scripted) -> None:
    client, wire = scripted(200, 200, 200, default_headers={"x-request-id": "mine"})
    await client.health()
    await client.with_options(request_id="other").health()
    fresh, fresh_wire = scripted(200, 200)
    await fresh.health()
    await fresh.health()
    assert [request.headers["X-Request-ID"] for request in wire.requests] == ["mine", "other"]
    assert len({request.headers["X-Request-ID"] for request in fresh_wire.requests}) == 2
    assert all("x-request-id" not in request.headers for request in wire.requests)


async def test_options_for_some_calls(scripted: Scripted) -> None:
    client, wire = scripted(200, 200, 503, 200)
    special = client.with_options(headers={"X-Tenant": "t", "x-api-key": "no"}, timeout=2, deadline=3)
    await special.health()
    await client.health()
    await special.with_options(retry=RetryPolicy(base_delay=0.0)).health()
    headers = [request.headers for request in wire.requests]
    assert ["X-Tenant" in sent for sent in headers] == [True, False, True, True]
    assert all(sent["x-api-key"] == KEY for sent in headers)
    assert wire.timeouts[:2] == [pytest.approx(2), pytest.approx(30)]
    assert SyncKaizenClient().with_options(timeout=1).config == SyncKaizenClient().config


@pytest.mark.promise("kaizen.client.import-is-light")
def test_importing_loads_no_vendor_and_no_http_stack() -> None:
    program = """
import sys, kaizen_client, kaizen_client.integrations
heavy = {"httpx", "pydantic", "msgspec", "openai", "anthropic", "google", "redis", "tiktoken", "matplotlib", "asyncio"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
from kaizen_client import KaizenClient
assert not {"httpx", "pydantic", "openai", "anthropic"} & set(sys.modules)
assert set(kaizen_client.__all__) == set(dir(kaizen_client))
for name in kaizen_client.__all__:
    getattr(kaizen_client, name)
for name in kaizen_client.integrations.__all__:
    getattr(kaizen_client.integrations, name)
assert not {"openai", "anthropic", "google.genai"} & set(sys.modules)
for module in (kaizen_client, kaizen_client.integrations):
    try:
        module.nothing
    except AttributeError:
        continue
    raise SystemExit("found nothing")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.promise("kaizen.client.logging")
async def test_logs_say_what_happened_and_no_secret(scripted: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    client, _ = scripted(200, 500)
    with caplog.at_level(logging.DEBUG):
        await client.compress({"data": "customer"})
        with pytest.raises(KaizenAPIError):
            await client.compress({"data": "customer"})
    levels = [record.levelname for record in caplog.records if record.name == "kaizen_client"]
    assert levels == ["DEBUG", "INFO", "DEBUG", "ERROR"]
    assert KEY not in caplog.text
    assert "customer" not in caplog.text


class Double:
    """An HTTP client reduced to what ours may use; everything else raises AttributeError."""

    __slots__ = ("_answer", "calls")

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.calls: list[Any] = []

    async def request(self, method: str, url: str, *, json: Any = None, headers: Any = None) -> Any:
        self.calls.append((method, url, json, headers))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class SyncDouble(Double):
    def request(self, method: str, url: str, *, json: Any = None, headers: Any = None) -> Any:  # type: ignore[override]
        self.calls.append((method, url, json, headers))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


async def compress_through(failure: Exception, sync: bool) -> None:
    if sync:
        SyncKaizenClient(client=SyncDouble(failure)).compress({"data": 1})
    else:
        await KaizenClient(client=Double(failure)).compress({"data": 1})


class Answer:
    """A response reduced to the members that may be read."""

    __slots__ = ("_payload", "headers", "is_error", "status_code", "text")

    def __init__(self, status_code: int, payload: Any, headers: Any = None, text: str = "") -> None:
        self.status_code = status_code
        self.headers = headers or {}
        self.is_error = status_code >= 400
        self.text = text
        self._payload = payload

    def json(self) -> Any:
        if self._payload is ...:
            raise ValueError("no JSON")
        return self._payload


@pytest.mark.promise("kaizen.client.injected")
@pytest.mark.parametrize("sync", [False, True])
async def test_an_injected_client_is_used_through_request_only(sync: bool) -> None:
    double = (SyncDouble if sync else Double)(Answer(200, {"status": "ok", "result": "a: 1"}))
    kind: Any = SyncKaizenClient if sync else KaizenClient
    client = kind(KaizenClientConfig(api_key=KEY), client=double)
    results = [client.prompts_encode({"prompt": {"a": 1}}), client.health()]
    for result in results:
        assert (result if sync else await result) == {"status": "ok", "result": "a: 1"}
    if sync:
        client.close()
    else:
        await client.close()
    (method, url, body, headers), (_, health_url, health_body, _) = double.calls
    assert (method, url) == ("POST", "https://api.getkaizen.io/v1/prompts/encode")
    assert body == {"prompt": {"a": 1}, "auto_detect_json": True}
    assert headers["x-api-key"] == KEY
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (health_url, health_body) == ("https://api.getkaizen.io/", None)


@pytest.mark.promise("kaizen.client.injected")
@pytest.mark.parametrize("status", [302, 404, 429])
async def test_an_injected_clients_errors_are_read_from_the_status(status: int) -> None:
    client = KaizenClient(client=Double(Answer(status, {"detail": "no"}, {"Retry-After": "5"})))
    with pytest.raises(KaizenAPIError) as caught:
        await client.compress({"data": 1})
    assert (caught.value.status_code, caught.value.payload) == (status, {"detail": "no"})
    assert caught.value.headers["Retry-After"] == "5"
    text = KaizenClient(client=Double(Answer(status, ..., text="plain")))
    with pytest.raises(KaizenAPIError) as caught:
        await text.compress({"data": 1})
    assert caught.value.payload == "plain"


@pytest.mark.promise("kaizen.errors.network-with-original")
@pytest.mark.parametrize(
    ("original", "outcome"),
    [
        (httpx.ConnectError("refused"), Outcome.NOT_SENT),
        (httpx.ConnectTimeout("slow"), Outcome.NOT_SENT),
        (httpx.ReadTimeout("slow"), Outcome.UNKNOWN),
        (httpx.RemoteProtocolError("cut"), Outcome.UNKNOWN),
        (httpx.UnsupportedProtocol("x"), Outcome.UNKNOWN),
        (httpx.InvalidURL("x"), Outcome.NOT_SENT),
        (OSError("broken"), Outcome.UNKNOWN),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("sync", [False, True])
async def test_an_injected_clients_failures(original: Exception, outcome: Outcome, sync: bool) -> None:
    with pytest.raises(KaizenRequestError) as caught:
        await compress_through(original, sync)
    assert caught.value.original is original
    assert caught.value.outcome is outcome


@pytest.mark.parametrize("sync", [False, True])
async def test_an_injected_clients_own_bugs_pass_through(sync: bool) -> None:
    with pytest.raises(KeyError):
        await compress_through(KeyError("bug"), sync)


@pytest.mark.promise("kaizen.client.injected")
async def test_a_real_httpx_client_stays_open(recorder: Loopback) -> None:
    async with httpx.AsyncClient(headers={"X-Pool": "mine"}) as http:
        async with KaizenClient(KaizenClientConfig(recorder.url, KEY), client=http) as client:
            assert (await client.compress({"data": 1}))["status"] == "ok"
        assert not http.is_closed
    assert recorder.received[0].headers["x-pool"] == "mine"
    late = KaizenClient(KaizenClientConfig(recorder.url, KEY), client=http)
    with pytest.raises(KaizenRequestError, match="closed"):
        await late.compress({"data": 1})


async def test_a_deadline_holds_for_an_injected_client() -> None:
    class Slow(Double):
        async def request(self, *args: Any, **kwargs: Any) -> Any:
            await anyio.sleep_forever()

    client = KaizenClient(KaizenClientConfig(deadline=0.05), client=Slow(None))
    with pytest.raises(KaizenRequestError) as caught:
        await client.health()
    assert isinstance(caught.value.original, TimeoutError)


async def test_a_path_prefix_is_kept_and_slashes_are_not_doubled() -> None:
    wire = FakeAsyncWire([200, 200])
    client = KaizenClient.over(wire, KaizenClientConfig("https://x.example/tenant/a//"))
    await client.health()
    assert wire.requests[0].url == "https://x.example/tenant/a/"


async def test_cookies_are_not_replayed() -> None:
    def with_cookie(request: Any) -> Any:
        return 200, {"Set-Cookie": "session=1"}, b"{}"

    for settings in ({}, {"max_connections": 3}):
        with serving(with_cookie) as server:
            async with KaizenClient(KaizenClientConfig(server.url, KEY, **settings)) as client:
                await client.health()
                await client.health()
        assert "cookie" not in server.received[1].headers
