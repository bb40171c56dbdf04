"""Scenarios of tokens and proofs."""

from typing import Any

import pytest
from contract_messages import Answer, error

from knoxcall import BootstrapError
from recorded import CREDENTIALS, UNREACHABLE, Replay, data, replays

DOWN = {"error": "down"}
WANTS_NONCE = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"'}


def bound(token: str = "kc_live_tok_1", **headers: str) -> Answer:
    body = {"access_token": token, "token_type": "DPoP", "expires_in": 3600}
    return Answer(200, body, {name.replace("_", "-"): value for name, value in headers.items()})


@replays("auth.cc_token_cached")
async def _cached(replay: Replay) -> Any:
    client = replay.client(**CREDENTIALS)
    for _ in range(2):
        await replay.done(client.account.get())
    return f"{len(replay.server.api_requests)} calls, {len(replay.server.token_requests)} mint"


@replays("auth.single_flight_10_threads")
async def _single_flight(replay: Replay) -> Any:
    await replay.at_once(replay.client(**CREDENTIALS).account.get, 10)
    server = replay.server
    return {"token_requests": len(server.token_requests), "api_requests": len(server.api_requests)}


@replays("auth.api_key_401_replays_same_key", unlike="a key that was refused is not sent again: nothing has changed")
async def _static_401(replay: Replay) -> Any:
    replay.server.script += [error(401, "unauthorized")] * 2
    outcome = await replay.outcome(replay.client("tk_live_x").account.get)
    assert len(replay.server.seen) == 1
    return outcome


@replays("auth.token_endpoint_503_x3")
async def _endpoint_down(replay: Replay) -> Any:
    replay.server.token_script += [Answer(503, {"error": "temporarily_unavailable"})] * 3
    return await replay.outcome(replay.client(**CREDENTIALS).account.get)


UNUSABLE = "a 2xx that cannot be used has a class of its own, and always its status"


@replays("auth.token_endpoint_html_200", unlike=UNUSABLE)
async def _endpoint_html(replay: Replay) -> Any:
    replay.server.token_script.append(Answer(200, "<html>"))
    outcome = await replay.outcome(replay.client(**CREDENTIALS).account.get)
    assert (outcome["raised"]["class"], outcome["raised"]["status"]) == ("UnusableResponseError", 200)
    return outcome


@replays("auth.token_type_dpop_but_mode_never", unlike=UNUSABLE)
async def _endpoint_dpop(replay: Replay) -> Any:
    replay.server.token_script.append(bound())
    outcome = await replay.outcome(replay.client(**CREDENTIALS, dpop="never").account.get)
    assert (outcome["raised"]["class"], outcome["raised"]["status"]) == ("UnusableResponseError", 200)
    return outcome


@replays("auth.dpop_nonce_token_endpoint_then_reuse")
async def _nonce_of_the_endpoint(replay: Replay) -> Any:
    refusal = Answer(400, {"error": "use_dpop_nonce"}, {"DPoP-Nonce": "n1"})
    replay.server.token_script += [refusal, bound(DPoP_Nonce="n1b")]
    replay.server.script += [data(DPoP_Nonce="n2"), data()]
    client = replay.client(**CREDENTIALS, dpop="always")
    for _ in range(2):
        await replay.done(client.account.get())
    return "ok"


@replays("auth.dpop_nonce_resource_401_header_only")
async def _nonce_of_the_api(replay: Replay) -> Any:
    replay.server.script += [Answer(401, None, {**WANTS_NONCE, "DPoP-Nonce": "n9"}), data()]
    return await replay.outcome(replay.client(**CREDENTIALS, dpop="always").account.get)


@replays("call.dpop_nonce_data_plane_header_only")
async def _nonce_of_the_proxy(replay: Replay) -> Any:
    replay.server.script += [Answer(401, "Unauthorized", {**WANTS_NONCE, "DPoP-Nonce": "dn"}), Answer(200, {})]
    client = replay.client(**CREDENTIALS, dpop="always")
    return await replay.outcome(lambda: client.call("r"))


@replays(
    "auth.api_key_with_dpop_always_management",
    "auth.api_key_with_dpop_always_call",
    unlike="a key cannot be bound to a proof, so the client is not made",
)
async def _static_dpop(replay: Replay, scenario: Any) -> Any:
    with pytest.raises(BootstrapError):
        replay.client("tk_live_x", dpop="always")
    return "refused"


@replays("auth.stale_token_fallback_needs_10s")
async def _stale(replay: Replay) -> Any:
    client = replay.client(**CREDENTIALS)
    await replay.done(client.account.get())
    held = client._connection.tokens._held
    clock = client._connection.tokens._clock
    replay.server.token_script += [Answer(503, DOWN)] * 4
    held.expires = clock() + 60
    await replay.done(client.account.get())
    held.expires = clock() + 5
    late = await replay.outcome(client.account.get)
    return {"60s_left": "served with the cached token", "5s_left": late["raised"]}


@replays("auth.token_endpoint_unreachable_error_types", unlike="no exception of the HTTP library gets out")
async def _unreachable(replay: Replay) -> Any:
    client = replay.client(**CREDENTIALS, base_url=UNREACHABLE)
    methods = {"management": client.account.get, "call": lambda: client.call("r"), "authenticate": client.authenticate}
    found = {name: (await replay.outcome(method))["raised"] for name, method in methods.items()}
    assert {error["class"] for error in found.values()} == {"APIConnectionError"}
    return found
