"""The contract's recorded scenarios: what to do again (the modules here), and how what happens is compared.

A program does to our client what was done to the recorded one and returns what came of it, in the recording's words.
`unlike` says why ours must do something else; such a program asserts what that is, and its replay has to differ.
"""

import contextlib
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from contract_messages import CLIENT_ID, CLIENT_SECRET, CONTRACT, ULID, Answer, Seen
from contract_server import ContractServer
from dpop_verifier import DPoPVerifier, decode

VECTORS: dict[str, Any] = json.loads((CONTRACT / "wire_vectors.json").read_text(encoding="utf-8"))
MORE_VECTORS: dict[str, Any] = json.loads((CONTRACT / "more_wire_vectors.json").read_text(encoding="utf-8"))
SCENARIOS: dict[str, dict[str, Any]] = {
    scenario["name"]: scenario for name in VECTORS if name.startswith("scenarios") for scenario in VECTORS[name]
}
CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
TRANSPORT = {"host", "connection", "accept-encoding", "content-length"}
UNREACHABLE = "http://127.0.0.1:1"

Make = Callable[..., Any]


@dataclass
class Replay:
    """What a program works with. `slept` fills with the seconds that the client would have waited."""

    server: ContractServer
    make: Make
    is_async: bool
    monkeypatch: pytest.MonkeyPatch
    tmp_path: Path
    slept: list[float] = field(default_factory=list)
    urls: list[dict[str, Any]] = field(default_factory=list)

    def client(self, api_key: str | None = "kc_x", **settings: Any) -> Any:
        """A client with the recorded retry timing; by default with the recorded key."""
        own = {"client_id", "api_key", "detect"} & set(settings)
        return self.make(**({} if own or api_key is None else {"api_key": api_key}), retry_base_delay=0.1, **settings)

    def far_client(self, *answers: httpx.Response, **settings: Any) -> Any:
        """A client of KnoxCall's own hosts, whose requests end in `urls`; what is not answered here gets `{}`."""
        script = list(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            named = {"x-knoxcall-route", "x-knoxcall-key", "authorization", "knoxcall-version"}
            names = named | ({"content-type"} if request.content else set())
            headers = {name: value for name, value in request.headers.items() if name in names}
            note = {"method": request.method, "url": str(request.url), "headers": headers}
            self.urls.append(note | ({"body": request.content.decode()} if request.content else {}))
            return script.pop(0) if script else httpx.Response(200, json={})

        kind = httpx.AsyncClient if self.is_async else httpx.Client
        own = kind(transport=httpx.MockTransport(answer))
        return self.make(**{"api_key": "kc_x", "base_url": None, "http_client": own} | settings)

    async def done(self, result: Any) -> Any:
        """The result of a method, awaited if the client is."""
        return await result if isinstance(result, Awaitable) else result

    async def at_once(self, method: Callable[[], Any], callers: int) -> None:
        """Call it from many threads or tasks at the same time."""
        if self.is_async:
            async with anyio.create_task_group() as group:
                for _ in range(callers):
                    group.start_soon(method)
            return
        with ThreadPoolExecutor(callers) as pool:
            for future in [pool.submit(method) for _ in range(callers)]:
                future.result()

    async def outcome(self, method: Callable[[], Any]) -> Any:
        """What comes of it: a result, a raw answer's status, or the error."""
        try:
            result = await self.done(method())
        except Exception as exc:
            return {"raised": described(exc)}
        return {"response_status": result.status_code} if isinstance(result, httpx.Response) else result


@dataclass(frozen=True)
class Program:
    """How to do a scenario again; `unlike` is the reason why ours does not do the same."""

    run: Callable[[Replay], Awaitable[Any]]
    unlike: str | None


PROGRAMS: dict[str, Program] = {}


def replays(*names: str, unlike: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a program for these scenarios. One that serves several is given the scenario, too."""

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            assert name not in PROGRAMS, name
            one: Any = (lambda replay, scenario=SCENARIOS[name]: run(replay, scenario)) if len(names) > 1 else run
            PROGRAMS[name] = Program(one, unlike)
        return run

    return register


def described(exc: Exception) -> dict[str, Any]:
    """An exception as the recordings have it."""
    facts = {"class": type(exc).__name__, "message": str(exc)}
    for name in ("status", "code", "request_id", "retry_after", "fields", "type"):
        if hasattr(exc, name):
            facts[name] = getattr(exc, name)
    return facts | {"mro": [cls.__name__ for cls in type(exc).__mro__]}


def data(value: Any = None, **headers: str) -> Answer:
    """A successful management answer."""
    body = {"data": {"id": "1"} if value is None else value, "meta": {"request_id": "r"}}
    return Answer(200, body, {name.replace("_", "-"): value for name, value in headers.items()})


def check_replay(replay: Replay, recorded: dict[str, Any], outcome: Any) -> None:
    """Assert that this run is the recorded one."""
    if "requests" in recorded:
        assert len(replay.server.seen) == len(recorded["requests"]), replay.server.seen
        for seen, wanted in zip(replay.server.seen, recorded["requests"], strict=True):
            check_request(seen, wanted, replay.server.url)
    check_sleeps(replay.slept, recorded.get("sleeps", []))
    check_outcome(outcome, recorded["outcome"])


def check_sleeps(slept: list[float], recorded: list[float]) -> None:
    """Whole seconds are what a server asked for; everything else is back-off, the same up to its jitter."""
    assert len(slept) == len(recorded), slept
    for number, (ours, wanted) in enumerate(zip(slept, recorded, strict=True)):
        if wanted == int(wanted):
            assert ours == wanted
        else:
            assert 0.05 * 2**number <= ours <= 0.1 * 2**number


def check_outcome(ours: Any, wanted: Any) -> None:
    """Equal; of an error, message and bases as far as they are KnoxCall's words."""
    if not (isinstance(wanted, dict) and isinstance(ours, dict)):
        assert ours == wanted
        return
    if "mro" in wanted:
        assert [name for name in ours["mro"] if name in wanted["mro"]] == wanted["mro"]
        if wanted.get("message") == "<sdk or transport text>":
            assert ours["message"]
        names = set(wanted) - {"mro"} - ({"message"} if str(wanted.get("message")).startswith("<sdk") else set())
        assert {name: ours.get(name) for name in names} == {name: wanted[name] for name in names}
        return
    assert set(ours) == set(wanted)
    for name in wanted:
        check_outcome(ours[name], wanted[name])


def check_request(seen: Seen, recorded: dict[str, Any], url: str) -> None:
    """Assert that a request is the recorded one, its proof included. A body compares as what it means."""
    assert (seen.method, seen.path, seen.query) == (recorded["method"], recorded["path"], recorded["query"])
    expected = dict(recorded["headers"])
    assert set(seen.headers) - TRANSPORT == set(expected)
    for name, value in expected.items():
        if name == "user-agent":
            ours = value if value == "mine" else "knoxcall-sdk-python/"  # never the HTTP library's own
            assert seen.headers[name].startswith(ours)
        elif name == "dpop":
            check_proof(seen, value, url)
        elif value.startswith("<auto ULID"):
            assert ULID.fullmatch(seen.headers[name])
        else:
            assert seen.headers[name] == value, name
    check_body(seen.body, recorded["body"])


def check_body(sent: bytes, recorded: Any) -> None:
    """Assert that a body says what the recorded one says."""
    if not sent:
        assert recorded in (None, "")
    elif isinstance(recorded, str):
        with contextlib.suppress(ValueError):
            recorded = json.loads(recorded)
        assert sent.decode() == recorded
    else:
        assert json.loads(sent) == recorded


def check_proof(seen: Seen, recorded: dict[str, Any], url: str) -> None:
    """Assert that the request's proof is right by the RFC, and says what the recorded one says."""
    scheme, _, token = seen.headers["authorization"].partition(" ")
    DPoPVerifier().check(seen, url, token if scheme == "DPoP" else None)
    claims = json.loads(decode(seen.headers["dpop"].split(".")[1]))
    assert sorted(claims) == recorded["claims"]
    assert claims["htu"] == recorded["htu"].replace("<base>", url)
    assert claims.get("nonce") == recorded.get("nonce")
