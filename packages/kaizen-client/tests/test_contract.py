"""Operations, models and answers, held against the service's OpenAPI document as `data/operations.json` records it."""

import json
from typing import Any

import pytest

from kaizen_client import models, operations
from kaizen_client.local import LocalService
from kaizen_client.observing import name_of
from kaizen_client.payloads import MODELS

from .conftest import DATA

CONTRACT = json.loads((DATA / "operations.json").read_text(encoding="utf-8"))
FIELDS = [(model, field) for model, fields in CONTRACT["models"].items() for field in fields]
TYPES: dict[str, Any] = {
    "any": {},
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "null": {"type": "null"},
    "list[str]": {"type": "array", "items": {"type": "string"}},
    "dict[str,any]": {"type": "object", "additionalProperties": True},
}
WORDS = {"min_length": "minLength", "max_length": "maxLength", "ge": "minimum"}
PAYLOADS: dict[str, Any] = {"data": "a: 1", "prompt": {"a": 1}, "ktof": "a: 1"}


@pytest.mark.promise("kaizen.contract.openapi")
def test_the_operations_are_those_of_the_contract() -> None:
    contract = {op["method"]: (op["http"], op["path"]) for op in CONTRACT["operations"]}
    assert {name_of(op.path): (op.method, op.path) for op in operations.ALL} == contract
    for op in CONTRACT["operations"]:
        if op["request_model"]:
            assert issubclass(MODELS[op["method"]], getattr(models, op["request_model"]))


@pytest.mark.promise("kaizen.contract.openapi")
@pytest.mark.parametrize("name", list(CONTRACT["models"]))
def test_the_models_are_those_of_the_contract(name: str) -> None:
    schema = getattr(models, name).model_json_schema()
    fields = CONTRACT["models"][name]
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == set(fields)
    assert set(schema.get("required", [])) == {field for field, facts in fields.items() if facts["required"]}


@pytest.mark.promise("kaizen.contract.openapi")
@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_the_fields_are_those_of_the_contract(model: str, field: str) -> None:
    facts = CONTRACT["models"][model][field]
    found = getattr(models, model).model_json_schema()["properties"][field]
    assert found.get("default") == facts.get("default")
    limits = {WORDS[word]: value for word, value in facts.get("constraints", {}).items()}
    wanted = [expected(name, limits) for name in facts["type"].split("|")]
    given = found.get("anyOf") or [{name: found[name] for name in found if name not in ("title", "default")}]
    assert sorted(json.dumps(each, sort_keys=True) for each in given) == sorted(
        json.dumps(each, sort_keys=True) for each in wanted
    )


def expected(name: str, limits: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of one alternative of a field."""
    if name not in TYPES:
        return {"$ref": f"#/$defs/{name}"}
    return TYPES[name] if name == "null" else {**TYPES[name], **limits}


@pytest.mark.promise("kaizen.contract.openapi")
@pytest.mark.parametrize("dialect", ["documented", "backend"])
@pytest.mark.parametrize("op", CONTRACT["operations"], ids=lambda op: op["method"])
def test_the_stand_in_answers_as_the_contract_describes(op: dict[str, Any], dialect: Any) -> None:
    model = op["request_model"]
    required = [name for name, facts in CONTRACT["models"].get(model, {}).items() if facts["required"]]
    body = {name: PAYLOADS[name] for name in required}
    content = json.dumps(body).encode() if model else None
    status, answer = LocalService(dialect).handle(op["http"], op["path"], {}, content)
    described = op["response_documented" if dialect == "documented" else "response_backend_reference"] or {}
    assert status == 200
    optional = {"token_stats", "metadata"}  # when the request asks for them
    assert set(answer) <= {name.rstrip("?") for name in described} | {"operation", "result"}
    assert set(answer) >= {name for name in described if not name.endswith("?")} - optional
    if "status" in described:
        assert repr(answer["status"]) in described["status"]
    for broken in (b"{", b"[]", b'{"unknown": 1}'):
        if model:
            refusal, problems = LocalService(dialect).handle(op["http"], op["path"], {}, broken)
            assert refusal == 422
            assert all({"type", "loc", "msg"} <= problem.keys() for problem in problems["detail"])
