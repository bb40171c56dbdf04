"""Token stores whose lock is a function, as users of the published package write them."""

from typing import Any

import anyio
import pytest
from conftest import Make, done
from contract_messages import error
from contract_server import ContractServer
from recorded.more import ACCOUNT, LOGIN, SCENARIOS, check

from knoxcall import CachedToken


class Store:
    """A store as users of the published package write it; it notes what is done to it."""

    def __init__(self) -> None:
        self.tokens: dict[str, CachedToken] = {}
        self.calls: list[str] = []
        self.gate = anyio.Lock()

    async def get(self, key: str) -> CachedToken | None:
        self.calls.append("get")
        return self.tokens.get(key)

    async def set(self, key: str, token: CachedToken) -> None:
        self.calls.append("set")
        self.tokens[key] = token

    async def delete(self, key: str) -> None:
        self.calls.append("delete")
        self.tokens.pop(key, None)

    async def with_lock(self, key: str, fn: Any) -> CachedToken:
        async with self.gate:
            self.calls.append("with_lock enter")
            token: CachedToken = await fn()
            self.calls.append("with_lock exit")
            return token


def recorded_calls(name: str) -> list[str]:
    return [call[0] for call in SCENARIOS[name]["outcome"]["store_calls"]]


@pytest.fixture
def stored(make: Make, server: ContractServer, mode: str) -> tuple[Any, Store]:
    if mode == "trio":
        pytest.skip("such stores are asyncio's")
    store = Store()
    server.token_script += [LOGIN, LOGIN]
    server.script += [ACCOUNT]
    return make(client_id="i", client_secret="x", scope=["b", "a"], token_store=store), store


async def test_a_store_with_a_lock_function(stored: tuple[Any, Store], server: ContractServer) -> None:
    client, store = stored
    server.script += [ACCOUNT]
    await done(client.account.get())
    await done(client.account.get())
    assert store.calls == recorded_calls("store.first_then_cached")
    check(server, "store.first_then_cached")
    (token,) = store.tokens.values()
    assert (token.access_token.expose(), token.scope, token.tenant) == (
        "kc_live_login",
        ["routes:read", "routes:invoke"],
        "acme",
    )
    await done(client.sign_out())
    assert store.tokens == {}


async def test_such_a_store_after_a_refusal(stored: tuple[Any, Store], server: ContractServer) -> None:
    client, store = stored
    server.script[:0] = [error(401)]
    await done(client.account.get())
    assert store.calls == recorded_calls("store.401")
    check(server, "store.401")


async def test_such_a_store_while_no_token_can_be_got(stored: tuple[Any, Store], server: ContractServer) -> None:
    client, store = stored
    await done(client.account.get())
    (token,) = store.tokens.values()
    token.expires_at -= 3500
    store.calls.clear()
    server.token_script[:] = [error(503)]
    server.script += [ACCOUNT]
    await done(client.account.get())
    assert store.calls == recorded_calls("store.stale_ok")
    check(server, "store.stale_ok")


@pytest.mark.parametrize("broken", ["get", "set", "delete", "with_lock"])
async def test_such_a_store_that_fails_is_done_without(
    stored: tuple[Any, Store], server: ContractServer, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, store = stored

    async def fail(*args: object) -> None:
        raise ValueError("down")

    monkeypatch.setattr(store, broken, fail)
    await done(client.account.get())
    await done(client.sign_out())
    assert len(server.api_requests) == 1


async def test_a_lock_function_that_does_nothing(
    stored: tuple[Any, Store], server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, store = stored

    async def nothing(key: str, fn: object) -> None: ...

    monkeypatch.setattr(store, "with_lock", nothing)
    await done(client.account.get())
    assert len(server.api_requests) == 1
