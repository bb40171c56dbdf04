"""Token stores: memory, files and a real Redis server, all held to the same behaviour."""

import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from conftest import Make, done
from contract_messages import CLIENT_ID, CLIENT_SECRET
from contract_server import ContractServer
from sdk_engine.redaction import Secret

from knoxcall import FileTokenStore, KnoxCall, MemoryTokenStore, RedisTokenStore
from knoxcall.stores.serial import dump, load
from knoxcall.token import Token

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


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
    first, second, other = store.lock("k"), store.lock("k"), store.lock("other")
    assert other.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    other.release()


@pytest.mark.promise("knox.stores.kinds")
async def test_clients_share_tokens(make: Make, server: ContractServer, store: Any) -> None:
    for _ in range(3):
        await done(make(**CREDENTIALS, token_store=store).account.get())
    assert len(server.token_requests) == 1


@pytest.mark.promise("knox.stores.keys")
async def test_bound_tokens_are_not_kept(make: Make, server: ContractServer, tmp_path: Path) -> None:
    """Nobody else has the key, and a store would fill with tokens that nobody can use."""
    store = FileTokenStore(tmp_path / "tokens")
    for _ in range(3):
        await done(make(**CREDENTIALS, token_store=store, dpop="always").account.get())
    assert len(server.token_requests) == 3
    assert not (tmp_path / "tokens").exists()


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


@pytest.mark.promise("knox.stores.redis-lock")
def test_only_its_owner_releases_a_redis_lock(redis_socket: str) -> None:
    with redis_client(redis_socket) as client:
        client.flushall()
        lock = RedisTokenStore(client, lock_ttl_seconds=20).lock("k")
        assert lock.acquire()
        assert 0 < client.pttl("knoxcall:lock:k") <= 20_000
        client.set("knoxcall:lock:k", "somebody else")  # ours had expired, and theirs began
        lock.release()
        assert client.get("knoxcall:lock:k") == b"somebody else"
        assert not RedisTokenStore(client).lock("k").acquire()


async def test_a_lock_of_redis_that_is_held_elsewhere_is_done_without(
    make: Make, server: ContractServer, redis_socket: str
) -> None:
    with redis_client(redis_socket) as client:
        client.flushall()
        key = f"knoxcall:lock:client:{CLIENT_ID}|{server.url}||bearer"
        client.set(key, "somebody else")
        store = RedisTokenStore(client, lock_wait_ms=100)
        await done(make(**CREDENTIALS, token_store=store).account.get())
        assert client.get(key) == b"somebody else"
        assert client.exists(key.replace("lock", "token"))


@pytest.mark.promise("knox.stores.redis-lock")
def test_tokens_in_redis_expire(redis_socket: str) -> None:
    with redis_client(redis_socket) as client:
        store = RedisTokenStore(client, prefix="p:")
        store.set("k", token())
        assert 600 <= client.ttl("p:token:k") <= 660
        store.set("k", token(expires_at=time.time() - 900))
        assert client.ttl("p:token:k") == 60
        RedisTokenStore(client, prefix="p:", default_cache_ttl_seconds=90).set("k", token())
        assert client.ttl("p:token:k") <= 90


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
