"""The examples, run as a person runs them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import KEY
from contract_server import ContractServer

from knoxcall import examples


def run(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", f"knoxcall.examples.{name}", *arguments]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_each_has_a_test() -> None:
    folder = Path(examples.__file__).parent
    assert {file.stem for file in folder.glob("[!_]*.py")} == {"webhooks", "routes"}


@pytest.mark.promise("knox.webhooks.formats")
@pytest.mark.parametrize("webhook_format", ["legacy", "stripe", "github", "slack", "aws-sns", "custom"])
def test_webhooks(webhook_format: str) -> None:
    found = run("webhooks", *([] if webhook_format == "legacy" else [webhook_format]))
    assert found.stderr == ""
    answers = {line[:24].strip(): line[25:28] for line in found.stdout.splitlines()}
    assert answers == {
        "genuine": "200",
        "the same again": "400",
        "signed with the old key": "200",
        "forged": "400",
        "changed on its way": "400",
        "an hour old": "400",
        "not signed": "400",
    }


def test_routes(server: ContractServer) -> None:
    found = run("routes", "payments", "/users", KNOXCALL_BASE_URL=server.url, KNOXCALL_API_KEY=KEY)
    assert found.stderr == ""
    assert "credential: static key (key:" in found.stdout
    assert found.stdout.count("  text ") == 3
    assert "payments /users: 200 from the upstream" in found.stdout
    assert KEY not in found.stdout


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"KNOXCALL_API_KEY": "tk_test_unknown"}, "refused: m (request req_b)"),
        ({"KNOXCALL_API_KEY": KEY, "KNOXCALL_BASE_URL": "http://127.0.0.1:1"}, "no answer (not sent)"),
        ({"GCE_METADATA_HOST": "127.0.0.1:1"}, "no credentials: no identity from Google Cloud"),
    ],
)
def test_routes_says_what_is_missing(environment: dict[str, str], says: str, server: ContractServer) -> None:
    found = run("routes", **{"KNOXCALL_BASE_URL": server.url, **environment})
    assert (found.returncode, found.stderr.startswith(says)) == (1, True), found.stderr
