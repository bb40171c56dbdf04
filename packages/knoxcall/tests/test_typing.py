"""What type checkers see: both modes, every result, and mistakes."""

import inspect
import json
import re
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest
from contract_messages import CONTRACT, OPERATIONS, TYPES

import knoxcall.types
from knoxcall import KnoxCall

HERE = Path(__file__).parent
OFF_SEED = {"ProofAnchor", "ProofStep", "RequestLog", "RequestLogPage", "RequestLogProof", "Role", "RolePage"}
NULL_TOO = {  # what is delivered for a timeout, as the service's other SDKs have it
    ("RequestEventData", "environment"),
    ("RequestEventRequest", "ip"),
    ("RequestEventResponse", "status"),
    ("RequestEventResponse", "latency_ms"),
}
CLIENT = KnoxCall(api_key="k")


@pytest.mark.promise("knox.results.types")
@pytest.mark.parametrize("name", sorted(set(TYPES) - OFF_SEED))
def test_every_record_has_its_type(name: str) -> None:
    record = getattr(knoxcall.types, name)
    hints = typing.get_type_hints(record, include_extras=True)
    facts = TYPES[name]
    assert list(hints) == list(facts["fields"])
    for field, kind in facts["fields"].items():
        shown = show(hints[field])
        if (name, field) in NULL_TOO:
            kind += " | None"
        assert shown == (f"NotRequired[{kind}]" if field in facts["optional_fields"] else kind)


def show(hint: Any) -> str:
    """A type as the contract spells it."""
    text = str(hint) if typing.get_origin(hint) else getattr(hint, "__name__", str(hint))
    text = re.sub(r"(typing_extensions|typing|knoxcall\.types\.\w+)\.", "", text)
    return re.sub(r"Optional\[(.*?)\](?=$|\])", r"\1 | None", text)


@pytest.mark.promise("knox.resources.every-method", "knox.resources.same-surface")
@pytest.mark.parametrize("operation", [pytest.param(o, id=f"{o['resource']}.{o['method']}") for o in OPERATIONS])
def test_every_signature(operation: dict[str, Any]) -> None:
    bound = getattr(getattr(CLIENT, operation["resource"]), operation["method"])
    parameters = dict(inspect.signature(bound).parameters)
    options = parameters.pop("options")
    writes = operation["http_method"] != "GET"
    assert options.annotation == f"Unpack[{'WriteOptions' if writes else 'CallOptions'}]"
    wanted = {argument["name"]: argument for argument in operation["args"] if argument["name"] != "idempotency_key"}
    assert set(parameters) == set(wanted)
    for name, argument in wanted.items():
        parameter = parameters[name]
        positional = parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert positional == (argument["kind"] == "positional")
        assert (parameter.default is inspect.Parameter.empty) == argument["required"]
        if not argument["required"] and argument["default"] is not None:
            assert parameter.default == argument["default"]
    assert bound.__doc__.startswith(("`", "Walk "))
    returned = operation["returns"].replace("AsyncIterator[", "Pager[")
    shown = str(inspect.signature(bound).return_annotation).replace("builtins.", "").replace(", D]", "]")
    assert shown == returned


def test_there_are_no_methods_beyond_the_contract() -> None:
    extra = {"webhooks.construct_event", "routes.iterate_logs", "webhooks.iterate_logs"}
    names = {f"{operation['resource']}.{operation['method']}" for operation in OPERATIONS} | extra
    resources = {operation["resource"] for operation in OPERATIONS}
    found = {
        f"{resource}.{name}"
        for resource in resources
        for name in dir(type(getattr(CLIENT, resource)))
        if not name.startswith("_") and name != "driver"
    }
    assert found == names


USES = """
from knoxcall import AsyncKnoxCall, KnoxCall
from knoxcall.types import Route, RouteFull, RoutePage


def blocking(client: KnoxCall) -> None:
    page: RoutePage = client.routes.list(page=2, per_page=50)
    name: str = page["data"][0]["name"]
    for route in client.routes.iterate():
        also: Route = route
    created: RouteFull = client.routes.create(name=name, target_base_url="https://api.example.com", timeout=3)
    status: int = client.call("payments", path="/users").status_code
    bound = client.route("ops", environment="production")
    text: str = bound.get("/computers").text
    with client.stream("ops") as response:
        chunks: list[bytes] = list(response.iter_bytes())


async def awaited() -> None:
    async with KnoxCall(sync=False) as client:
        page: RoutePage = await client.routes.list()
        async for route in client.routes.iterate():
            name: str = route["name"]
        status: int = (await client.route("r").post("/x", body={})).status_code
        async with client.stream("ops") as response:
            async for chunk in response.aiter_bytes():
                part: bytes = chunk
        also: AsyncKnoxCall = client


with KnoxCall() as client:
    blocking(client)
"""

MISTAKES = {
    "client.routes.list(pgae=2)": "pgae",
    "client.routes.get(5)": "int",
    "client.routes.create(name='x')": "target_base_url",
    "client.account.get()['nmae']": "nmae",
    "client.aclose()": "aclose",
    "KnoxCall(api_kee='x')": "api_kee",
    "client.routes.update('r', name=5)": "int",
    "client.oauth_clients.create(name='n', type='secret')": "secret",
}


@pytest.mark.promise("knox.results.mypy")
@pytest.mark.parametrize("checker", ["mypy", "basedpyright"])
def test_type_checkers_agree(checker: str, tmp_path: Path) -> None:
    uses = tmp_path / "uses.py"
    uses.write_text(USES, encoding="utf-8")
    wrong = tmp_path / "wrong.py"
    lines = ["from knoxcall import KnoxCall", "client = KnoxCall()", *MISTAKES]
    wrong.write_text("\n".join(lines) + "\n", encoding="utf-8")
    config = tmp_path / "pyrightconfig.json"
    config.write_text(
        json.dumps(
            {
                "typeCheckingMode": "strict",
                "reportUnusedVariable": False,
                "reportUnusedExpression": False,
                "reportUnusedCallResult": False,
            }
        )
    )
    command = ["--strict"] if checker == "mypy" else ["-p", str(config), "--pythonpath", sys.executable]
    good = run(checker, [*command, str(uses)] if checker == "mypy" else command, tmp_path)
    complaints = [line for line in good.splitlines() if "uses.py" in line and "error" in line]
    assert complaints == []
    bad = run(checker, [*command, str(wrong)] if checker == "mypy" else command, tmp_path)
    for number, mistake in enumerate(MISTAKES, 3):
        assert any(f"wrong.py:{number}:" in line and "error" in line for line in bad.splitlines()), mistake


def run(checker: str, arguments: list[str], folder: Path) -> str:
    command = [sys.executable, "-m", checker, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180, check=False).stdout


def test_the_recorded_files_are_those_of_the_contract() -> None:
    shared = Path(__file__).resolve().parents[4] / "shared" / "contracts" / "knoxcall"
    if not shared.is_dir():
        pytest.skip("the contract's pages are not beside the repository")
    for file in CONTRACT.glob("*.json"):
        assert file.read_bytes() == (shared / file.name).read_bytes()
