"""How a client uses a store: within the call's time, of either kind, and done without while it is down."""

import asyncio
import logging
import math
import os
import threading
import time
from typing import Any

import anyio
import pytest
from conftest import Make, done
from contract_messages import CLIENT_ID, CLIENT_SECRET
from contract_server import ContractServer
from sdk_engine.deadline import Deadline
from sdk_engine.drivers import SyncDriver
from sdk_engine.testing import FakeSyncWire

from knoxcall import BootstrapError, KnoxCall, MemoryTokenStore, RedisTokenStore
from knoxcall.stores import guarded
from knoxcall.stores.guarded import GuardedStore, Limits

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
KEY = "client:tk_cid|{}||bearer"


class Recorded:
    """A store in memory that notes its calls."""

    def __init__(self) -> None:
        self.inner = MemoryTokenStore()
        self.calls: list[str] = []

    def get(self, key: str) -> Any:
        self.calls.append("get")
        return self.inner.get(key)

    def set(self, key: str, token: Any) -> None:
        self.calls.append("set")
        self.inner.set(key, token)

    def delete(self, key: str) -> None:
        self.calls.append("delete")
        self.inner.delete(key)

    def lock(self, key: str) -> Any:
        self.calls.append("lock")
        return self.inner.lock(key)


class Awaited:
    """The same, to be awaited, on the loop it was first used on."""

    def __init__(self) -> None:
        self.inner = Recorded()

    async def get(self, key: str) -> Any:
        await anyio.lowlevel.checkpoint()
        return self.inner.get(key)

    async def set(self, key: str, token: Any) -> None:
        await anyio.lowlevel.checkpoint()
        self.inner.set(key, token)

    async def delete(self, key: str) -> None:
        await anyio.lowlevel.checkpoint()
        self.inner.delete(key)

    def lock(self, key: str) -> Any:
        return AwaitedLock(self.inner, key)


class AwaitedLock:
    def __init__(self, inner: Recorded, key: str) -> None:
        self.inner, self.lock = inner, inner.lock(key)

    async def acquire(self) -> bool:
        await anyio.lowlevel.checkpoint()
        self.inner.calls.append("acquire")
        taken: bool = self.lock.acquire()
        return taken

    async def release(self) -> None:
        await anyio.lowlevel.checkpoint()
        self.inner.calls.append("release")
        self.lock.release()


# --- both kinds


async def test_a_store_to_be_awaited_serves_clients_that_are(make: Make, server: ContractServer, mode: str) -> None:
    store = Awaited()
    for _ in range(3):
        client = make(**CREDENTIALS, token_store=store)
        await done(client.account.get())
    assert len(server.token_requests) == 1
    assert store.inner.calls == ["get", "lock", "acquire", "get", "set", "release", "get", "get"]
    await done(client.sign_out())
    assert store.inner.inner._tokens == {}


async def test_redis_over_its_asyncio_client(make: Make, server: ContractServer, mode: str, redis_socket: str) -> None:
    import redis.asyncio

    pool = redis.asyncio.Redis(unix_socket_path=redis_socket)
    store = RedisTokenStore(pool, prefix="loop:")
    if mode == "sync":  # on a loop of the client's own
        client = make(**CREDENTIALS, token_store=store)
        client.account.get()
        with redis.Redis(unix_socket_path=redis_socket) as blocking:
            assert blocking.exists("loop:token:" + KEY.format(server.url))
            client.sign_out()
            assert not blocking.keys("loop:token:*")
        return
    if mode == "trio":
        return  # redis-py knows asyncio only
    await pool.flushall()
    for _ in range(2):
        client = make(**CREDENTIALS, token_store=RedisTokenStore(pool))
        await client.account.get()
    assert len(server.token_requests) == 1
    assert await pool.keys() == [f"knoxcall:token:{KEY.format(server.url)}".encode()]
    lock = RedisTokenStore(pool).lock("k")
    assert await lock.acquire()
    assert not await RedisTokenStore(pool).lock("k").acquire()
    await pool.set("knoxcall:lock:k", "somebody else")
    await lock.release()
    assert await pool.get("knoxcall:lock:k") == b"somebody else"
    await client.sign_out()
    assert await pool.exists(f"knoxcall:token:{KEY.format(server.url)}") == 0
    await pool.aclose()


@pytest.mark.parametrize("store", [object(), {"get": 1}, MemoryTokenStore])
def test_what_is_no_store_is_refused(store: Any) -> None:
    if store is MemoryTokenStore:
        store = type("Half", (), {"get": lambda self, key: None, "set": None})()
    with pytest.raises(BootstrapError, match=r"missing: .*delete, lock"):
        KnoxCall(**CREDENTIALS, token_store=store)


# --- stores that fail


