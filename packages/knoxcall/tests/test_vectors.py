"""What published clients were recorded to send is what we send: method, path, query, body and headers."""

import re
from typing import Any
from urllib.parse import parse_qsl

import pytest
from conftest import KEY, Make, done, rows
from contract_messages import INTERCEPTION, OPERATIONS, TYPES, Seen, envelope, sample
from contract_server import ContractServer
from recorded import MORE_VECTORS, VECTORS, check_proof, check_request

from knoxcall.mode import AsyncDriver

BY_NAME = {f"{operation['resource']}.{operation['method']}": operation for operation in OPERATIONS}

UNENCODED = {("logs.get", "encoded_id"), ("logs.proof", "encoded_id")}
"""Recorded with a defect: an id with a slash or a question mark asks for another resource. Ours is encoded."""

KNOWN = [
    vector
    for vector in VECTORS["operations_api_key"] + MORE_VECTORS["operations_api_key"]
    if vector["op"].partition(".")[2] not in INTERCEPTION
    if (vector["op"], vector["variant"]) not in UNENCODED
]
RECORDED = [pytest.param(vector, id=f"{vector['op']}-{vector['variant']}") for vector in KNOWN]


def method(client: Any, name: str) -> Any:
    resource, _, verb = name.partition(".")
    return getattr(getattr(client, resource), verb)


def expected_result(operation: dict[str, Any], kwargs: dict[str, Any]) -> Any:
    answer = envelope(operation, {name: str(value) for name, value in kwargs.items()}, {})
    kind, body = operation["envelope"], answer.body
    if kind in ("page", "cursor_page", "text"):
        return body
    if kind == "none":
        return None
    if kind == "data.tokens":
        return body["data"]["tokens"]
    return {**body["data"], "warning": body["warning"]} if kind == "data+warning" else body["data"]


@pytest.mark.promise("knox.resources.every-method", "knox.results.unwrapped", "knox.results.pages")
@pytest.mark.parametrize("vector", RECORDED)
async def test_recorded_operation(make: Make, server: ContractServer, vector: dict[str, Any]) -> None:
    result = await done(method(make(), vector["op"])(*vector["args"], **vector["kwargs"]))
    if BY_NAME[vector["op"]]["envelope"] == "iterator":
        assert await (anext(result) if isinstance(result._driver, AsyncDriver) else done(next(result)))
    else:
        assert result == expected_result(BY_NAME[vector["op"]], vector["kwargs"])
    (seen,) = server.seen
    check_request(seen, vector["request"], server.url)


@pytest.mark.parametrize("name", [name for name in BY_NAME if BY_NAME[name]["envelope"] != "iterator"])
async def test_every_argument_goes_where_the_contract_says(make: Make, server: ContractServer, name: str) -> None:
    operation = BY_NAME[name]
    args, kwargs = arguments(operation, re.sub(r"[{}]", "", operation["path"]))
    kwargs.pop("cursor", None)
    await done(method(make(), name)(*args, **kwargs))
    (seen,) = server.seen
    names = [argument["name"] for argument in operation["args"] if argument["kind"] == "positional"]
    everything = dict(zip(names, args, strict=True)) | kwargs
    fields = (operation["body"] or {}).get("fields", {})
    assert (seen.json if operation["body"] is not None else {}) == {
        name: everything[facts["from_arg"]] for name, facts in fields.items()
    }
    query = {name: str(everything[arg]) for name, arg in (operation["query"] or {}).items() if arg in everything}
    assert dict(parse_qsl(seen.query)) == query | operation.get("query_constants", {})


@pytest.mark.parametrize("name", ["get", "proof"])
async def test_an_id_never_asks_for_another_resource(make: Make, server: ContractServer, name: str) -> None:
    await done(getattr(make().logs, name)("a/b c?d#é%"))
    assert server.seen[0].target == "/v1/logs/a%2Fb%20c%3Fd%23%C3%A9%25" + ("/proof" if name == "proof" else "")


@pytest.mark.promise("knox.auth.client-credentials")
async def test_recorded_client_credentials(make: Make, server: ContractServer, credentials: dict[str, str]) -> None:
    recorded = VECTORS["operations_client_credentials"]
    client = make(**credentials, scope=["routes:read", "secrets:read"])
    await call_all(client, recorded["requests"])
    token_request, *requests = server.seen
    assert token_request.form == dict(parse_qsl(recorded["token_request"]["body"]))
    check_request(token_request, recorded["token_request"], server.url)
    compare_all(requests, recorded["requests"], server.url)


