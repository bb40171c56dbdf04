"""Tokens: one for everybody, renewed when refused or about to end, shared through stores."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from conftest import Make, done, is_async
from contract_messages import CLIENT_ID, CLIENT_SECRET, DROP, Answer, error
from contract_server import ContractServer
from sdk_engine.errors import Outcome

from knoxcall import BootstrapError, KnoxCall, MemoryTokenStore, errors
from knoxcall.token import LONGEST_LIFETIME, lifetime_of

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
DOWN = Answer(503, {"error": "temporarily_unavailable"})


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def held_clock(client: KnoxCall[Any]) -> Clock:
    """Puts the client's tokens on a clock of their own."""
    clock = Clock()
    assert client._connection.tokens is not None
    client._connection.tokens._clock = clock
    return clock


async def everybody(client: Any, callers: int) -> list[Any]:
    """What many callers at once get: results or exceptions."""
    if is_async(client):
        results: list[Any] = []

        async def ask() -> None:
            try:
                results.append(await client.account.get())
            except Exception as exc:
                results.append(exc)

        async with anyio.create_task_group() as group:
            for _ in range(callers):
                group.start_soon(ask)
        return results

    def one(_: int) -> Any:
        try:
            return client.account.get()
        except Exception as exc:
            return exc

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(one, range(callers)))


@pytest.mark.promise("knox.auth.single-flight")
async def test_herd_cold(make: Make, server: ContractServer) -> None:
    results = await everybody(make(**CREDENTIALS), 200)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert len(server.token_requests) == 1


@pytest.mark.promise("knox.auth.single-flight")
async def test_herd_on_a_token_endpoint_that_is_down(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS)
    flight = client._connection.tokens._flight
    run, waiting, everybody_waits = flight.run, [], threading.Event()

    async def counted(*arguments: Any) -> Any:
        waiting.append(1)
        if len(waiting) == 200:
            everybody_waits.set()
        return await run(*arguments)

    flight.run = counted

    def fail_late(seen: Any) -> Answer:
        assert everybody_waits.wait(30)
        return DOWN

    server.token_script += [fail_late] + [DOWN] * 599
    results = await everybody(client, 200)
    assert {type(result) for result in results} == {errors.ServerError}
    assert len({id(result) for result in results}) == 200  # each has its own, with its own traceback
    assert len(server.token_requests) == 3


@pytest.mark.promise("knox.auth.single-flight", "knox.auth.remint-once")
async def test_herd_with_a_revoked_token(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS)
    await done(client.account.get())
    server.refused.add("kc_live_tok_1")
    results = await everybody(client, 200)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert len(server.token_requests) == 2


@pytest.mark.promise("knox.auth.single-flight", "knox.auth.remint-once")
async def test_herd_when_everything_is_refused(make: Make, server: ContractServer) -> None:
    server.refused |= {f"kc_live_tok_{number}" for number in range(1, 400)}
    results = await everybody(make(**CREDENTIALS), 200)
    assert {type(result) for result in results} == {errors.AuthenticationError}
    assert len(server.token_requests) == 2


@pytest.mark.promise("knox.auth.remint-once", "knox.retries.remint")
async def test_401_is_answered_by_one_new_token(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS, retry_max_attempts=1)
    await done(client.account.get())
    server.refused.add("kc_live_tok_1")
    await done(client.routes.create(name="n", target_base_url="u"))
    assert [seen.headers["authorization"] for seen in server.api_requests[1:]] == [
        "Bearer kc_live_tok_1",
        "Bearer kc_live_tok_2",
    ]
    keys = {seen.headers["x-idempotency-key"] for seen in server.api_requests[1:]}
    assert len(keys) == 1


@pytest.mark.promise("knox.retries.budgets-apart")
async def test_401_does_not_use_up_attempts(make: Make, server: ContractServer) -> None:
    server.script += [error(401), error(503), error(503)]
    assert (await done(make(**CREDENTIALS).account.get()))["id"] == "text"
    assert len(server.api_requests) == 4


async def test_a_replacement_that_never_worked_is_not_replaced_at_once(make: Make, server: ContractServer) -> None:
    server.refused |= {f"kc_live_tok_{number}" for number in range(1, 10)}
    client = make(**CREDENTIALS)
    clock = held_clock(client)
    for _ in range(3):
        with pytest.raises(errors.AuthenticationError):
            await done(client.account.get())
    assert len(server.token_requests) == 2
    clock.now += 6
    with pytest.raises(errors.AuthenticationError):
        await done(client.account.get())
    assert len(server.token_requests) == 3


@pytest.mark.promise("knox.auth.static-key-once")
async def test_a_static_key_is_not_sent_again(make: Make, server: ContractServer) -> None:
    server.script.append(error(401, "unauthorized"))
    with pytest.raises(errors.AuthenticationError) as caught:
        await done(make().account.get())
    assert len(server.seen) == 1
    assert caught.value.code == "unauthorized"


@pytest.mark.promise("knox.auth.refresh-ahead")
async def test_renewed_ahead_of_time(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS)
    await done(client.account.get())
    clock = held_clock(client)
    client._connection.tokens._held.expires = clock.now + 3600
    clock.now += 3299
    await done(client.account.get())
    assert len(server.token_requests) == 1
    clock.now += 2
    await done(client.account.get())
    assert len(server.token_requests) == 2


