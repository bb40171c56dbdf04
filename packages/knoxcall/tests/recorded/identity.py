"""Scenarios of credentials that are found: platforms, the environment, stored logins, shared stores."""

import json
import re
import stat
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from contract_messages import Answer
from metadata_server import Metadata
from sdk_engine.redaction import Secret

from knoxcall import MemoryTokenStore, NotAuthenticatedError
from knoxcall.auth.probe import GUESS
from knoxcall.private_files import write_private
from knoxcall.token import Token
from recorded import CREDENTIALS, SCENARIOS, Replay, data, replays

FIRST = "what the environment names goes first; Google Cloud, which has to be asked, is asked last"
ENVIRONMENTS = {
    "wif.azure": {"IDENTITY_ENDPOINT": "http://169.254.130.2:2377/msi/token", "IDENTITY_HEADER": "hdr"},
    "wif.circleci": {"CIRCLE_OIDC_TOKEN_V2": "CJWT"},
    "wif.env_client_creds_come_last": {"KNOXCALL_CLIENT_ID": "a", "KNOXCALL_CLIENT_SECRET": "b"},
    "wif.env_client_creds_lose_to_gcp": {"KNOXCALL_CLIENT_ID": "a", "KNOXCALL_CLIENT_SECRET": "b"},
}


async def identified(replay: Replay, environ: dict[str, str], body: bytes | None) -> dict[str, Any]:
    """Which probes are sent with this environment, and what is exchanged for a token in the end."""
    for name, value in environ.items():
        replay.monkeypatch.setenv(name, value)
    replay.server.token_script.append(Answer(200, {"access_token": "kc_live_tok_1", "expires_in": 3600}))
    with Metadata() as metadata:
        metadata.status, metadata.body = (200, body) if body is not None else (404, b"")
        metadata.stand_in_for(replay.monkeypatch, "metadata.google.internal", "169.254.130.2")
        outcome = await replay.outcome(replay.client(None, detect=True).authenticate)
        probes: list[Any] = []
        for path, headers in metadata.requests:
            named = {name: value for name, value in headers.items() if name in ("metadata-flavor", "x-identity-header")}
            probe = {"method": "GET", "url": f"http://{headers['host']}{path}", "headers": named}
            probes += [{"client_timeout": GUESS.seconds}, probe]
    if outcome is not None:
        raised = outcome["raised"]
        result = {"raised": raised["class"], "mro": raised["mro"]}
    else:
        form = parse_qs(replay.server.seen[0].body.decode())
        result = {"subject_token": form.get("subject_token", [None])[0]}
    return {"env": list(environ), "probes": probes, "result": result}


def recorded_probes(name: str) -> list[Any]:
    """The recorded probes, without what the HTTP library said of itself."""
    probes = json.loads(json.dumps(SCENARIOS[name]["outcome"]["probes"]))
    for probe in probes:
        probe.get("headers", {}).pop("user-agent", None)
    return probes


@replays("wif.aws_irsa", unlike=FIRST)
async def _irsa(replay: Replay) -> Any:
    file = replay.tmp_path / "token"
    file.write_text("IRSAJWT\n")
    found = await identified(replay, {"AWS_WEB_IDENTITY_TOKEN_FILE": str(file)}, None)
    assert (found["probes"], found["result"]) == ([], {"subject_token": "IRSAJWT"})
    return found


@replays("wif.azure", "wif.circleci", unlike=FIRST)
async def _platform(replay: Replay, scenario: dict[str, Any]) -> Any:
    name, recorded = scenario["name"], scenario["outcome"]
    found = await identified(replay, ENVIRONMENTS[name], b'{"access_token": "AZJWT"}')
    assert found["env"] == recorded["env"]
    assert found["probes"] == recorded_probes(name)[2:]
    assert found["result"]["subject_token"] == recorded["result"]["subject_token"]
    return found


@replays("wif.env_client_creds_come_last", "wif.env_client_creds_lose_to_gcp", unlike=FIRST)
async def _environment(replay: Replay, scenario: dict[str, Any]) -> Any:
    found = await identified(replay, ENVIRONMENTS[scenario["name"]], b"GCPJWT")
    assert found["probes"] == []
    assert replay.server.seen[0].form["grant_type"] == "client_credentials"
    return found


@replays("wif.none")
async def _nothing(replay: Replay) -> Any:
    found = await identified(replay, {}, None)
    assert found["probes"] == recorded_probes("wif.none")
    return {**found, "probes": SCENARIOS["wif.none"]["outcome"]["probes"]}


@replays("wif.gcp_200_empty_body", unlike="an empty identity is none")
async def _empty(replay: Replay) -> Any:
    found = await identified(replay, {}, b" ")
    assert found["probes"] == recorded_probes("wif.gcp_200_empty_body")
    assert found["result"]["raised"] == NotAuthenticatedError.__name__
    return found


@replays("wif.remint_resends_same_assertion", unlike="every exchange has its own assertion")
async def _remint(replay: Replay) -> Any:
    client = None
    for assertion in ("ONE-SHOT", "ANOTHER"):
        replay.monkeypatch.setenv("VERCEL_OIDC_TOKEN", assertion)
        client = client or replay.client(None, detect=True)
        await replay.done(client.authenticate())
    bodies = [seen.body.decode() for seen in replay.server.token_requests]
    recorded = SCENARIOS["wif.remint_resends_same_assertion"]["outcome"]
    assert bodies[0].endswith(recorded[0])
    assert "ANOTHER" in bodies[1]
    return [body[-len(recorded[0]) :] for body in bodies]


