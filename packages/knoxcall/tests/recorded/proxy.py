"""Scenarios of proxied calls: what they carry, where they go, what is repeated."""

import dataclasses
import enum
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from contract_messages import DROP, Answer

from knoxcall import KnoxCall
from recorded import CREDENTIALS, SCENARIOS, UNREACHABLE, Replay, replays

UPSTREAM = {"X-Knox-Upstream-Status": "401"}


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Charge:
    amount: int


@replays("call.body_unsupported_types", unlike="every failure is a KnoxCallError; this one is a ValueError too")
async def _unsupported(replay: Replay) -> Any:
    bodies = {
        "enum": Colour.RED, "dataclass": Charge(1), "path": Path("a"), "bytes_inside": {"a": b"x"},
        "tuple_key": {(1, 2): 1},
    }  # fmt: skip
    client = replay.client()
    found = {}
    for name, body in bodies.items():
        outcome = await replay.outcome(lambda body=body: client.call("r", method="POST", body=body))
        found[name] = outcome["raised"]["class"]
    assert set(found) == set(SCENARIOS["call.body_unsupported_types"]["outcome"])
    assert set(found.values()) == {"InvalidRequestError"}
    return found


@replays("call.body_raw_passthrough")
async def _bodies(replay: Replay) -> Any:
    client = replay.client("kc_live_x")
    for body, headers in [
        (b"\0raw", {"Content-Type": "application/octet-stream"}),
        ("text", None),
        ({"a": 1}, {"content-type": "application/vnd.api+json"}),
        ([1], None),
        ("", None),
        (None, None),
    ]:
        await replay.done(client.call("r", method="POST", body=body, headers=headers))
    found = []
    for seen in replay.server.seen:
        text, length = as_recorded(seen.body)
        found.append([text, seen.headers.get("content-type"), length])
    return found


def as_recorded(body: bytes) -> tuple[str, str]:
    """A body with the blanks that the recorded JSON has, and its length then."""
    text = body.decode()
    if text.startswith("{"):
        text = json.dumps(json.loads(text))
    return text, str(len(text))


@replays("call.kc_token_bearer", "call.legacy_tk_key_as_header")
async def _keys(replay: Replay, scenario: dict[str, Any]) -> Any:
    key = "kc_live_x" if "kc_token" in scenario["name"] else "tk_live_x"
    return await replay.outcome(lambda: replay.client(key).call("payments-stripe", path="/users"))


@replays("call.cc_token")
async def _call(replay: Replay) -> Any:
    return await replay.outcome(
        lambda: replay.client(**CREDENTIALS).call(
            "payments-stripe",
            method="POST",
            path="/v1/charges",
            body={"amount": 2000, "currency": "usd"},
            query={"q": "a b", "n": 10, "f": True, "none": None, "l": [1, 2]},
            headers={"X-Correlation-Id": "abc"},
            environment="staging",
        )
    )


@replays("call.environment_and_header_resolution")
async def _environments(replay: Replay) -> Any:
    client = replay.client(environment="client-env")
    bound = client.route("r", environment="bound-env", headers={"X-A": "bound", "X-B": "b"})
    await replay.done(client.call("r"))
    await replay.done(bound.get())
    await replay.done(bound.get(environment="call-env", headers={"x-a": "call"}))
    await replay.done(client.call("r", environment=""))
    names = ("x-knoxcall-environment", "x-a", "x-b")
    return [[seen.headers.get(name) for name in names] for seen in replay.server.seen]


@replays("call.caller_proxy_auth_headers_stripped")
async def _callers_headers(replay: Replay) -> Any:
    headers = {
        "Authorization": "Bearer evil", "DPoP": "x", "x-KnoxCall-Key": "x", "x-knoxcall-agent-id": "x",
        "x-knoxcall-agent-token": "x", "x-knoxcall-origin": "x", "X-KnoxCall-Environment": "caller-env-header",
        "User-Agent": "mine", "Host": "evil.example", "Transfer-Encoding": "chunked",
    }  # fmt: skip
    return await replay.outcome(lambda: replay.client().call("r", headers=headers))


@replays("call.upstream_401_not_reminted")
async def _upstream_401(replay: Replay) -> Any:
    replay.server.script.append(Answer(401, "", UPSTREAM))
    return await replay.outcome(lambda: replay.client(**CREDENTIALS).call("r"))


@replays("call.gateway_401_reminted_once_then_returned")
async def _gateway_401(replay: Replay) -> Any:
    replay.server.script += [Answer(401, "Unauthorized")] * 2
    replay.server.token_script += [
        Answer(200, {"access_token": "kc_live_tok_1", "token_type": "Bearer", "expires_in": 3600})
    ] * 2  # the recorder gave the same token twice
    client = replay.client(**CREDENTIALS)
    return await replay.outcome(lambda: client.call("r", method="POST", body={"a": 1}))


@replays(*(name for name in SCENARIOS if re.fullmatch(r"call\.status_\d+_returned_raw_no_retry", name)))
async def _raw(replay: Replay, scenario: dict[str, Any]) -> Any:
    replay.server.script.append(Answer(int(scenario["name"].split("_")[1]), {}))
    return await replay.outcome(lambda: replay.client().call("r"))


@replays("call.get_dropped_retried", "call.head_dropped_retried")
async def _repeated(replay: Replay, scenario: dict[str, Any]) -> Any:
    replay.server.script += [DROP] * len(scenario["sleeps"])
    return await replay.outcome(lambda: replay.client().call("r", method=scenario["requests"][0]["method"]))


