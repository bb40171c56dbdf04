"""No secret shows: not in an error, its causes or the locals of its frames, not in a log, a repr or a pickle."""

import copy
import json
import logging
import pickle
import traceback
from pathlib import Path
from typing import Any

import pytest
from conftest import KEY, Make, done
from contract_messages import CLIENT_ID, DROP, Answer, error
from contract_server import ContractServer
from faults.refreshes import store_login

from knoxcall import KnoxCall, MemoryTokenStore, errors

SECRET, ASSERTION, REFRESH, KEPT = "sh-secret", "sh.asser.tion", "rt_1", "kc_live_old"
BASIC = "dGtfY2lkOnNoLXNlY3JldA"  # base64 of "tk_cid:sh-secret"
ISSUED = "kc_live_tok_"
HIDDEN = (SECRET, ASSERTION, f"'{REFRESH}'", f"={REFRESH}", KEPT, BASIC, ISSUED, f"'{KEY}'", f" {KEY}")
DOWN = Answer(503, {"error": "down"})
KINDS: dict[str, dict[str, Any]] = {
    "static key": {},
    "client credentials": {"client_id": CLIENT_ID, "client_secret": SECRET},
    "bound": {"client_id": CLIENT_ID, "client_secret": SECRET, "dpop": "always"},
    "stored login": {"detect": True, "base_url": None},
    "workload identity": {"detect": True},
}
FAULTS: dict[str, list[Any]] = {"refused": [error(401)] * 4, "dropped": [DROP] * 4, "not JSON": [Answer(200, "<html>")]}


@pytest.fixture(params=KINDS)
def settings(
    request: pytest.FixtureRequest, server: ContractServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Settings for a client with this kind of credential."""
    monkeypatch.setattr("contract_server.CLIENT_SECRET", SECRET)
    if request.param == "workload identity":
        monkeypatch.setenv("VERCEL_OIDC_TOKEN", ASSERTION)
        monkeypatch.setattr(server, "assertions", _Forgetful())
    if request.param == "stored login":
        path = tmp_path / "knoxcall" / "credentials.json"
        store_login(path, server.url)
        monkeypatch.setenv("KNOXCALL_CREDENTIALS_FILE", str(path))
    return KINDS[request.param]


class _Forgetful(set[str]):
    def add(self, element: str) -> None:
        """Let an assertion be used again."""


def shown(failure: BaseException) -> str:
    """Everything that an error report could hold: also what Sentry and its like take from the frames."""
    report = traceback.TracebackException.from_exception(failure, capture_locals=True)
    ours = [frame for frame in report.stack if "/src/" in frame.filename]
    facts = [repr(failure), str(failure), repr(vars(failure)), *(str(frame.locals) for frame in ours)]
    facts += traceback.format_exception(failure)
    for cause in (failure.__cause__, failure.__context__):
        facts += [repr(cause), repr(vars(cause))] if cause is not None else []
    return "\n".join(facts)


def check(text: str) -> None:
    for secret in HIDDEN:
        assert secret not in text, text[max(0, text.find(secret) - 300) : text.find(secret) + 60]


@pytest.mark.promise("knox.errors.no-secrets")
@pytest.mark.parametrize("place", ["token", "api", "proxy", "stream"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_no_failure_shows_a_secret(
    make: Make,
    server: ContractServer,
    settings: dict[str, Any],
    place: str,
    fault: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    client = make(**settings, retry_max_attempts=2)
    if place == "token":
        server.token_script += FAULTS[fault]
    else:
        await done(client.account.get())
        server.script += FAULTS[fault]
    methods = {"proxy": lambda: client.call("r", method="POST"), "stream": lambda: opened(client)}
    try:
        await done(methods.get(place, client.account.get)())
    except errors.KnoxCallError as failure:
        check(shown(failure))
        check(shown(pickle.loads(pickle.dumps(failure))))
        check(shown(copy.deepcopy(failure)))
    check(caplog.text)
    check(repr(client) + repr(vars(client)) + repr(vars(client._connection)) + repr(client.credential))
    server.script.clear()
    server.token_script.clear()


async def opened(client: Any) -> None:
    stream = client.stream("r", method="POST")
    if hasattr(client.driver.wire, "aclose"):
        async with stream:
            pass
    else:
        with stream:
            pass


@pytest.mark.promise("knox.errors.no-secrets")
async def test_nothing_that_holds_a_secret_can_be_pickled(make: Make, settings: dict[str, Any]) -> None:
    client = make(**settings)
    await done(client.account.get())
    for part in (client, client._connection.settings.credential, client._connection.tokens):
        if part is None or getattr(part, "kind", "") in ("stored login", "workload identity"):
            continue  # these hold a path, and the environment's names
        with pytest.raises((TypeError, AttributeError)):
            pickle.dumps(part)


def test_parts_of_a_client_show_nothing(server: ContractServer) -> None:
    store = MemoryTokenStore()
    settings: Any = {"client_id": CLIENT_ID, "client_secret": "s3cr3t", "base_url": server.url, "token_store": store}
    with KnoxCall(**settings) as client:
        client.account.get()
        connection = client._connection
        assert connection.tokens is not None
        parts = [connection.settings, connection.tokens._held, connection.tokens._credential, store._tokens]
    for part in parts:
        assert "s3cr3t" not in repr(part)
        assert ISSUED not in repr(part)
    assert json.dumps(str(connection.credential)).count(CLIENT_ID) == 1
