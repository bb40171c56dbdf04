"""What the logger `knoxcall` says of calls, and what it never says."""

import logging
import subprocess
import sys
from typing import Any

import pytest
from conftest import Make, done
from contract_messages import Answer, error
from contract_server import ContractServer

CREDENTIAL = "s3cret"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
async def test_attempts_and_retries(
    make: Make, server: ContractServer, caplog: pytest.LogCaptureFixture, level: int
) -> None:
    caplog.set_level(level, "knoxcall")
    server.script += [error(503, "dependency_unavailable", "later"), Answer(200, {"data": {}})]
    await done(make().routes.get("r1"))
    lines = [(record.name, record.levelname, record.getMessage()) for record in caplog.records]
    retry = ("knoxcall", "INFO", lines[-1 if level == logging.INFO else 1][2])
    assert retry in lines
    assert retry[2].startswith("status 503 on attempt 1; sleeping 0.")
    attempts = [text for _, name, text in lines if name == "DEBUG"]
    assert len(attempts) == (2 if level == logging.DEBUG else 0)
    assert all(text.startswith(f"GET {server.url}/v1/routes/{{route_id}}: ") for text in attempts)


async def test_token_requests_and_proxied_calls_show_no_secret(
    make: Make, server: ContractServer, credentials: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "knoxcall")
    client: Any = make(**credentials)
    await done(
        client.call("r", method="POST", path=f"/{CREDENTIAL}?{CREDENTIAL}", headers={"X": CREDENTIAL}, body=CREDENTIAL)
    )
    texts = [record.getMessage() for record in caplog.records if record.name == "knoxcall"]
    assert [text.partition(" in ")[0] for text in texts] == [
        f"POST {server.url}/oauth/token: 200",
        f"POST {server.url}/{{path}}: 200",
    ]
    assert CREDENTIAL not in caplog.text
    assert credentials["client_secret"] not in caplog.text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("debug", "GET http://127.0.0.1:1/v1/account: "), ("INFO", "transport error on attempt 1"), ("", "")],
)
def test_the_environment_switches_it_on(asked: str, shown: str) -> None:
    script = (
        "from knoxcall import KnoxCall, KnoxCallError\n"
        "for _ in range(2):\n"
        "    try: KnoxCall(api_key='k', base_url='http://127.0.0.1:1', retry_base_delay=0.001).account.get()\n"
        "    except KnoxCallError: pass\n"
    )
    environ = {"KNOXCALL_LOG": asked, "PATH": ""}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environ, check=True)
    lines = ran.stderr.splitlines()
    assert len(lines) == {"debug": 10, "INFO": 4, "": 0}[asked], ran.stderr
    assert all(" knoxcall " in line for line in lines)
    assert shown in ran.stderr