@pytest.mark.promise("knox.auth.stale-fallback")
async def test_a_token_that_still_works_bridges_an_outage(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS)
    await done(client.account.get())
    clock = held_clock(client)
    client._connection.tokens._held.expires = clock.now + 60
    server.token_script += [DOWN] * 9
    await done(client.account.get())
    await done(client.account.get())  # and is not asked again at once
    assert len(server.token_requests) == 2
    client._connection.tokens._held.expires = clock.now + 5
    with pytest.raises(errors.ServerError):
        await done(client.account.get())
    assert len(server.token_requests) == 5


@pytest.mark.promise("knox.auth.token-endpoint-errors")
async def test_wrong_secret(make: Make, server: ContractServer) -> None:
    with pytest.raises(errors.AuthenticationError) as caught:
        await done(make(client_id=CLIENT_ID, client_secret="wrong").account.get())
    assert caught.value.code == "invalid_client"
    assert "wrong" not in repr(caught.value)
    assert len(server.seen) == 1


@pytest.mark.promise("knox.auth.token-endpoint-errors")
@pytest.mark.parametrize("method", ["account", "call", "authenticate"])
async def test_unreachable_token_endpoint(make: Make, method: str) -> None:
    client = make(**CREDENTIALS, base_url="http://127.0.0.1:1")
    work = {"account": client.account.get, "call": lambda: client.call("r"), "authenticate": client.authenticate}
    with pytest.raises(errors.APIConnectionError) as caught:
        await done(work[method]())
    assert caught.value.attempts == 3
    assert caught.value.outcome is Outcome.NOT_SENT


@pytest.mark.promise("knox.auth.token-endpoint-errors")
@pytest.mark.parametrize(
    "body",
    ["<html>", {}, {"access_token": 5}, {"access_token": "a\nb"}, {"access_token": "secret-token", "token_type": "mac"},
     {"access_token": "secret-token", "token_type": "DPoP"}, []],
)  # fmt: skip
async def test_answers_that_are_no_token(make: Make, server: ContractServer, body: Any) -> None:
    server.token_script.append(Answer(200, body if not isinstance(body, list) else "[]"))
    with pytest.raises(errors.KnoxCallError) as caught:
        await done(make(**CREDENTIALS, dpop="never").account.get())
    assert caught.value.status == 200
    assert "secret-token" not in repr(vars(caught.value)) + str(caught.value)
    assert server.api_requests == []


async def test_dropped_token_requests_are_retried(make: Make, server: ContractServer) -> None:
    server.token_script += [DROP, DROP]
    await done(make(**CREDENTIALS).account.get())
    assert len(server.token_requests) == 3


@pytest.mark.promise("knox.auth.expires-in")
@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [(60, 60), ("90", 90), (None, 3600), (0, 3600), (-5, 3600), (float("nan"), 3600), ("x", 3600),
     (float("inf"), LONGEST_LIFETIME), (1e308, LONGEST_LIFETIME), ([], 3600)],
)  # fmt: skip
def test_lifetimes(expires_in: Any, seconds: float) -> None:
    assert lifetime_of(expires_in) == seconds


@pytest.mark.promise("knox.client.authenticate")
async def test_authenticate_and_sign_out(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS, token_store=MemoryTokenStore())
    await done(client.authenticate())
    await done(client.authenticate())
    assert len(server.token_requests) == 2
    await done(client.sign_out())
    await done(client.account.get())
    assert len(server.token_requests) == 3
    static = make()
    await done(static.authenticate())
    await done(static.sign_out())
    assert len(server.token_requests) == 3


@pytest.mark.promise("knox.stores.keys")
async def test_stores_tell_clients_apart(make: Make, server: ContractServer) -> None:
    store = MemoryTokenStore()
    first = make(**CREDENTIALS, token_store=store, tenant="acme")
    await done(first.account.get())
    again = make(**CREDENTIALS, token_store=store, tenant="acme")
    await done(again.account.get())
    assert len(server.token_requests) == 1
    for different in ({"scope": ["a"]}, {"dpop": "always"}):
        await done(make(**{**CREDENTIALS, **different}, token_store=store, tenant="acme").account.get())
    elsewhere = make(**CREDENTIALS, token_store=store, tenant="acme", base_url=server.url + "/prefix")
    with pytest.raises(errors.KnoxCallError):  # the prefix is not part of the contract
        await done(elsewhere.account.get())
    server.violations.clear()
    other = make(client_id="other", client_secret=CLIENT_SECRET, token_store=store, tenant="acme")
    with pytest.raises(errors.AuthenticationError):  # not the other client's token
        await done(other.account.get())
    assert len([seen for seen in server.seen if seen.path.endswith("/oauth/token")]) == 5


@pytest.mark.promise("knox.stores.failing")
async def test_a_store_that_fails_is_done_without(make: Make, server: ContractServer) -> None:
    class Broken:
        def get(self, key: str) -> Any:
            raise OSError("down")

        set = delete = lock_acquire = get

        def lock(self, key: str) -> Any:
            return self

        def acquire(self) -> None:
            raise OSError("down")

        release = acquire

    client = make(**CREDENTIALS, token_store=Broken())
    assert (await done(client.account.get()))["id"] == "text"
    await done(client.sign_out())


async def test_a_refused_token_of_the_store_is_not_taken_again(make: Make, server: ContractServer) -> None:
    store = MemoryTokenStore()
    await done(make(**CREDENTIALS, token_store=store).account.get())
    server.refused.add("kc_live_tok_1")
    await done(make(**CREDENTIALS, token_store=store).account.get())
    await done(make(**CREDENTIALS, token_store=store).account.get())
    assert len(server.token_requests) == 2


def test_a_static_key_cannot_be_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOXCALL_API_KEY", "tk_x")
    with pytest.raises(BootstrapError):
        KnoxCall(dpop="always")
