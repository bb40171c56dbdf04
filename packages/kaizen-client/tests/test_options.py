"""What can be switched on: retries, deadlines, metrics, limits of size, pools, proxies, own certificates."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trustme
from sdk_engine.messages import WireFailure

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    KaizenConfigurationError,
    KaizenInvalidRequestError,
    KaizenRateLimitError,
    KaizenRequestError,
    RetryPolicy,
    SyncKaizenClient,
)
from kaizen_client.metrics import Counters

from .conftest import KEY, Received, answer, ok, serving

Scripted = Callable[..., Any]
QUICK = RetryPolicy(max_attempts=3, base_delay=0.001, max_delay=0.001)


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


def test_counters_count_for_many_threads() -> None:
    counters = Counters()

    def count(_: int) -> None:
        for _ in range(500):
            counters.record_request("compress", 1.0, 200)
            counters.record_cache("compress", hit=False)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    assert (counters.calls, counters.duration_ms, counters.cache_misses) == (
        {"compress": 4000},
        {"compress": 4e3},
        4000,
    )


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


@pytest.mark.promise("kaizen.requests.size-limit")
async def test_a_payload_larger_than_allowed_is_refused_before_anything_happens(scripted: Scripted) -> None:
    metrics = Counters()
    client, wire = scripted(200, max_request_bytes=20, metrics=metrics)
    assert await client.compress({"data": "x" * 9}) == {}
    with pytest.raises(KaizenInvalidRequestError, match="the body has 21 bytes, more than max_request_bytes=20"):
        await client.compress({"data": "x" * 10})
    assert (len(wire.requests), metrics.calls) == (1, {"compress": 1})


def test_a_bundle_without_certificates_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
    with pytest.raises(KaizenConfigurationError, match="ca_bundle"):
        KaizenClient(KaizenClientConfig(ca_bundle=tmp_path / "ca.pem"))


@pytest.mark.parametrize("settings", [{"timeout": 0}, {"deadline": -1}, {"deadline": float("nan")}], ids=str)
def test_unusable_options_are_named(settings: dict[str, float]) -> None:
    with pytest.raises(KaizenConfigurationError, match=next(iter(settings))):
        KaizenClient().with_options(**settings)
