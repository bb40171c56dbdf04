"""What the upstream says is the caller's, untouched; only what KnoxCall says itself moves tokens, nonces, retries."""

from typing import Any

import pytest
from conftest import Make, done, is_async
from contract_messages import CLIENT_ID, CLIENT_SECRET, Answer
from contract_server import UPSTREAM_MARKS, ContractServer

from knoxcall import is_refusal

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
NONCE = {"DPoP-Nonce": "upstreams-own"}
CHALLENGE = {**NONCE, "WWW-Authenticate": 'DPoP error="use_dpop_nonce"'}


async def proxied(client: Any, way: str, method: str = "POST") -> Any:
    """One call through the proxy, by one of its ways."""
    body = None if method == "GET" else {"amount": 5}
    if way == "call":
        return await done(client.call("r", method=method, path="/pay", body=body))
    if way == "bound":
        return await done(client.route("r").request(method, "/pay", body=body))
    if way == "ephemeral":
        return await done(client.ephemeral("https://a.example/pay", method=method, body=body))
    if is_async(client):
        async with client.stream("r", method=method, path="/pay", body=body) as answer:
            await answer.aread()
        return answer
    with client.stream("r", method=method, path="/pay", body=body) as answer:
        answer.read()
    return answer


def nonces_learnt(client: Any) -> dict[str, str]:
    learnt: dict[str, str] = client._connection.tokens._endpoint._prover._nonces
    return learnt


@pytest.mark.promise("knox.dpop.nonce", "knox.proxy.retries")
@pytest.mark.parametrize("way", ["call", "bound", "ephemeral", "stream"])
@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (401, CHALLENGE, None),
        (400, CHALLENGE, {"error": "use_dpop_nonce"}),
        (401, NONCE, {"error": {"type": "use_dpop_nonce"}}),
        (401, {"WWW-Authenticate": 'DPoP error="invalid_token"'}, "Unauthorized"),
        (200, NONCE, {"ok": True}),
        (503, {**NONCE, "Retry-After": "0"}, None),
    ],
)
async def test_what_the_upstream_says_is_left_alone(
    way: str, status: int, headers: dict[str, str], body: Any, make: Make, server: ContractServer
) -> None:
    client = make(**CREDENTIALS, dpop="always")
    server.upstream = lambda seen: Answer(status, body, {**headers, UPSTREAM_MARKS[way == "ephemeral"]: str(status)})
    answer = await proxied(client, way)
    assert answer.status_code == status
    assert headers.items() <= {name: answer.headers[name] for name in headers}.items()
    assert not is_refusal(answer)
    assert len(server.api_requests) == len(server.token_requests) == 1
    assert nonces_learnt(client) == {}


@pytest.mark.parametrize("mark", [*UPSTREAM_MARKS, "x-knox-upstream-status", "X-KNOX-DESTINATION-STATUS"])
@pytest.mark.parametrize("value", ["401", "", "0"])
async def test_either_mark_counts_however_it_is_written(
    mark: str, value: str, make: Make, server: ContractServer
) -> None:
    server.upstream = lambda seen: Answer(401, None, {**CHALLENGE, mark: value})
    await proxied(make(**CREDENTIALS, dpop="always"), "call", "GET")
    assert len(server.api_requests) == len(server.token_requests) == 1


@pytest.mark.parametrize("way", ["call", "ephemeral", "stream"])
async def test_what_knoxcall_says_itself_is_heeded(way: str, make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS, dpop="always")
    server.script.append(Answer(401, "Unauthorized", {**CHALLENGE, "DPoP-Nonce": "knoxcalls"}))
    assert (await proxied(client, way)).status_code == 200
    assert len(server.api_requests) == 2
    assert list(nonces_learnt(client).values()) == ["knoxcalls"]
    server.script.append(Answer(401, "Unauthorized"))
    assert (await proxied(client, way)).status_code == 200
    assert len(server.token_requests) == 2


async def test_an_upstream_that_answers_the_second_try_teaches_nothing(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS, dpop="always")
    server.script.append(Answer(401, "Unauthorized", {**CHALLENGE, "DPoP-Nonce": "knoxcalls"}))
    server.upstream = lambda seen: Answer(401, None, {**CHALLENGE, UPSTREAM_MARKS[0]: "401"})
    assert (await proxied(client, "call")).status_code == 401
    assert len(server.api_requests) == 2
    assert list(nonces_learnt(client).values()) == ["knoxcalls"]
