"""Ways to reach the platform: sync, raw, over several event loops, and another platform for these tests."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from kneo_client import KneoClient
from kneo_client.core.errors import KneoIdempotencyMismatchError, KneoNotFoundError
from kneo_client.core.idempotency import new_idempotency_key
from kneo_client.core.profiles import Profile
from kneo_client.core.transport import SyncTransport

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


@pytest.mark.promise("kneo.sync.same-semantics", "kneo.sync.lifecycle", "kneo.sync.request-signature")
def test_sync_transport(profile: Profile, specs: dict[str, Any]) -> None:
    body, key = {"input": "hello", "spec": specs["completes"]}, new_idempotency_key()
    with SyncTransport(profile) as transport:
        assert transport.request("GET", "/v1/readyz").json()["ok"] is True
        first = transport.request("POST", "/v1/runs", json=body, idempotency_key=key)
        again = transport.request("POST", "/v1/runs", json=body, idempotency_key=key)
        assert (first.status_code, first.json()["status"]) == (200, "completed")
        assert again.json() == first.json()
        with pytest.raises(KneoIdempotencyMismatchError):
            transport.request("POST", "/v1/runs", json={**body, "input": "bye"}, idempotency_key=key)
        with pytest.raises(KneoNotFoundError):
            transport.request("GET", "/v1/runs/none")


@pytest.mark.promise("kneo.weakness.24")
def test_one_client_over_two_event_loops(profile: Profile) -> None:
    client = KneoClient(profile)

    async def ready() -> bool:
        return all([(await client.platform.health.readyz()).ok for _ in range(3)])

    async def last() -> bool:
        async with client:
            return await ready()

    assert asyncio.run(ready()) is True
    assert asyncio.run(last()) is True


async def test_many_tasks_share_a_client(client: KneoClient) -> None:
    answers = []

    async def ask() -> None:
        answers.append(await client.platform.health.livez())

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(ask)
    assert [answer.ok for answer in answers] == [True] * 20


@pytest.mark.promise("kneo.client.transport-attribute", "kneo.compat.unwrapped-endpoint", "kneo.compat.pinned-platform")
async def test_endpoint_without_a_method(client: KneoClient, version: str) -> None:
    """The platform's own description, which has to be the one that is pinned."""
    served = (await client._transport.request("GET", "/openapi.json")).json()
    pinned = json.loads((SCHEMAS / version / "openapi.json").read_text(encoding="utf-8"))
    assert served["info"]["version"] == pinned["info"]["version"]
    assert operations(served) == operations(pinned)


def operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    paths = {path: methods for path, methods in document["paths"].items() if path.startswith("/v1/")}
    return {(method, path) for path, methods in paths.items() for method in methods}


@pytest.mark.promise("kneo.request-id.echoed", "kneo.request-id.override")
async def test_request_id_comes_back(client: KneoClient) -> None:
    response = await client._transport.request("GET", "/v1/livez", request_id="find-me-in-the-log")
    assert response.headers["X-Request-ID"] == "find-me-in-the-log"


@pytest.mark.promise("kneo.compat.integration-tests-env-gated")
def test_these_tests_run_on_the_platform_that_the_environment_names(profile: Profile) -> None:
    named = {"KNEO_TEST_URL": profile.url, "KNEO_TEST_API_KEY": profile.api_key}
    environment = {**os.environ, **named, "KNEO_SERV_PYTHON": "none-is-started"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    tests = str(Path(__file__).with_name("test_policies.py"))
    result = subprocess.run([*command, tests], env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert "2 passed" in result.stdout
