"""What the guide tells a newcomer to type, with bodies that the platform takes."""

from typing import Any

import pytest

from kneo_client import KneoClient
from kneo_client.core.errors import KneoAuthError, KneoIdempotencyMismatchError, KneoNetworkError, KneoServerError
from kneo_client.core.idempotency import new_idempotency_key
from kneo_client.core.profiles import ENV_API_KEY, ENV_URL, Profile, load_profile
from kneo_client.core.transport import SyncTransport


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch, profile: Profile) -> None:
    monkeypatch.setenv(ENV_URL, profile.url)
    monkeypatch.setenv(ENV_API_KEY, profile.api_key)


@pytest.mark.promise("kneo.examples.quickstart-ping", "kneo.profiles.env-and-kwargs-suffice")
async def test_ping() -> None:
    async with KneoClient.from_profile() as client:
        ready = await client.platform.health.readyz()
    assert f"ok={ready.ok} version={ready.service!r}" == "ok=True version='kneo-serv-platform'"


@pytest.mark.promise("kneo.errors.unreachable-is-network-error", "kneo.errors.401")
async def test_ping_that_fails() -> None:
    async with KneoClient.from_profile(api_key="not-the-key") as client:
        assert (await client.platform.health.readyz()).ok  # health needs no key
        with pytest.raises(KneoAuthError):
            await client.platform.runs.list()
    async with KneoClient.from_profile(url="http://127.0.0.1:9") as client:
        with pytest.raises(KneoNetworkError):
            await client.platform.health.readyz()


@pytest.mark.promise("kneo.examples.quickstart-first-run", "kneo.platform.runs.create-result")
async def test_first_run(specs: dict[str, Any]) -> None:
    async with KneoClient.from_profile() as client:
        created = await client.platform.runs.create({"input": "hello", "spec": specs["completes"], "async_mode": True})
        assert created.run_id
        terminal = await client.platform.runs.wait_for_completion(created.run_id, poll_interval=0.05, timeout=20)
        assert terminal.status == "completed"
        trace = await client.platform.runs.trace(created.run_id, limit=20)
        assert [event.type for event in trace.events][-1] == "workflow_completed"


@pytest.mark.promise("kneo.examples.quickstart-sync")
def test_sync() -> None:
    with SyncTransport(load_profile()) as transport:
        assert transport.request("GET", "/v1/healthz").json()["ok"] is True


async def create_run_robust(client: KneoClient, body: dict[str, Any], key: str) -> str | None:
    """The guide's pattern, without its pauses."""
    for attempt in range(3):
        try:
            return (await client.platform.runs.create(body, idempotency_key=key)).run_id
        except KneoIdempotencyMismatchError as error:  # noqa: PERF203 - as the guide has it
            raise RuntimeError(f"another payload under key {error.idempotency_key}") from error
        except (KneoNetworkError, KneoServerError):
            if attempt == 2:
                raise
    raise AssertionError("unreachable")


@pytest.mark.promise("kneo.examples.robust-pattern")
async def test_robust_pattern(client: KneoClient, specs: dict[str, Any]) -> None:
    body, key = {"input": "robust", "spec": specs["completes"], "async_mode": True}, new_idempotency_key()
    created = await create_run_robust(client, body, key)
    assert created == await create_run_robust(client, body, key)
    with pytest.raises(RuntimeError, match=key):
        await create_run_robust(client, {**body, "input": "drifted"}, key)