class Down(Recorded):
    """A server that answers nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def get(self, key: str) -> Any:
        self.calls.append("get")
        self.let_go.wait(30)


async def test_a_store_that_hangs_costs_one_timeout_once(
    make: Make, server: ContractServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = Down()
    client = make(**CREDENTIALS, token_store=store, timeout=0.3)
    began = time.monotonic()
    await done(client.account.get())
    assert 0.3 <= time.monotonic() - began < 15
    server.refused.add("kc_live_tok_1")
    await done(client.account.get())
    await done(client.sign_out())
    store.let_go.set()
    assert store.calls == ["get"]
    (record,) = [record for record in caplog.records if "token store" in record.message]
    assert "no answer within 0.3 s" in record.message


async def test_a_redis_that_is_not_there_costs_no_more_than_the_timeout(make: Make, server: ContractServer) -> None:
    import redis

    client = make(**CREDENTIALS, token_store=RedisTokenStore(redis.Redis(port=1)), timeout=0.5)
    began = time.monotonic()
    await done(client.account.get())
    assert time.monotonic() - began < 12


def run(plan: Any) -> Any:
    return SyncDriver(FakeSyncWire([])).run(plan)


def limits(seconds: float = 5.0) -> Limits:
    return Limits(math.inf, Deadline(seconds))


def test_an_outage_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    class Flaky(Recorded):
        fails = True

        def get(self, key: str) -> Any:
            super().get(key)
            if self.fails:
                raise ConnectionError("refused")

    now, flaky = [0.0], Flaky()
    store = GuardedStore(flaky, lambda: now[0])
    caplog.set_level(logging.DEBUG, "knoxcall.auth")
    for _ in range(3):
        assert run(store.get("k", limits())) is None
    assert len(flaky.calls) == 1
    now[0] += guarded.PAUSE + 1
    run(store.get("k", limits()))
    assert len(flaky.calls) == 2
    flaky.fails = False
    now[0] += guarded.PAUSE + 1
    run(store.get("k", limits()))
    flaky.fails = True
    run(store.get("k", limits()))
    assert [record.levelname for record in caplog.records] == ["WARNING", "DEBUG", "WARNING"]
    assert "ConnectionError: refused" in caplog.text


def test_who_is_out_of_time_does_not_ask() -> None:
    store = Recorded()
    assert run(GuardedStore(store).get("k", limits(0.0))) is None
    assert store.calls == []


def test_a_lock_is_waited_for_no_longer_than_the_call_lasts() -> None:
    store = Recorded()
    assert store.inner.lock("k").acquire()

    async def work() -> str:
        return "done without"

    began = time.monotonic()
    assert run(GuardedStore(store).locked("k", limits(0.2), work)) == "done without"
    assert 0.2 <= time.monotonic() - began < 15


def test_the_lock_is_free_after_a_failure_and_when_time_is_up() -> None:
    store, now = Recorded(), [0.0]

    async def fail() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        run(GuardedStore(store).locked("k", limits(), fail))
    assert store.inner.lock("k").acquire()
    store.inner.lock("k").release()

    async def linger() -> None:
        now[0] = 99.0

    run(GuardedStore(store).locked("k", Limits(math.inf, Deadline(5.0, lambda: now[0])), linger))
    freed(store.inner)


def freed(store: MemoryTokenStore) -> None:
    """Wait until the lock, which is released in the background, can be had."""
    give_up = time.monotonic() + 5
    while not store.lock("k").acquire():
        assert time.monotonic() < give_up
        time.sleep(0.005)


@pytest.mark.parametrize("kind", [Recorded, Awaited])
@pytest.mark.parametrize("failing", [False, True])
async def test_a_cancelled_caller_frees_the_lock(kind: Any, failing: bool, mode: str, server: ContractServer) -> None:
    if mode == "sync":
        return
    from sdk_engine.drivers import AsyncDriver

    store = kind()
    inner = getattr(store, "inner", None) if kind is Awaited else store
    if failing:
        inner.inner.lock = lambda key: Unreleasable()
    begun = anyio.Event()

    async def work() -> None:
        begun.set()
        from sdk_engine.steps import Sleep

        await Sleep(30)

    driver = AsyncDriver(None)  # type: ignore[arg-type]
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, GuardedStore(store).locked("k", limits(60), work))
        await begun.wait()
        group.cancel_scope.cancel()
    if failing:
        return
    with anyio.fail_after(20):
        while not inner.inner.lock("k").acquire():
            await anyio.sleep(0.005)


class Unreleasable:
    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        raise OSError("down")


def test_a_plan_that_is_dropped_without_a_loop_fails_nobody() -> None:
    plan = GuardedStore(Awaited()).locked("k", limits(), lambda: asyncio.sleep(0))
    step = plan.send(None)
    plan.close()
    assert step is not None
    turn = guarded._Turn(GuardedStore(Awaited()), AwaitedLock(Recorded(), "k"), limits())
    turn._held = True
    turn.abandon()
    assert not guarded._begun


# --- after a fork


def test_a_child_finds_no_lock_of_its_parents_held(server: ContractServer) -> None:
    store = MemoryTokenStore()
    assert store.lock(KEY.format(server.url)).acquire()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with KnoxCall(**CREDENTIALS, base_url=server.url, token_store=store) as client:
                began = time.monotonic()
                client.account.get()
                status = int(time.monotonic() - began > 20)
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not store.lock(KEY.format(server.url)).acquire()
