"""Result types: known fields are typed, unknown ones are kept, and every object survives a round trip."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdk_engine.bodies import UndecodableBody, decode_json

from kneo_client.core.models import UNSET, Maybe, Model, OpenObject, Unset


class Labels(OpenObject):
    __slots__ = ()


class Step(Model, kw_only=True):
    name: str
    note: Maybe[str | None] = UNSET


class Owner(Model, kw_only=True):
    name: str
    steps: list[Step] = []


class Open(Model, kw_only=True):
    open_ended: ClassVar[bool] = True

    id: str
    note: Maybe[str] = UNSET


class Size(Model, kw_only=True):
    width: int
    height: Maybe[int] = UNSET


class Run(Model, kw_only=True):
    id: str
    status: str = "queued"
    note: Maybe[str] = UNSET
    labels: Maybe[Labels] = UNSET
    steps: Maybe[list[Step]] = UNSET
    owner: Maybe[Owner | None] = UNSET
    by_name: Maybe[dict[str, Step]] = UNSET
    opens: Maybe[list[Open]] = UNSET
    owners: Maybe[list[Owner]] = UNSET


def read(**fields: Any) -> Run:
    return decode_json(json.dumps({"id": "r", **fields}).encode(), Run)


# --- known fields


def test_fields_are_read_by_attribute_and_by_name() -> None:
    run = read(status="done", labels={"a": 1})
    assert (run.id, run.status, run["status"], run.get("status")) == ("r", "done", "done", "done")
    assert isinstance(run.labels, Labels)
    assert "status" in run


def test_a_field_that_was_not_sent_is_unset() -> None:
    run = read()
    assert run.note is UNSET
    assert not run.note
    assert "note" not in run
    assert run.get("note") is None
    assert run.get("note", "none") == "none"
    with pytest.raises(KeyError, match=r"^'note'$"):
        run["note"]


def test_null_is_not_unset() -> None:
    step = decode_json(b'{"name": "s", "note": null}', Step)
    assert step.note is None
    assert "note" in step
    assert step.to_dict() == {"name": "s", "note": None}


@pytest.mark.parametrize(
    "fields", [{"note": 5}, {"labels": None}, {"steps": None}, {"steps": [{}]}, {"labels": []}, {"by_name": {"a": 1}}]
)
def test_an_optional_field_of_another_type_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(UndecodableBody):
        read(**fields)


def test_null_for_a_text_or_a_number_that_may_be_left_out_is_none() -> None:
    assert read(note=None).note is None
    assert "note" in read(note=None)


def test_unset_is_one_value() -> None:
    assert repr(UNSET) == "UNSET"
    assert pickle.loads(pickle.dumps(UNSET)) is copy.deepcopy(UNSET) is copy.copy(UNSET) is UNSET
    assert isinstance(UNSET, Unset)


# --- unknown fields


@pytest.mark.promise("kneo.errors.unknown-fields-survive")
def test_unknown_fields_stay_reachable() -> None:
    run = read(colour="red", deep={"a": [1]})
    assert run.additional_properties == {"colour": "red", "deep": {"a": [1]}}
    assert run.additional_keys == ["colour", "deep"]
    assert run["colour"] == run.get("colour") == "red"
    assert "colour" in run
    assert run.to_dict() == {"id": "r", "status": "queued", "colour": "red", "deep": {"a": [1]}}
    with pytest.raises(AttributeError):
        run.colour  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("fields", [{}, {"steps": []}, {"owner": None}, {"by_name": {}}])
def test_an_object_without_unknown_fields_says_so(fields: dict[str, Any]) -> None:
    assert read(**fields).additional_properties == {}


def test_unknown_fields_stay_reachable_at_every_depth() -> None:
    run = read(
        steps=[{"name": "a", "x": 1}, {"name": "b"}, {"name": "c", "x": 3}],
        owner={"name": "o", "x": 4, "steps": [{"name": "d", "x": 5}]},
        by_name={"e": {"name": "e", "x": 6}},
    )
    assert isinstance(run.steps, list)
    assert [step.get("x") for step in run.steps] == [1, None, 3]
    assert isinstance(run.owner, Owner)
    assert run.owner["x"] == 4
    assert run.owner.steps[0]["x"] == 5
    assert isinstance(run.by_name, dict)
    assert run.by_name["e"]["x"] == 6


def test_an_open_object_of_known_fields_lists_all_of_them() -> None:
    opened = decode_json(b'{"id": "o", "x": 1}', Open)
    assert opened.additional_properties == {"id": "o", "x": 1}
    assert opened.to_dict() == {"id": "o", "x": 1}


def test_what_no_value_can_hold_is_reported_when_it_is_asked_for() -> None:
    step = decode_json(b'{"name": "s", "x": "\xff"}', Step)
    assert step.name == "s"
    with pytest.raises(ValueError, match="utf-8"):
        step.additional_properties  # noqa: B018


# --- built by hand


def test_a_model_may_be_built_by_keyword() -> None:
    step = Step(name="s")
    assert step.additional_properties == {}
    assert repr(step) == "Step(name='s')"
    assert step == Step(name="s", note=UNSET) != Step(name="s", note=None)
    with pytest.raises(TypeError):
        Step("s")  # type: ignore[misc,call-arg]  # pyright: ignore[reportCallIssue]


def test_a_parsed_object_becomes_a_model() -> None:
    source = {"id": "r", "steps": [{"name": "a", "x": 1}], "colour": "red"}
    run = Run.from_dict(source)
    assert run == decode_json(json.dumps(source).encode(), Run)
    assert run.to_dict() == {**source, "status": "queued"}
    with pytest.raises(ValueError, match=r"Expected `str`, got `int` - at `\$.id`"):
        Run.from_dict({"id": 5})
    with pytest.raises(ValueError, match=r"Expected `object`, got `int` - at `\$.labels`"):
        Run.from_dict({"id": "r", "labels": 5})


def test_changes_win_over_what_was_sent() -> None:
    run = read(note="old", status="done", colour="red")
    run.status = "again"
    run.note = UNSET
    assert run.to_dict() == {"id": "r", "status": "again", "colour": "red"}
    assert "note" not in run


# --- equality, copies, pickles

FULL = {
    "note": "n",
    "labels": {"a": [1]},
    "steps": [{"name": "a", "x": 1}],
    "owner": {"name": "o", "steps": [], "x": 2},
    "by_name": {"e": {"name": "e", "x": 3}},
    "opens": [{"id": "o", "x": 4}],
    "colour": "red",
}


def test_equality_is_by_type_and_all_fields() -> None:
    assert read(**FULL) == read(**FULL)
    assert read(colour="red") != read(colour="blue")
    assert read() != {"id": "r"}
    assert Step(name="r") != Owner(name="r")
    with pytest.raises(TypeError, match="unhashable"):
        hash(read())


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda run: pickle.loads(pickle.dumps(run))])
def test_copies_and_pickles_keep_everything(duplicate: Any) -> None:
    run = read(**FULL)
    twin = duplicate(run)
    assert twin == run
    assert type(twin) is Run
    assert isinstance(twin.labels, Labels)
    assert twin.steps[0]["x"] == 1
    assert twin.additional_properties == {"colour": "red"}


def test_an_item_may_leave_its_page() -> None:
    item = read(**FULL).steps[0]  # type: ignore[index]
    assert pickle.loads(pickle.dumps(item)).to_dict() == {"name": "a", "x": 1}


def test_plain_values_come_out_plain() -> None:
    plain = read(**FULL).to_dict()
    assert plain == {"id": "r", "status": "queued", **FULL}
    assert [type(plain[name]) for name in ("labels", "owner", "by_name")] == [dict, dict, dict]
    assert type(plain["steps"][0]) is dict


def test_the_repr_is_one_line_that_tells_one_object_from_another() -> None:
    assert repr(read(note="n", colour="red", labels={"a": [1] * 900})) == "Run(id='r', status='queued')"
    assert repr(Open(id="x" * 200)) == f"Open(id='{'x' * 38}…)"
    assert repr(Step(name="s", note="two\nlines")) == "Step(name='s')"
    assert repr(Size(width=1, height=2)) == "Size(width=1, height=2)"


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
STEPS = st.fixed_dictionaries({"name": TEXT}, optional={"note": st.none() | TEXT, "x": st.integers(0, 9)})
RUNS = st.fixed_dictionaries(
    {"id": TEXT, "status": TEXT},
    optional={
        "note": TEXT,
        "labels": st.dictionaries(TEXT, st.integers(0, 9)),
        "steps": st.lists(STEPS),
        "owner": st.none() | st.fixed_dictionaries({"name": TEXT, "steps": st.lists(STEPS)}, optional={"x": TEXT}),
        "by_name": st.dictionaries(TEXT, STEPS),
        "y": st.lists(TEXT),
    },
)


@given(RUNS)
def test_every_object_survives_a_round_trip(fields: dict[str, Any]) -> None:
    run = decode_json(json.dumps(fields).encode(), Run)
    assert run.to_dict() == fields
    assert Run.from_dict(fields).to_dict() == fields
    assert Run.from_dict(run.to_dict()) == run
    assert pickle.loads(pickle.dumps(run)) == run


# --- open objects


def test_an_open_object_is_a_dict_under_its_own_name() -> None:
    labels = Labels.from_dict({"a": 1})
    assert labels == {"a": 1}
    assert labels.additional_properties is labels
    assert type(labels.to_dict()) is dict
    assert pickle.loads(pickle.dumps(labels)) == labels
    assert isinstance(decode_json(b'{"a": 1}', Labels), Labels)
    with pytest.raises(UndecodableBody, match="Expected `object`, got `list`"):
        decode_json(b"[1]", Labels)


def test_unknown_fields_are_kept_by_what_is_within_the_items_of_a_list() -> None:
    run = read(owners=[{"name": "a"}, {"name": "b", "x": 1, "steps": [{"name": "s"}, {"name": "t", "y": 2}]}])
    assert isinstance(run.owners, list)
    assert run.owners[1]["x"] == 1
    assert [step.additional_properties for step in run.owners[1].steps] == [{}, {"y": 2}]
    assert run.owners[0].additional_properties == {}