@pytest.mark.promise("knox.dpop.always")
async def test_recorded_dpop_always(make: Make, server: ContractServer, credentials: dict[str, str]) -> None:
    recorded = VECTORS["operations_dpop_always"]
    client = make(**credentials, dpop="always")
    await call_all(client, recorded["requests"])
    token_request, *requests = server.seen
    check_request(token_request, recorded["token_request"], server.url)
    compare_all(requests, recorded["requests"], server.url)
    assert server.verifier.checked == len(server.seen)


async def call_all(client: Any, recorded: list[dict[str, Any]]) -> None:
    known = {vector["op"]: vector for vector in reversed(VECTORS["operations_api_key"])}
    for request in recorded:
        args, kwargs = arguments(BY_NAME[request["op"]], request["path"])
        if request["op"] in known:
            args, kwargs = known[request["op"]]["args"], known[request["op"]]["kwargs"]
        in_query: dict[str, str] = BY_NAME[request["op"]]["query"] or {}
        kwargs = {name: value for name, value in kwargs.items() if name not in in_query.values()}
        for name, value in parse_qsl(request["query"]):
            kwargs[in_query[name]] = int(value) if value.isdecimal() else value
        await done(method(client, request["op"])(*args, **kwargs))


def arguments(operation: dict[str, Any], path: str) -> tuple[list[str], dict[str, Any]]:
    """Arguments that make this path: what stands in it, and a value of its type for everything else."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation["path"])
    match = re.fullmatch(pattern, path)
    assert match
    values = {argument["name"]: value_of(argument) for argument in operation["args"]} | match.groupdict()
    names = [argument["name"] for argument in operation["args"] if argument["kind"] == "positional"]
    values.pop("idempotency_key", None)
    return [values.pop(name) for name in names], values


def value_of(argument: dict[str, Any]) -> Any:
    kind = argument["type"].split(" | ")[0]
    if argument.get("enum"):
        return argument["enum"][0]
    if kind.startswith("Literal["):
        return True if kind == "Literal[True]" else kind[8:-1].split(",")[0]
    known: dict[str, Any] = {"OpportunityStatus": "pending", "SecretType": "string"}
    known |= {"Sequence[str]": ["text"], "list[Any]": [1]}
    return known.get(kind) or sample(kind)


def compare_all(requests: list[Seen], recorded: list[dict[str, Any]], url: str) -> None:
    for seen, wanted in zip(requests, recorded, strict=True):
        assert (seen.method, seen.path, seen.query) == (wanted["method"], wanted["path"], wanted["query"])
        assert seen.headers["authorization"] == wanted["headers"]["authorization"]
        assert ("dpop" in seen.headers) == ("dpop" in wanted["headers"])
        if "dpop" in wanted["headers"]:
            check_proof(seen, wanted["headers"]["dpop"], url)


@pytest.mark.promise("knox.resources.iterate")
@pytest.mark.parametrize(
    "operation",
    [pytest.param(op, id=f"{op['resource']}.{op['method']}") for op in OPERATIONS if op["envelope"] == "iterator"],
)
async def test_iterators_walk_every_page(make: Make, server: ContractServer, operation: dict[str, Any]) -> None:
    client = make()
    segments = [argument["name"] for argument in operation["args"] if argument["kind"] == "positional"]
    walk = getattr(getattr(client, operation["resource"]), operation["method"])
    found = await rows(walk(*segments))
    assert len(found) == 3
    item = operation["returns"].removeprefix("AsyncIterator[").removesuffix("]")
    assert all(set(row) == set(TYPES[item]["fields"]) for row in found if item in TYPES)
    followed = BY_NAME[f"{operation['resource']}.{operation.get('walks', '')}"] if operation.get("walks") else {}
    key = "cursor" if followed.get("envelope") == "cursor_page" else "page"
    first = "" if key == "cursor" else "page=1"
    assert [seen.query for seen in server.seen] == [first, f"{key}=2", f"{key}=3"]


def test_the_static_key_is_what_the_vectors_have() -> None:
    assert all(
        vector["request"]["headers"]["authorization"] == f"Bearer {KEY}" for vector in VECTORS["operations_api_key"]
    )
