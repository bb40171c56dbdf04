"""Every recorded scenario of the contract is done again; what ours must not do again is said there, with the reason."""

import json
from types import SimpleNamespace

import pytest
import recorded.auth
import recorded.identity
import recorded.lifecycle
import recorded.management
import recorded.proxy  # noqa: F401
from conftest import Make
from contract_messages import CONTRACT
from contract_server import ContractServer
from recorded import PROGRAMS, SCENARIOS, VECTORS, Replay, check_replay

RECORDED_KEYS = {"kc_x", "kc_live_x", "tk_x", "tk_live_x", "A"}


@pytest.fixture
def replay(
    make: Make,
    server: ContractServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    mode: str,
) -> Replay:
    server.static_keys |= RECORDED_KEYS
    replay = Replay(server, make, mode != "sync", monkeypatch, tmp_path_factory.mktemp("replay"))

    async def sleep(seconds: float) -> None:
        replay.slept.append(seconds)

    monkeypatch.setattr("sdk_engine.drivers.time", SimpleNamespace(sleep=replay.slept.append))  # nobody else's
    monkeypatch.setattr("sdk_engine.drivers._sleep", sleep)
    return replay


@pytest.mark.promise(
    "knox.errors.classes", "knox.errors.permission-denied", "knox.errors.request-id", "knox.errors.fields"
)
@pytest.mark.promise("knox.proxy.call", "knox.proxy.key-headers", "knox.proxy.caller-headers", "knox.proxy.ephemeral")
@pytest.mark.promise("knox.proxy.environment", "knox.proxy.bound-route", "knox.proxy.bodies", "knox.proxy.hosts")
@pytest.mark.parametrize("name", SCENARIOS)
async def test_recorded_scenario(name: str, replay: Replay) -> None:
    assert name in PROGRAMS, "a scenario that nobody replays: add a program to recorded/"
    program = PROGRAMS[name]
    outcome = await program.run(replay)
    if program.unlike is None:
        check_replay(replay, SCENARIOS[name], outcome)
    else:
        with pytest.raises(AssertionError):
            check_replay(replay, SCENARIOS[name], outcome)


def test_no_program_is_left_over() -> None:
    assert set(PROGRAMS) == set(SCENARIOS)


def test_no_group_of_vectors_is_left_out() -> None:
    groups = {"operations_api_key", "operations_client_credentials", "operations_dpop_always"}  # test_vectors.py
    groups |= {"scenarios", "scenarios_url_auth", "scenarios_lifecycle"}
    assert set(VECTORS) == {"about"} | groups
    webhooks = json.loads((CONTRACT / "webhook_vectors.json").read_text(encoding="utf-8"))
    lists = {name for name, value in webhooks.items() if isinstance(value, list)}
    assert lists == {"construct_webhook_event", "verify_webhook_signature"}  # test_webhooks.py
    files = {file.name for file in CONTRACT.iterdir()}
    files -= {"more_operations.json", "more_types.json", "more_wire_vectors.json"}  # test_vectors, test_more_recorded
    assert files == {"operations.json", "types.json", "webhook_vectors.json", "wire_vectors.json"}
