"""`kneo_client.types`: answers by attribute, by name and as plain values, with nothing lost."""

import json
import pickle
from typing import Any

import pytest

from kneo_client import types
from kneo_client._generated import models
from kneo_client.core.errors import KneoInvalidRequestError
from kneo_client.types import UNSET, Unset

RUN = {"id": "r1", "status": "sleeping", "input_text": None, "new_in_9": {"deep": [1]}}
PAGE = {"runs": [RUN, {"id": "r2", "status": "completed"}], "count": 2, "window": 10000, "new_in_8": 1}


async def runs(scripted: Any) -> types.RunListResponse:
    client, _ = scripted(PAGE)
    page: types.RunListResponse = await client.platform.runs.list()
    return page


@pytest.mark.promise("kneo.packaging.generated-is-private")
def test_every_model_is_reachable_without_the_private_package() -> None:
    assert set(types.__all__) == {"UNSET", "Unset", *models.__all__} == set(dir(types))
    assert [name for name in models.__all__ if getattr(types, name) is not getattr(models, name)] == []
    with pytest.raises(AttributeError, match="NoSuchModel"):
        types.NoSuchModel  # noqa: B018


def test_unset_is_false_and_one_of_a_kind() -> None:
    assert not UNSET
    assert isinstance(UNSET, Unset)
    assert repr(UNSET) == "UNSET"
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET


@pytest.mark.promise("kneo.errors.unknown-fields-survive")
async def test_unknown_fields_and_values_survive(scripted: Any) -> None:
    page = await runs(scripted)
    assert page.additional_properties == {"new_in_8": 1}
    assert page["window"] == page.get("window") == page.window == 10000
    assert page.runs[0].status == "sleeping", "an unknown value of an enumeration is a value"
    assert page.runs[0]["new_in_9"] == {"deep": [1]}
    assert page.to_dict() == PAGE


async def test_items_are_read_by_attribute_and_like_a_dict(scripted: Any) -> None:
    first, second = (await runs(scripted)).runs
    assert (first.id, first["id"], first.get("id")) == ("r1", "r1", "r1")
    assert (first.input_text, first.get("input_text", "x")) == (None, None)
    assert (second.input_text, second.get("input_text", "x")) == (UNSET, "x")
    assert "input_text" in first
    assert "input_text" not in second
    with pytest.raises(KeyError, match="input_text"):
        second["input_text"]
    assert first.additional_properties == first.to_dict() == RUN, "the platform leaves runs open: all their fields"


async def test_answers_can_be_compared_pickled_and_shown(scripted: Any) -> None:
    page = await runs(scripted)
    copied = pickle.loads(pickle.dumps(page))
    assert copied == page == types.RunListResponse.from_dict(PAGE)
    assert copied.runs[0]["new_in_9"] == {"deep": [1]}
    assert page != types.RunListResponse.from_dict({**PAGE, "count": 3})
    assert repr(page.runs[1]) == "RunListResponseRunsItem(id='r2', status='completed')"


@pytest.mark.promise("kneo.client.model-bodies")
async def test_typed_bodies_are_sent_without_what_is_unset(scripted: Any) -> None:
    client, wire = scripted({"run_id": "r1", "status": "running"})
    spec: Any = {"name": "x", "steps": [{"a": 1}]}
    body = types.RunCreateRequest(input="hello", spec=spec, async_mode=True, environment=None)
    await client.platform.runs.create(body)
    await client.agent.specs.run(types.RunCreateRequest.from_dict({**body.to_dict(), "new_in_9": 1}))
    sent = b'{"input":"hello","async_mode":true,"environment":null,"spec":{"name":"x","steps":[{"a":1}]}'
    assert wire.requests[0].content == sent + b"}"
    assert b'"new_in_9":1' in wire.requests[1].content


@pytest.mark.promise("kneo.client.model-bodies")
@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"input": 5}, "input"),
        ({"input": "x", "async_mode": "yes"}, "async_mode"),
        ({"input": "x", "overlays": [1]}, "overlays"),
        ({"input": "x", "spec": "name: x"}, "spec"),
    ],
)
async def test_typed_bodies_are_checked_by_their_types(scripted: Any, fields: Any, place: str) -> None:
    client, wire = scripted(200)
    with pytest.raises(KneoInvalidRequestError, match=rf"^RunCreateRequest is not usable: .*\.{place}") as caught:
        await client.platform.runs.create(types.RunCreateRequest(**fields))
    assert caught.value.attempts == 0
    assert not wire.requests


@pytest.mark.promise("kneo.client.dict-bodies-sent-as-they-are", "kneo.platform.runs.spec-id-body")
@pytest.mark.parametrize("body", [{"spec_id": "my-spec"}, {"input": 5, "unknown": [None, {"é": 1.5}]}, {}, [1]])
async def test_dict_bodies_are_sent_as_they_are(scripted: Any, body: Any) -> None:
    client, wire = scripted({"run_id": "r1", "status": "running"})
    await client.platform.runs.create(body)
    assert json.loads(wire.requests[0].content) == body
