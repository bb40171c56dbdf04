"""Identity tokens exchanged for the gateway's, as recorded."""

from typing import Any

import httpx
import pytest
from contract_messages import Answer
from contract_server import ContractServer
from recorded.more import SCENARIOS

from knoxcall import BootstrapError, TokenExchangeError, exchange_token, exchange_token_sync

ANSWER = SCENARIOS["exchange.default"]["outcome"]


async def exchanged(mode: str, **arguments: Any) -> dict[str, Any]:
    return exchange_token_sync(**arguments) if mode == "sync" else await exchange_token(**arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "end"),
    [
        ("exchange.default", {}, ""),
        ("exchange.default", {"resource": None}, ""),
        ("exchange.resource_audience", {"resource": "https://mcp/x", "audience": "aud"}, "/"),
    ],
)
async def test_exchange(mode: str, server: ContractServer, name: str, arguments: Any, end: str) -> None:
    server.script.append(Answer(200, ANSWER))
    assert await exchanged(mode, subject_token="jwt", base_url=server.url + end, **arguments) == ANSWER
    (seen,) = server.seen
    (wanted,) = SCENARIOS[name]["requests"]
    assert (seen.method, seen.path, seen.json) == ("POST", wanted["path"], wanted["body"])
    assert "authorization" not in seen.headers


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(401, {"error": "invalid_grant"}), "invalid_grant"),
        (Answer(400, {"error": {"type": "nested", "message": "m"}}), "nested"),
        (Answer(500, "oops"), "token_exchange_failed"),
        (Answer(302, ""), "token_exchange_failed"),
        (Answer(200, {"token": "x"}), "token_exchange_failed"),
        (Answer(200, []), "token_exchange_failed"),
    ],
)
async def test_refusals_are_never_retried(mode: str, server: ContractServer, answer: Answer, code: str) -> None:
    server.script += [answer, answer]
    with pytest.raises(TokenExchangeError) as caught:
        await exchanged(mode, subject_token="jwt", base_url=server.url)
    assert (caught.value.status, caught.value.code, caught.value.type) == (answer.status, code, code)
    assert len(server.seen) == 1


@pytest.mark.parametrize("wrong", [{}, {"tenant": "a.b/c"}, {"tenant": "acme", "subject_token": ""}])
async def test_what_cannot_be_sent(mode: str, wrong: Any) -> None:
    with pytest.raises(BootstrapError):
        await exchanged(mode, **{"subject_token": "jwt", **wrong})


@pytest.mark.parametrize(("sandbox", "host"), [(False, "acme"), (True, "sandbox-acme")])
def test_hosts(sandbox: bool, host: str) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, json=ANSWER)

    with httpx.Client(transport=httpx.MockTransport(answer)) as own:
        exchange_token_sync(subject_token="jwt", tenant="acme", sandbox=sandbox, http=own)
        assert not own.is_closed
    assert seen == [f"https://{host}.knoxcall.com/v1/oauth/token"]
