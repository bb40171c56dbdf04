"""The dialect TOON: what versions 3 and 4 of that format write is read, what is written they read."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kaizen_client import ktof

from .test_ktof import streamed

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = Path(os.environ.get("TOON_SPEC", ROOT / "node_modules" / "@toon-format" / "spec")) / "tests" / "fixtures"
OURS = {"indent", "delimiter", "strict"}

PAIRS: list[tuple[Any, str]] = [
    ({"a": [], "b": {}}, "a: []\nb:"),
    ([], "[]"),
    ([[], [[]], {}], "[3]:\n  - [0]:\n  - [1]:\n    - [0]:\n  -"),
    (
        {"items": [{"users": [{"id": 1}, {"id": 2}], "note": "x"}]},
        "items[1]:\n  - users[2]{id}:\n      1\n      2\n    note: x",
    ),
    ([{"m": [[1], [2]], "n": 1}], "[1]:\n  - m[2]:\n      - [1]: 1\n      - [1]: 2\n    n: 1"),
    ([{"o": {"p": 1}, "q": 2}], "[1]:\n  - o:\n      p: 1\n    q: 2"),
    ("\x1b[0m\x00", '"\\u001b[0m\\u0000"'),
    ({"\x07": "\x7f"}, '"\\u0007": "\x7f"'),
    (["#1", "a#"], '[2]: "#1",a#'),
    (1e23, "1e+23"),
]


@pytest.mark.promise("kaizen.ktof.codec")
@pytest.mark.parametrize(("value", "text"), PAIRS, ids=[text.split("\n")[0] for _, text in PAIRS])
def test_values_and_texts(value: Any, text: str) -> None:
    assert ktof.encode(value, dialect="toon") == text
    assert ktof.decode(text, dialect="toon") == value
    assert streamed(text, dialect="toon") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "users[2:]{age,at}:\n  al: 30,B\n  bob: 4,C",
            {"users": {"al": {"age": 30, "at": "B"}, "bob": {"age": 4, "at": "C"}}},
        ),
        ('[1:|]{age|city}:\n  "a b": 30|x: y', {"a b": {"age": 30, "city": "x: y"}}),
        ("[1]:\n  - m[1:]{x}:\n      a: 1\n    z: 1", [{"m": {"a": {"x": 1}}, "z": 1}]),
        (
            "[1]{id,c{n,k{l}}}:\n  1,a,2",
            [{"id": 1, "c": {"n": "a", "k": {"l": 2}}}],
        ),
        ("# first\na: 1 # 2\n    # deep\nb: 3", {"a": "1 # 2", "b": 3}),
        ("a[0]:\nb[0]{x}:", {"a": [], "b": []}),
        ('a: "\\u0041\\u00E9"', {"a": "A\u00e9"}),
        ("k[0:]{x}:", {"k": {}}),
    ],
)
def test_what_toon_4_writes(text: str, value: Any) -> None:
    assert ktof.decode(text, dialect="toon") == value
    assert streamed(text, 5, dialect="toon") == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a[#1]: 1", "another dialect"),
        ('a: "\\ud800"', "unknown escape"),
        ('a: "\\u12"', "unknown escape"),
        ('a: "\\x"', "unknown escape"),
        ("a[2:]{x}:\n  k: 1", "announces 2 values, 1"),
        ("a[2:]{x}:\n  k: 1\n  k: 2", "stands twice"),
        ("a[1:]{x}:\n  1", "needs a colon"),
        ("[1]{a,a{b}}:\n  1,2", "same name"),
        ("[1]{a{b},a{c}}:\n  1", "1 values in a table of 2 columns|same name"),
    ],
)
def test_what_is_no_toon(text: str, problem: str) -> None:
    with pytest.raises(ktof.KtofDecodeError, match=problem):
        ktof.decode(text, dialect="toon")
    with pytest.raises(ktof.KtofDecodeError, match=problem):
        streamed(text, dialect="toon")


def test_groups_as_deep_as_may_be() -> None:
    depth = ktof.MAX_DEPTH - 1
    header = f"[1]{{{'a{' * (depth - 1)}a{'}' * (depth - 1)}}}:"
    value = ktof.decode(f"{header}\n  1", dialect="toon")
    assert ktof.decode(ktof.encode(value, dialect="toon"), dialect="toon") == value
    with pytest.raises(ktof.KtofDecodeError, match="nested too deeply"):
        ktof.decode(f"{header.replace('{a', '{a{a', 1).replace('}:', '}}:')}\n  1", dialect="toon")


@pytest.mark.parametrize("dialect", ["yaml", "", None])
def test_dialects_that_do_not_exist(dialect: Any) -> None:
    for call in (lambda: ktof.encode(1, dialect=dialect), lambda: ktof.decode("1", dialect=dialect)):
        with pytest.raises(ktof.KtofError, match="dialect must be"):
            call()


def test_toon_has_no_length_marker() -> None:
    with pytest.raises(ktof.KtofEncodeError, match="length_marker"):
        ktof.encode([1], dialect="toon", length_marker=True)
    assert ktof.encode([1], dialect="toon", length_marker=False) == "[1]: 1"


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the published fixtures (npm: @toon-format/spec) are not here")
def test_published_fixtures() -> None:
    """Whatever is in them but key folding, which TOON 4 has given up."""
    counted = 0
    for file in sorted(FIXTURES.glob("*/*.json")):
        for case in json.loads(file.read_text(encoding="utf-8"))["tests"]:
            options = {name: value for name, value in case.get("options", {}).items() if value != "off"}
            if not set(options) <= OURS:
                continue
            counted += 1
            if file.parent.name == "encode":
                assert ktof.encode(case["input"], dialect="toon", **options) == case["expected"], case["name"]
                continue
            for read in (ktof.decode, streamed):
                if case.get("shouldError"):
                    with pytest.raises(ktof.KtofDecodeError):
                        read(case["input"], dialect="toon", **options)
                else:
                    found = read(case["input"], dialect="toon", **options)
                    assert json.dumps(found) == json.dumps(case["expected"]), case["name"]
    assert counted
