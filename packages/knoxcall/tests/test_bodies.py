"""What becomes of a body on its way out."""

import datetime
import enum
import json
import types
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from knoxcall import InvalidRequestError
from knoxcall.bodies import encode_content, encode_json

UTC = datetime.timezone.utc


@pytest.mark.promise("knox.bodies.types")
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), '"2026-01-02T03:04:05+00:00"'),
        (datetime.date(2026, 1, 2), '"2026-01-02"'),
        (datetime.time(3, 4), '"03:04:00"'),
        (datetime.timedelta(minutes=1.5), "90.0"),
        (Decimal("19.99"), "19.99"),
        (Decimal("0.1"), "0.1"),
        (Decimal("1E+3"), "1000"),
        (Decimal(12345678901234567890), "12345678901234567890"),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ({3, 1, 2}, "[1,2,3]"),
        (frozenset("ba"), '["a","b"]'),
        ((1, 2), "[1,2]"),
        (types.MappingProxyType({"a": 1}), '{"a":1}'),
        ({"é": None}, '{"é":null}'),
    ],
)
def test_encoded(value: Any, text: str) -> None:
    assert encode_json(value).decode() == text
    assert json.loads(encode_json({"nested": [value]})) == {"nested": [json.loads(text)]}


class Colour(enum.Enum):
    RED = 1


@pytest.mark.promise("knox.bodies.refused")
@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), Decimal("NaN"), Decimal("0.12345678901234567890123"), Colour.RED, Path("a"), b"x",
     object(),     {("a", 1): 1}, "\ud800"],
)  # fmt: skip
def test_refused(value: Any) -> None:
    with pytest.raises(InvalidRequestError):
        encode_json({"a": value})


def test_cycles_are_refused() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(InvalidRequestError):
        encode_json(cycle)


def test_content() -> None:
    assert encode_content(bytearray(b"\0raw")) == b"\0raw"
    assert encode_content("text") == b"text"
    assert encode_content([1]) == b"[1]"


@pytest.mark.parametrize("body", ["\ud800", {"a": "\ud800"}, ["x", "\udfff"]])
def test_a_lone_surrogate_is_no_content(body: object) -> None:
    with pytest.raises(InvalidRequestError, match="lone surrogate"):
        encode_content(body)
