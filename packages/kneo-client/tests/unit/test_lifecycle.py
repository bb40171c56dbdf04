"""What other clients got wrong about their own life (24, 25, 26, 30)."""

import asyncio
import gc
import subprocess
import sys
from typing import Any

import anyio
import pytest

from kneo_client import KneoClient, types
from kneo_client.core.errors import KneoError, KneoInvalidRequestError
from kneo_client.core.profiles import Profile
from kneo_client.core.transport import SyncTransport, Transport


def profile_of(platform: Any) -> Profile:
    return Profile("x", platform.url, "k", timeout=20)


@pytest.mark.promise("kneo.weakness.24")
@pytest.mark.filterwarnings("ignore:unclosed <socket")  # on trio, connections end with their event loop, unclosed
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_one_client_lives_through_several_event_loops(serve: Any, backend: str) -> None:
    client = KneoClient(profile_of(serve({"ok": True})))
    for _ in range(4):
        assert anyio.run(client.platform.health.healthz, backend=backend).ok
    anyio.run(client.aclose, backend=backend)
    gc.collect()


@pytest.mark.promise("kneo.weakness.24")
def test_client_of_one_loop_may_be_closed_in_another_or_in_none(serve: Any) -> None:
    first, second = (KneoClient(profile_of(serve({"ok": True}))) for _ in range(2))
    for client in (first, second):
        assert asyncio.run(client.platform.health.healthz()).ok
    asyncio.run(first.aclose())
    del second
    gc.collect()


PROGRAM = """
import os, sys
from kneo_client.core.profiles import Profile
from kneo_client.core.transport import SyncTransport
transport = SyncTransport(Profile("x", sys.argv[1], "k", timeout=20))
"""


def run(code: str, url: str) -> tuple[int, str, str]:
    """How the program ended; one that hangs fails the test after a minute."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROGRAM + code, url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.promise("kneo.weakness.25")
@pytest.mark.parametrize(
    "code",
    ["", "transport.request('GET', '/v1/x')", "sys.exit(transport.request('GET', '/v1/x').status_code - 200)"],
    ids=["unused", "used", "sys.exit"],
)
def test_interpreter_ends_though_the_transport_is_open(serve: Any, code: str) -> None:
    assert run(code, serve({}).url) == (0, "", "")


@pytest.mark.promise("kneo.weakness.25")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_forked_children_work(serve: Any) -> None:
    code = """
transport.request("GET", "/v1/parent")
for number in range(2):
    child = os.fork()
    if not child:
        transport.request("GET", f"/v1/child{number}")
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
transport.request("GET", "/v1/parent")
"""
    platform = serve({})
    status, _, errors = run(code, platform.url)
    assert (status, errors) == (0, "")
    assert [request.split()[1].decode()[4:] for request in platform.requests] == [
        "parent",
        "child0",
        "child1",
        "parent",
    ]


@pytest.mark.promise("kneo.weakness.25")
def test_use_after_close_is_typed_and_closing_twice_is_quiet(serve: Any) -> None:
    transport = SyncTransport(profile_of(serve({})))
    transport.request("GET", "/v1/x")
    transport.close()
    transport.close()
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        transport.request("GET", "/v1/x")


@pytest.mark.promise("kneo.weakness.26")
@pytest.mark.parametrize("used", [True, False])
async def test_use_after_aclose_is_a_kneo_error(serve: Any, used: bool) -> None:
    platform = serve({"ok": True, "run_id": "r1", "status": "running"})
    client = KneoClient(profile_of(platform))
    if used:
        await client.platform.health.healthz()
    await client.aclose()
    await client.aclose()
    for call in (
        client.platform.health.healthz(),
        client.platform.runs.create({"input": "x"}),
        client.platform.runs.wait_for_completion("r1"),
        client._transport.request("GET", "/v1/x"),
    ):
        with pytest.raises(KneoError, match="this client is closed; create a new one") as caught:
            await call
        assert type(caught.value) is KneoInvalidRequestError
    assert len(platform.requests) == used


@pytest.mark.promise("kneo.weakness.26")
async def test_closing_during_a_call_ends_in_an_answer_or_a_kneo_error(serve: Any) -> None:
    async def call() -> None:
        try:
            results.append(await transport.request("GET", "/v1/x"))
        except KneoError as error:
            results.append(error)

    results: list[Any] = []
    transport = Transport(profile_of(serve({})))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(call)
        await anyio.sleep(0)
        await transport.aclose()
    assert len(results) == 1


@pytest.mark.promise("kneo.weakness.30")
def test_typed_adapters_serve_synchronous_code_too(serve: Any) -> None:
    page = {"runs": [{"id": "r1", "status": "failed"}], "count": 1, "total": 1}
    platform = serve(page, {"run_id": "r1", "status": "completed"})
    client = KneoClient(profile_of(platform))
    listed = asyncio.run(client.platform.runs.list(status="failed"))
    ended = asyncio.run(client.platform.runs.wait_for_completion(listed.runs[0].id, timeout=5))
    assert (type(ended), ended.status) == (types.RunStatusResponse, "completed")
    asyncio.run(client.aclose())


@pytest.mark.promise("kneo.weakness.30")
def test_raw_answers_of_the_sync_transport_become_typed_by_one_call(serve: Any) -> None:
    with SyncTransport(profile_of(serve({"runs": [{"id": "r1", "status": "failed"}], "count": 1}))) as transport:
        page = types.RunListResponse.from_dict(transport.request("GET", "/v1/runs").json())
    assert page.runs[0].status == "failed"
