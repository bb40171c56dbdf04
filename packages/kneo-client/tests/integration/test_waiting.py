"""`wait_for_completion` on runs that end, pause, fail and take too long."""

from typing import Any

import pytest

from kneo_client import KneoClient
from kneo_client.core.errors import KneoNotFoundError, KneoWaitTimeoutError
from kneo_client.platform import DEFAULT_TERMINAL_STATUSES


async def create(client: KneoClient, spec: Any, text: str = "hello") -> str:
    created = await client.platform.runs.create({"input": text, "spec": spec, "async_mode": True})
    assert created.status == "running"
    return str(created.run_id)


@pytest.mark.promise("kneo.platform.runs.wait-polls-get", "kneo.platform.runs.wait-indefinitely")
async def test_until_completed(client: KneoClient, specs: dict[str, Any]) -> None:
    run_id = await create(client, specs["completes"])
    run = await client.platform.runs.wait_for_completion(run_id, poll_interval=0.05)
    assert (run.run_id, run.status) == (run_id, "completed")
    assert run.output_text == "Final answer: Final answer: hello"


async def test_until_failed(client: KneoClient, specs: dict[str, Any]) -> None:
    run_id = await create(client, specs["fails"])
    run = await client.platform.runs.wait_for_completion(run_id, timeout=20, poll_interval=0.05)
    assert run.status == "failed"
    assert run.error


@pytest.mark.promise("kneo.platform.runs.wait-custom-statuses")
async def test_until_it_waits_for_a_person(client: KneoClient, specs: dict[str, Any]) -> None:
    run_id = await create(client, specs["asks"])
    statuses = DEFAULT_TERMINAL_STATUSES | {"blocked"}
    run = await client.platform.runs.wait_for_completion(
        run_id, timeout=20, poll_interval=0.05, terminal_statuses=statuses
    )
    assert (run.status, run.continuation_id is not None) == ("blocked", True)
    with pytest.raises(TimeoutError) as caught:  # by default that is not an end
        await client.platform.runs.wait_for_completion(run_id, timeout=0.2, poll_interval=0.05)
    assert isinstance(caught.value, KneoWaitTimeoutError)
    assert caught.value.last_status == run


@pytest.mark.promise("kneo.platform.runs.wait-timeout", "kneo.weakness.21")
async def test_time_runs_out_while_it_works(client: KneoClient, start: Any) -> None:
    run_id = (await start("sleeps", "0.3", until="running")).run_id
    with pytest.raises(KneoWaitTimeoutError, match=r"within 0\.2 s; it was last seen 'running'") as caught:
        await client.platform.runs.wait_for_completion(run_id, timeout=0.2, poll_interval=0.05)
    assert caught.value.run_id == run_id
    assert caught.value.last_status is not None
    assert (await client.platform.runs.cancel(run_id)).status == "cancelled"


async def test_no_such_run(client: KneoClient) -> None:
    with pytest.raises(KneoNotFoundError):
        await client.platform.runs.wait_for_completion("no-such-run", timeout=5)
