"""Result types as mappings, lists and objects by name, and what web frameworks make of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fastapi
import flask
import pydantic
import pytest
from fastapi.testclient import TestClient

from kneo_client import types
from kneo_client.core.models import UNSET, Model

# --- mappings


def pages() -> list[Model]:
    """The same run as a listed row and as an answer of its own."""
    fields = {"id": "r1", "status": "sleeping", "input_text": None, "new_in_9": {"deep": [1]}}
    row = types.RunListResponse.from_json(json.dumps({"runs": [fields], "count": 1}).encode()).runs[0]
    return [
        row,
        types.RunStatusResponse.from_json(json.dumps({"run_id": "r", **fields}).encode()),
        types.RunStatusResponse.from_dict({"run_id": "r1", **fields}),
    ]


@pytest.mark.parametrize("model", pages(), ids=["row", "answer", "from_dict"])
def test_a_model_is_a_whole_mapping(model: Model) -> None:
    fields = model.to_dict()
    assert isinstance(model, Mapping)
    assert (
        {**model}
        == dict(model)
        == dict(model.items())
        == dict(zip(model.keys(), model.values(), strict=True))
        == fields
    )
    assert list(model) == list(model.keys()) == list(fields)
    assert len(model) == len(fields)
    assert fields["input_text"] is None
    assert fields["new_in_9"] == {"deep": [1]}
    assert json.loads(json.dumps(dict(model))) == json.loads(json.dumps(model.to_dict())) == fields
    assert "note" not in model
    assert 5 not in model


@pytest.mark.parametrize("model", pages(), ids=["row", "answer", "from_dict"])
def test_fields_can_be_assigned_and_deleted_by_attribute_and_by_name(model: Any) -> None:
    model.status = "done"
    assert model["status"] == dict(model)["status"] == "done"
    model["status"] = "failed"
    model["labels"] = {"a": 1}
    model["colour"] = "red"
    assert model.status == model.to_dict()["status"] == "failed"
    assert model.additional_properties["colour"] == model["colour"] == "red"
    model.additional_properties["colour"] = "blue"
    assert model.to_dict()["colour"] == "blue"
    del model["colour"]
    del model["status"]
    assert "colour" not in model
    assert model.status is UNSET
    for name in ("colour", "status", "never_there"):
        with pytest.raises(KeyError, match=name):
            del model[name]


def test_additional_properties_of_an_open_object_are_its_fields() -> None:
    row: Any = pages()[0]
    fields = row.additional_properties
    assert fields is row.additional_properties
    row.status = "done"
    row.output_text = "text"
    assert (fields["status"], fields["output_text"]) == ("done", "text")
    fields["status"] = "failed"
    del fields["id"]
    assert (row.status, row.id, row.get("id", "none")) == ("failed", UNSET, "none")
    row.additional_properties = {"id": "r2"}
    assert (row.to_dict(), row.status, row.id) == ({"id": "r2"}, UNSET, "r2")
    with pytest.raises(AttributeError, match="'RunListResponseRunsItem' object has no attribute 'new_in_9'"):
        row.new_in_9  # noqa: B018


def test_additional_properties_of_an_answer_can_be_replaced() -> None:
    run = types.RunStatusResponse.from_dict({"run_id": "r", "status": "s", "colour": "red"})
    run.additional_properties = {"shape": "round"}
    assert run.to_dict() == {"run_id": "r", "status": "s", "shape": "round"}
    labels = types.RunStatusResponseMetadata(a=1)
    labels.additional_properties = labels
    assert labels == {"a": 1}
    labels.additional_properties = {"b": 2}
    assert labels == {"b": 2}


def test_a_deleted_attribute_is_unset() -> None:
    run: Any = types.RunStatusResponse(run_id="r", status="s", output_text="n")
    del run.output_text
    assert run.output_text is UNSET
    assert run.to_dict() == {"run_id": "r", "status": "s"}


# --- rows of lists, objects by name

ROWS = [
    {"id": "r1", "status": "completed"},
    {"status": "running"},
    {"id": 7, "status": None, "tags": "none", "visited_steps": {"a": 1}},
    {},
]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (types.RunListResponse, "runs"),
        (types.TraceResponse, "events"),
        (types.CheckpointListResponse, "checkpoints"),
        (types.HumanTaskListResponse, "tasks"),
        (types.AuditEventListResponse, "events"),
        (types.SkillsListResponse, "skills"),
    ],
)
def test_rows_are_open_objects(kind: Any, name: str) -> None:
    answer = {name: ROWS, "count": 4, "run_id": "r"}
    page = kind.from_json(json.dumps(answer).encode())
    assert type(page.items) is list
    assert page.items is getattr(page, name)
    assert [row.to_dict() for row in page] == [row.additional_properties for row in page.items] == ROWS
    assert dict(page) == {**page} == page.to_dict() == answer
    assert (len(page), page[0]["id"], page[-1].to_dict(), page[:1]) == (4, "r1", {}, [page[0]])
    assert page["count"] == 4
    for rows in ([5], None, {}):
        with pytest.raises(ValueError, match=name):
            kind.from_dict({**answer, name: rows})
    with pytest.raises(ValueError, match=name):
        kind.from_json(b'{"count": 0, "run_id": "r"}')


def test_what_a_row_lacks_is_unset() -> None:
    rows: Any = types.RunListResponse.from_dict({"runs": ROWS, "count": 4})
    assert [row.id for row in rows] == ["r1", UNSET, 7, UNSET]
    assert [row.status for row in rows] == ["completed", "running", None, UNSET]


def test_a_page_says_how_much_there_is() -> None:
    page: Any = types.TraceResponse.from_dict(
        {"events": [{"type": "a"}], "count": 1, "run_id": "r", "total": 3, "offset": 1, "window": 9, "complete": False}
    )
    assert (page.total, page.window, page.complete, page.dropped, page.has_more) == (3, 9, False, UNSET, True)
    assert repr(page) == "<TraceResponse: 1 of 3 events>"
    runs: Any = types.RunListResponse.from_dict({"runs": [], "count": 0})
    assert (runs.total, runs.window, runs.complete, runs.dropped, runs.has_more) == (UNSET, UNSET, None, None, False)
    assert repr(runs) == "<RunListResponse: 0 runs>"
    assert not runs
    runs.items = [1, 2]
    assert runs.runs == [1, 2]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (types.EnvironmentPolicyListResponse, {"policies": {"dev": {"enabled": True}}, "count": 1}),
        (types.CredentialInventoryResponse, {"inventory": {"dev": {}, "service_tokens": "[REDACTED]"}}),
    ],
)
def test_objects_by_name_are_a_dict(kind: Any, answer: dict[str, Any]) -> None:
    listed = kind.from_json(json.dumps(answer).encode())
    name = next(iter(answer))
    assert isinstance(listed.items, dict)
    assert listed.items == getattr(listed, name) == answer[name]
    assert type(listed.items["dev"]) is dict
    assert dict(listed) == answer
    assert repr(listed) == f"<{kind.__name__}: {len(answer[name])} {name}>"
    listed.items = {}
    assert listed.to_dict() == {**answer, name: {}}


# --- web frameworks


def served() -> list[Any]:
    page = types.RunListResponse.from_dict({"runs": ROWS[:2], "count": 2, "window": 5})
    answer = {"run_id": "r", "status": "s", "usage": {"total_tokens": 3}, "x": 1}
    return [page, page.runs[1], types.RunStatusResponse.from_dict(answer)]


@pytest.mark.parametrize("model", served(), ids=["page", "row", "answer"])
def test_fastapi_serves_what_a_handler_returns(model: Any) -> None:
    app = fastapi.FastAPI()

    @app.get("/plain")
    def plain():  # type: ignore[no-untyped-def]
        return model

    @app.get("/within")
    def within():  # type: ignore[no-untyped-def]
        return {"models": [model]}

    app.get("/typed", response_model=type(model))(lambda: model)
    with TestClient(app) as client:
        assert client.get("/plain").json() == client.get("/typed").json() == model.to_dict()
        assert client.get("/within").json() == {"models": [model.to_dict()]}
        assert client.get("/openapi.json").status_code == 200


def test_pydantic_reads_models() -> None:
    class Body(pydantic.BaseModel):
        run: types.RunStatusResponse

    body = Body.model_validate({"run": {"run_id": "r", "status": "s", "x": 1}})
    assert (type(body.run), body.run["x"]) == (types.RunStatusResponse, 1)
    assert Body(run=body.run).run == body.run
    assert body.model_dump() == {"run": {"run_id": "r", "status": "s", "x": 1}}
    with pytest.raises(pydantic.ValidationError, match="missing required field `status`"):
        Body.model_validate({"run": {"run_id": "r"}})


@pytest.mark.parametrize("model", served(), ids=["page", "row", "answer"])
def test_flask_serves_the_dict_of_a_model(model: Any, tmp_path: Path) -> None:
    app = flask.Flask("served", root_path=str(tmp_path))
    app.add_url_rule("/dict", view_func=lambda: dict(model), endpoint="dict")
    app.add_url_rule("/json", view_func=lambda: flask.jsonify(model.to_dict()), endpoint="json")
    with app.test_client() as client:
        assert client.get("/dict").json == client.get("/json").json == model.to_dict()
