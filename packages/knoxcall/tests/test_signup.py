"""Signing up and claiming, with and without an event loop."""

from collections.abc import Callable
from typing import Any

import pytest
from contract_messages import Answer, error, sample
from contract_server import ContractServer

from knoxcall import (
    APIConnectionError,
    BootstrapError,
    SignupError,
    claim_signup,
    claim_signup_sync,
    signup,
    signup_sync,
)

Call = Callable[..., Any]


@pytest.fixture
def ask(mode: str, server: ContractServer) -> Call:
    async def call(what: str, **arguments: Any) -> Any:
        arguments = {"base_url": server.url, **arguments}
        if mode == "sync":
            return {"signup": signup_sync, "claim": claim_signup_sync}[what](**arguments)
        return await {"signup": signup, "claim": claim_signup}[what](**arguments)

    return call


@pytest.mark.promise("knox.signup.signup")
async def test_signup(ask: Call, server: ContractServer) -> None:
    fields = {"email": "dev@example.com", "tenant_name": "Acme Inc", "region": "eu"}
    assert await ask("signup", **fields) == sample("SignupResult")
    assert (server.seen[0].method, server.seen[0].path, server.seen[0].json) == ("POST", "/v1/signup", fields)


@pytest.mark.promise("knox.signup.claim")
async def test_claim(ask: Call, server: ContractServer) -> None:
    assert await ask("claim", claim_handle="h") == sample("SignupClaimResult")
    assert server.seen[0].json == {"claim_handle": "h"}
    server.script.append(Answer(202, {"data": {"status": "pending", "poll_after_seconds": 5}}))
    assert (await ask("claim", claim_handle="h"))["status"] == "pending"


@pytest.mark.promise("knox.signup.errors")
async def test_refusals(ask: Call, server: ContractServer) -> None:
    server.script.append(error(409, "slug_taken", "taken"))
    with pytest.raises(SignupError) as caught:
        await ask("signup", email="d@e.f", tenant_name="A")
    assert (str(caught.value), caught.value.status, caught.value.type) == ("taken", 409, "slug_taken")
    assert caught.value.request_id == "req_b"


@pytest.mark.promise("knox.signup.errors")
@pytest.mark.parametrize(
    "answer", [Answer(502, "<html>"), Answer(200, "[1]"), Answer(200, "{}"), Answer(500), Answer(302)]
)
async def test_answers_that_make_no_sense(ask: Call, server: ContractServer, answer: Answer) -> None:
    server.script.append(answer)
    with pytest.raises(SignupError) as caught:
        await ask("signup", email="d@e.f", tenant_name="A")
    assert caught.value.status == answer.status
    assert len(server.seen) == 1  # never tried again


@pytest.mark.promise("knox.signup.errors")
async def test_nobody_answers(ask: Call) -> None:
    with pytest.raises(APIConnectionError):
        await ask("signup", email="d@e.f", tenant_name="A", base_url="http://127.0.0.1:1")
    with pytest.raises(BootstrapError):
        await ask("claim", claim_handle="h", base_url="nonsense")


async def test_the_environment_names_the_host(
    ask: Call, server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOXCALL_BASE_URL", server.url)
    await ask("claim", claim_handle="h", base_url=None)
    assert len(server.seen) == 1


@pytest.mark.parametrize("timeout", [0, -1, "5", None, float("inf"), float("nan")])
async def test_a_timeout_that_is_none_is_refused_before_anything_is_sent(
    ask: Call, server: ContractServer, timeout: Any
) -> None:
    with pytest.raises(BootstrapError, match="timeout must be a positive number of seconds"):
        await ask("signup", email="d@e.f", tenant_name="A", timeout=timeout)
    assert server.seen == []
