"""JSON bodies: what is sent, what is believed, and how much of an error's body is kept."""

from __future__ import annotations

import json
import math
import pickle
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdk_engine.bodies import KEPT_BODY, UndecodableBody, decode_json, encode_json, error_body
from sdk_engine.errors import ConfigurationError, StatusError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


class Run(msgspec.Struct):
    id: str
    steps: int = 0


def deep(depth: int, inside: str = "") -> bytes:
    return (("[" * depth) + inside + ("]" * depth)).encode()


# --- what is sent


@given(JSON)
def test_what_is_sent_is_what_was_given(value: Any) -> None:
    assert json.loads(encode_json(value)) == value


def cycle() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, "Out of range float values"),
        ({"a": [math.inf]}, "Out of range float values"),
        (cycle(), "Circular reference"),
        (nested(100_000), "maximum recursion depth"),
        ({"a": "\ud800"}, "it holds a lone surrogate"),
        ({"\udfff": 1}, "it holds a lone surrogate"),
        ({(1, 2): 3}, "keys must be str"),
        ({"a": b"bytes"}, "bytes is not JSON serializable"),
        ({"a": {1, 2}}, "set is not JSON serializable"),
        ({"digits": 10**5000}, "Exceeds the limit"),
        (Run(id="r"), "Run is not JSON serializable"),
    ],
)
def test_a_body_without_a_json_form_is_refused(value: Any, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^the body cannot be sent as JSON: .*{reason}"):
        encode_json(value)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"input": {"started": date(2026, 1, 1)}}, "input.started"),
        ({"steps": [1, {"timeout": math.nan}]}, r"steps\[1\]\.timeout"),
        ([["a"], [b"b"]], r"\[1\]\[0\]"),
        ({"a": {1: {2: {3}}}}, r"a\[1\]\[2\]"),
        ({"a" * 200: object()}, "a" * 100),
        ({"a": {(1,): 2}}, "a"),
    ],
)
def test_the_part_without_a_json_form_is_named(value: Any, place: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^the body cannot be sent as JSON: {place}: "):
        encode_json(value)


@pytest.mark.parametrize("value", [{"a": cycle()}, {"a": nested(100_000)}, {("k",): 1}, date(2026, 1, 1)])
def test_what_has_no_place_of_its_own_is_told_without(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^the body cannot be sent as JSON: [A-Zkm][a-z]+ "):
        encode_json(value)


# --- what is believed


@given(JSON)
def test_what_a_server_says_is_what_is_read(value: Any) -> None:
    assert decode_json(json.dumps(value).encode(), Any) == value
    assert decode_json(json.dumps(value, ensure_ascii=False).encode("utf-8-sig"), Any) == value


@pytest.mark.promise("kneo.errors.unusable-success-is-a-protocol-error")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "truncated"),
        (b" \n", "truncated"),
        (b'{"id": "r"', "truncated"),
        (b'{"id": "r"} {}', "trailing characters"),
        (b"<html>", "malformed"),
        (b"{'id': 'r'}", "malformed"),
        (b'{"id": "r", "x": NaN}', "malformed"),
        (b'{"id": "r", "x": -Infinity}', "malformed"),
        (b"[]", "Expected `object`, got `array`"),
        (b"null", "Expected `object`, got `null`"),
        (b'"r"', "Expected `object`, got `str`"),
        (b"{}", "missing required field `id`"),
        (b'{"id": null}', r"Expected `str`, got `null` - at `\$.id`"),
        (b'{"id": 5}', r"Expected `str`, got `int` - at `\$.id`"),
        (b'{"id": "r", "steps": "5"}', r"Expected `int`, got `str` - at `\$.steps`"),
        (b'{"id": "r", "steps": ' + b"9" * 5000 + b"}", "out of range"),
        (b'{"id": "\xff"}', "invalid start byte"),
        ('{"id": "r"}'.encode("utf-16"), "malformed"),
        (b'{"id": "\\ud800"}', "truncated|surrogate"),
        (b'{"id": "r", "x": ' + deep(100_000) + b"}", "nested too deeply"),
        (b'{"id": "r", "x": ' + b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_was_not_promised_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UndecodableBody, match=reason):
        decode_json(content, Run)


@pytest.mark.parametrize(
    "content", [b'{"x": ' + b"9" * 5000 + b"}", b'{"x": 1e999}', deep(100_000), b'{"x": "\\ud800"}']
)
def test_an_open_result_is_checked_too(content: bytes) -> None:
    for result in (Any, dict[str, Any]):
        with pytest.raises(UndecodableBody):
            decode_json(content, result)


def test_a_byte_order_mark_is_skipped() -> None:
    assert decode_json(b'\xef\xbb\xbf{"id": "r"}', Run) == Run("r")


class Text(str):
    @classmethod
    def from_json(cls, content: bytes) -> Text:
        return cls(content.decode())


def test_a_type_that_decodes_itself_does() -> None:
    assert decode_json(b"\xef\xbb\xbf{}", Text) == "{}"
    assert type(decode_json(b"{}", Text)) is Text
    with pytest.raises(UndecodableBody, match="invalid start byte"):
        decode_json(b"\xff", Text)


# --- what is kept of an error's body


@pytest.mark.parametrize("content", [b'{"detail": "no"}', b"[1]", b"null", b"5", b'"text"'])
def test_a_small_body_is_kept_whole(content: bytes) -> None:
    assert error_body(content) == (json.loads(content), json.loads(content))


def test_no_body_is_none() -> None:
    assert error_body(b"") == (None, None)


def test_what_is_not_json_is_kept_as_text() -> None:
    assert error_body(b"<html>\xff") == (None, "<html>�")
    assert error_body(b"x" * 10_000) == (None, "x" * KEPT_BODY)


@pytest.mark.promise("kneo.errors.body-size")
def test_long_strings_are_shortened_so_that_the_shape_survives() -> None:
    whole = {"detail": {"error": "quota", "message": "m" * 10_000, "count": 3}, "trace": ["t" * 300]}
    parsed, kept = error_body(json.dumps(whole).encode())
    assert parsed == whole
    assert kept == {
        "detail": {"error": "quota", "message": "m" * 200 + "…", "count": 3},
        "trace": ["t" * 200 + "…"],
    }


def test_a_body_of_many_fields_is_kept_as_the_beginning_of_its_text() -> None:
    content = json.dumps([{"n": number} for number in range(5000)]).encode()
    parsed, kept = error_body(content)
    assert len(parsed) == 5000
    assert kept == content[:KEPT_BODY].decode()


@given(JSON, st.text(st.characters(exclude_categories=["Cs"]), max_size=5000), st.integers(1, 5))
def test_no_body_whatever_is_kept_beyond_its_limit(value: Any, text: str, times: int) -> None:
    content = json.dumps([value, text] * times).encode()
    parsed, kept = error_body(content)
    assert parsed == json.loads(content)
    assert len(kept if isinstance(kept, str) else json.dumps(kept)) <= KEPT_BODY


@pytest.mark.parametrize("depth", [10, 49, 51, 400, 900, 1_100, 1_900, 5_000, 100_000])
@pytest.mark.parametrize("inside", ["", '"' + "x" * 5000 + '"'])
def test_a_deep_body_survives_repr_and_pickle(depth: int, inside: str) -> None:
    _, kept = error_body(deep(depth, inside))
    error = StatusError("no", status=400, body=kept)
    assert pickle.loads(pickle.dumps(error)).body == kept
    assert len(repr(kept)) <= 2 * KEPT_BODY
