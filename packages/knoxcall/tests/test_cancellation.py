"""Callers that are cancelled: nobody else is held up, nothing used once is lost, every connection comes back."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from contract_messages import CLIENT_ID, CLIENT_SECRET, Answer, Seen
from contract_server import ContractServer
from faults.refreshes import profile_of, store_login

from knoxcall import AsyncKnoxCall, KnoxCall, MemoryTokenStore

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.fixture(params=["asyncio native", "asyncio scope", "trio scope"])
def way(request: pytest.FixtureRequest) -> str:
    """The loop, and how a caller is cancelled on it: by asyncio itself, or by a scope of anyio or trio."""
    return request.param


@pytest.fixture
def anyio_backend(way: str) -> str:
    return way.split()[0]


class Held:
    """An answer that waits until it is let go."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.asked, self.let_go = threading.Event(), threading.Event()
        self.answer = answer

    def __call__(self, seen: Seen) -> Answer:
        self.asked.set()
        assert self.let_go.wait(30)
        return self.answer or Answer(200, {"access_token": "kc_live_new", "expires_in": 3600, "refresh_token": "rt_2"})


async def cancelled(way: str, call: Any, held: Any, *, after: Any = None) -> None:
    """Cancel the call while the server is at it; `after` runs between that and the call's end."""

    async def meanwhile() -> None:
        if after is not None:
            await after()

    if way == "asyncio native":
        task = asyncio.ensure_future(call())
        await anyio.to_thread.run_sync(held.asked.wait)
        task.cancel()
        await asyncio.sleep(0)
        await meanwhile()
        with pytest.raises(asyncio.CancelledError):
            await task
        return
    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await anyio.to_thread.run_sync(held.asked.wait)
        group.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            await meanwhile()


@pytest.mark.promise("knox.auth.single-flight")
@pytest.mark.parametrize("store", [None, MemoryTokenStore])
async def test_who_waits_for_a_cancelled_caller_gets_a_token(way: str, store: Any, server: ContractServer) -> None:
    held = Held()
    server.token_script.append(held)
    client = KnoxCall(sync=False, **CREDENTIALS, base_url=server.url, token_store=store and store())
    async with client:
        results: list[Any] = []

        async def wait_for_it() -> None:
            results.append(await client.account.get())

        async with anyio.create_task_group() as group:

            async def others() -> None:
                group.start_soon(wait_for_it)
                group.start_soon(wait_for_it)

            await cancelled(way, client.account.get, held, after=others)
            held.let_go.set()
        assert [result["id"] for result in results] == ["text", "text"]
    assert len(server.token_requests) == 2


@pytest.mark.promise("knox.auth.single-use")
async def test_a_refresh_token_that_was_sent_is_replaced_in_the_file(
    way: str, server: ContractServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "knoxcall" / "credentials.json"
    store_login(path, server.url)
    monkeypatch.setenv("KNOXCALL_CREDENTIALS_FILE", str(path))
    held = Held()
    server.token_script.append(held)
    async with KnoxCall(sync=False) as client:

        async def let_go() -> None:
            held.let_go.set()

        await cancelled(way, client.account.get, held, after=let_go)
        assert profile_of(path)["refresh_token"] == "rt_2"
        server.tokens["kc_live_new"] = None
        assert (await client.account.get())["id"] == "text"
    assert len(server.token_requests) == 1


async def test_a_lock_that_is_waited_for_does_not_hold_a_cancelled_caller(
    way: str, server: ContractServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from knoxcall.auth.stored import RefreshLock

    path = tmp_path / "knoxcall" / "credentials.json"
    store_login(path, server.url)
    monkeypatch.setenv("KNOXCALL_CREDENTIALS_FILE", str(path))
    others, held = RefreshLock(path), Held()
    assert others.take_turn()
    real = RefreshLock.take_turn

    def take_turn(lock: RefreshLock) -> bool:
        held.asked.set()
        return real(lock)

    monkeypatch.setattr(RefreshLock, "take_turn", take_turn)
    async with KnoxCall(sync=False) as client:
        with anyio.fail_after(5):  # the lock would be waited for for a minute
            await cancelled(way, client.account.get, held)
        others.release()
        assert (await client.account.get())["id"] == "text"
    assert server.refreshes == 1
    assert json.loads(path.read_bytes())["version"] == 1


class Streaming(httpx.AsyncByteStream):
    """A body that never ends, and knows whether it was closed."""

    def __init__(self) -> None:
        self.asked, self.closed = threading.Event(), False

    async def __aiter__(self) -> Any:
        yield b"first"
        self.asked.set()
        await anyio.sleep_forever()

    async def aclose(self) -> None:
        await anyio.lowlevel.checkpoint()  # as a real one has it: a cancelled caller fails here
        self.closed = True


@pytest.mark.promise("knox.proxy.stream")
async def test_a_stream_is_released_when_its_reader_is_cancelled(way: str) -> None:
    body = Streaming()
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=body))
    async with httpx.AsyncClient(transport=transport) as own:
        client: AsyncKnoxCall = KnoxCall(sync=False, api_key="k", tenant="acme", http_client=own)

        async def read() -> None:
            async with client.stream("r") as response:
                async for _ in response.aiter_bytes():
                    pass

        await cancelled(way, read, body)
    assert body.closed