@replays("env.access_token_beats_api_key")
async def _two_variables(replay: Replay) -> Any:
    replay.monkeypatch.setenv("KNOXCALL_ACCESS_TOKEN", "A")
    replay.monkeypatch.setenv("KNOXCALL_API_KEY", "B")
    replay.server.script.append(data())
    await replay.done(replay.client(None, detect=True).account.get())
    token = replay.server.seen[0].headers["authorization"].removeprefix("Bearer ")
    return f"AccessToken(type='access_token') token={token}"


# --- shared stores


class Watched(MemoryTokenStore):
    """Notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.ops: list[tuple[str, str]] = []

    def get(self, key: str) -> Token | None:
        self.ops.append(("GET", key))
        return super().get(key)

    def set(self, key: str, token: Token) -> None:
        self.ops.append(("SET", key))
        super().set(key, token)

    def lock(self, key: str) -> Any:
        self.ops.append(("LOCK", key))
        return super().lock(key)


@replays(
    "redis.keys_and_ops", unlike="keys name credential, server and proof key; a lock goes in one step on the server"
)
async def _store(replay: Replay) -> Any:
    store = Watched()
    settings = {**CREDENTIALS, "tenant": "acme", "scope": ["b:r", "a:r"], "token_store": store}
    await replay.done(replay.client(**settings).account.get())
    key = f"client:{CREDENTIALS['client_id']}|{replay.server.url}|a:r b:r|bearer"
    assert store.ops == [("GET", key), ("LOCK", key), ("GET", key), ("SET", key)]
    await replay.done(replay.client(**settings).account.get())
    assert store.ops[4:] == [("GET", key)]
    return {"ops": store.ops}


@replays("redis.live_token_sent_to_sandbox_host", unlike="keys name the server: a token never goes to another")
async def _sandbox(replay: Replay) -> Any:
    store = MemoryTokenStore()
    live = Token(Secret("kc_live_tok_1"), "Bearer", time.time() + 3600, 3600.0)
    store.set("client:a|https://api.knoxcall.com||bearer", live)
    settings: Any = {"api_key": None, "client_id": "a", "client_secret": "b", "tenant": "acme", "token_store": store}
    await replay.outcome(replay.far_client(**settings, sandbox=True).account.get)
    assert [note["url"] for note in replay.urls] == ["https://sandbox.knoxcall.com/oauth/token"]
    await replay.outcome(replay.far_client(**settings).account.get)
    assert replay.urls[-1]["headers"]["authorization"] == "Bearer kc_live_tok_1"  # else this would prove nothing
    return {"requests": replay.urls}


@replays(
    "redis.dpop_token_reused_with_wrong_key",
    unlike="tokens bound to a key are no use to another, and not kept",
)
async def _wrong_key(replay: Replay) -> Any:
    store = MemoryTokenStore()
    for _ in range(2):
        await replay.done(replay.client(**CREDENTIALS, dpop="always", token_store=store).account.get())
    assert len(replay.server.token_requests) == 2
    assert store._tokens == {}
    return {"second_process_minted": True, "proof_key_of_second_process_matches": True}


# --- stored logins


def login(replay: Replay, **fields: str) -> Path:
    """The credentials file as it was before the recording."""
    file = replay.tmp_path / "knoxcall" / "credentials.json"
    profile = {
        "tenant": "acme", "base_url": replay.server.url, "client_id": "cli_real", "refresh_token": "rt_1",
        "access_token": "kc_live_file", "access_token_expires_at": "2000-01-01T00:00:00Z", "scope": "a",
    } | fields  # fmt: skip
    write_private(file, json.dumps({"version": 1, "profiles": {"default": profile}}).encode())
    replay.monkeypatch.setenv("KNOXCALL_CREDENTIALS_FILE", str(file))
    return file


@replays("stored.fresh_token_no_refresh")
async def _fresh(replay: Replay) -> Any:
    login(replay, access_token_expires_at="2999-01-01T00:00:00Z")
    replay.server.script.append(data())
    await replay.done(replay.client(None, detect=True, base_url=None).account.get())
    return [[seen.method, seen.path, [seen.headers["authorization"]]] for seen in replay.server.seen]


@replays("stored.expired_refresh")
async def _expired(replay: Replay) -> Any:
    file = login(replay)
    token = {"access_token": "kc_new", "refresh_token": "rt_2", "expires_in": 3600, "scope": "a"}
    replay.server.token_script.append(Answer(200, token))
    replay.server.script.append(data())
    await replay.done(replay.client(None, detect=True, base_url=None).account.get())
    document = json.loads(file.read_bytes())
    profile = document["profiles"]["default"]
    recorded = SCENARIOS["stored.expired_refresh"]["outcome"]
    then = recorded["file_after"]["profiles"]["default"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", profile["access_token_expires_at"])
    assert profile["base_url"] == replay.server.url
    profile |= {name: then[name] for name in ("base_url", "access_token_expires_at")}  # another place and day
    named = ("content-type", "accept", "authorization")
    return {
        "requests": [
            [seen.method, seen.path, seen.body.decode(), {n: v for n, v in seen.headers.items() if n in named}]
            for seen in replay.server.seen
        ],
        "file_after": document,
        "mode": oct(stat.S_IMODE(file.stat().st_mode)),
        "lock_left": file.with_name("credentials.json.lock").exists(),
    }