@replays("call.post_dropped_not_replayed", "call.options_dropped_not_replayed")
async def _not_repeated(replay: Replay, scenario: dict[str, Any]) -> Any:
    replay.server.script.append(DROP)
    (request,) = scenario["requests"]
    return await replay.outcome(lambda: replay.client().call("r", method=request["method"], body=request["body"]))


@replays("call.post_connection_refused_3_attempts")
async def _refused(replay: Replay) -> Any:
    client = replay.client(proxy_base_url=UNREACHABLE)
    return await replay.outcome(lambda: client.call("r", method="POST", body={}))


@replays("ephemeral.all_headers_legacy_key")
async def _ephemeral(replay: Replay) -> Any:
    return await replay.outcome(
        lambda: replay.client("tk_live_x").ephemeral(
            "https://api.stripe.com/v1/charges",
            method="POST",
            body={"card": "{{ token: 'tok' }}"},
            headers={"X-A": "1"},
            encrypted="eyJ9",
            timeout_ms=10000,
            mode="transparent",
            upstream_authorization="Bearer up",
            upstream_auth_secret="sec",
            upstream_auth_scheme="none",
        )
    )


@replays("ephemeral.minimal")
async def _ephemeral_minimal(replay: Replay) -> Any:
    return await replay.outcome(lambda: replay.client().ephemeral("https://api.stripe.com/v1/charges"))


# --- hosts

HOSTS: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "url.default": ({"tenant": "acme"}, {}, "/users"),
    "url.sandbox": ({"tenant": "acme", "sandbox": True}, {}, "/users"),
    "url.staging_api": ({"tenant": "acme", "base_url": "https://api-staging.knoxcall.com"}, {}, "/users"),
    "url.self_hosted_base": ({"base_url": "https://kc.corp.example"}, {}, "/users"),
    "url.proxy_override_tenant_host_port": ({"proxy_base_url": "https://acme.knoxcall.com:8443"}, {}, "/users"),
    "url.proxy_override_with_path": ({"proxy_base_url": "https://acme.knoxcall.com/api"}, {}, "/users"),
    "url.base_env": ({}, {"KNOXCALL_BASE_URL": "http://localhost:3000"}, "/users"),
    "url.sandbox_plus_env_base": ({"sandbox": True}, {"KNOXCALL_BASE_URL": "http://localhost:3000"}, "/users"),
    "url.path_api_prefix_kept": ({"tenant": "acme"}, {}, "/api/v2/t"),
    "url.path_unslashed": ({"tenant": "acme"}, {}, "users"),
    "tenant.uppercase_slug_ok": ({"tenant": "ACME"}, {}, "/users"),
    "tenant.env": ({}, {"KNOXCALL_TENANT": "envten"}, "/users"),
}


@replays(*HOSTS)
async def _hosts(replay: Replay, scenario: dict[str, Any]) -> Any:
    settings, environment, path = HOSTS[scenario["name"]]
    for variable, value in environment.items():
        replay.monkeypatch.setenv(variable, value)
    await replay.done(replay.far_client(**settings).call("r", path=path))
    return replay.urls


@replays("url.path_dotdot_escapes_api_prefix", unlike="a path cannot leave its prefix")
async def _dotdot(replay: Replay) -> Any:
    client = replay.far_client(tenant="acme")
    outcome = await replay.outcome(lambda: client.call("r", path="/../admin/x"))
    assert outcome["raised"]["class"] == "InvalidRequestError"
    assert replay.urls == []
    return replay.urls


@replays("url.ephemeral_uses_management_host")
async def _ephemeral_host(replay: Replay) -> Any:
    await replay.done(replay.far_client(tenant="acme").ephemeral("https://api.example.com/x"))
    return replay.urls


@replays("tenant.discovered_from_account_for_api_key")
async def _discovered(replay: Replay) -> Any:
    account = httpx.Response(200, json={"data": {"slug": "acme"}, "meta": {}})
    await replay.done(replay.far_client(account, api_key="tk_live_x").call("r", path="/users"))
    return replay.urls


@replays("tenant.cc_without_tenant_member_falls_back_to_account")
async def _fallback(replay: Replay) -> Any:
    token = httpx.Response(200, json={"access_token": "kc_live_tok_1", "token_type": "Bearer", "expires_in": 3600})
    account = httpx.Response(200, json={"data": {"slug": "acme"}, "meta": {}})
    client = replay.far_client(token, account, api_key=None, client_id="a", client_secret="b")
    await replay.done(client.call("r", path="/users"))
    return replay.urls


@replays("tenant.hostile_kwarg")
async def _hostile(replay: Replay) -> Any:
    return [refusal(replay, "evil.example/")]


@replays("tenant.slug_reserved_label_api", unlike="a name of KnoxCall's own hosts is no tenant")
async def _reserved(replay: Replay) -> Any:
    return [refusal(replay, "api")]


@replays("tenant.trailing_newline_slug", unlike="refused at construction, by our own error")
async def _newline(replay: Replay) -> Any:
    return [refusal(replay, "acme\n")]


def refusal(replay: Replay, tenant: str) -> dict[str, str]:
    with pytest.raises(ValueError) as caught:
        replay.far_client(tenant=tenant)
    assert type(caught.value).__name__ == "BootstrapError"
    return {"raised": type(caught.value).__name__}


@replays("ctor.positional_rejected")
async def _positional(replay: Replay) -> Any:
    with pytest.raises(TypeError):
        KnoxCall("kc_x")  # type: ignore[call-overload]
    return "KnoxCall() accepts keyword arguments only (TypeError otherwise)"
