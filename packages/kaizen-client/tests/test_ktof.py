"""The codec: our own cases, and the documented vectors where they are at hand."""

import collections
import enum
import functools
import http
import json
import math
import pickle
from pathlib import Path
from typing import Any

import pytest

from kaizen_client import ktof

HERE = Path(__file__).resolve()
VECTORS = HERE.parents[4] / "shared" / "contracts" / "kaizen" / "ktof_vectors.json"

DIALECTS: list[Any] = ["ktof", "toon"]

LISTS = {
    "matrix": [[1, 2], [3, 4], []],
    "mixed": [1, {"a": 1, "b": {"c": []}}, "text", [[1], {"x": None}], {}],
    "first": [{"rows": [{"id": 1}, {"id": 2}], "note": "x"}, {"deep": {"k": {"l": 1}}, "m": 2}],
}
LISTS_TEXT = """\
matrix[3]:
  - [2]: 1,2
  - [2]: 3,4
  - [0]:
mixed[5]:
  - 1
  - a: 1
    b:
      c[0]:
  - text
  - [2]:
    - [1]: 1
    - x: null
  -
first[2]:
  - rows[2]{id}:
    1
    2
    note: x
  - deep:
      k:
        l: 1
    m: 2"""


class Colour(str, enum.Enum):
    RED = "red"


class Half(float):
    pass


PAIRS = [
    ({"users": [{"id": 1, "name": "Ada"}, {"name": "Bob", "id": 2}]}, "users[2]{id,name}:\n  1,Ada\n  2,Bob"),
    ({"a": {"b": {}}, "c": []}, "a:\n  b:\nc[0]:"),
    ([], "[0]:"),
    ("05", '"05"'),
    ("-x", '"-x"'),
    ("", '""'),
    ("٣", "٣"),  # a digit, but not one of JSON
    (" é ", '" é "'),
    ("true", '"true"'),
    ("1e5", '"1e5"'),
    ('say "hi"\n', '"say \\"hi\\"\\n"'),
    (1e-7, "0.0000001"),
    (1e20, "100000000000000000000"),
    (1e21, "1e+21"),
    (1e23, "1e+23"),
    (-1.7976931348623157e308, "-1.7976931348623157e+308"),
    (2.0**53 + 2, "9007199254740994"),
    (123456789012345667584.0, "123456789012345667584"),
    (10**23, "100000000000000000000000"),
    (5e-324, f"0.{'0' * 323}5"),
    (5.0, "5"),
    ("```", '"```"'),
    ("~~~ktof", '"~~~ktof"'),
    (["```", "a"], "[2]: ```,a"),
    ("\u00a0", '"\u00a0"'),
    ({"\u00a0": "a\u00a0b"}, '"\u00a0": a\u00a0b'),
    (-0.0, "0"),
    (-3.5, "-3.5"),
    (True, "true"),
    ({"a b": 1, "a.b": 2, "1": 3}, '"a b": 1\na.b: 2\n"1": 3'),
    (LISTS, LISTS_TEXT),
]


@pytest.mark.promise("kaizen.ktof.codec")
@pytest.mark.parametrize(("value", "text"), PAIRS, ids=[text.split("\n")[0] for _, text in PAIRS])
def test_values_and_texts(value: Any, text: str) -> None:
    assert ktof.encode(value) == text
    assert ktof.decode(text) == value
    assert streamed(text) == value


@pytest.mark.parametrize("number", [1e23, 1e22, 2.0**70, 1.2345678901234567e20, 5e-324, 0.1, -0.0, 1e-7, 2.0**1023])
def test_floats_come_back_equal(number: float) -> None:
    for dialect in DIALECTS:
        assert ktof.decode(ktof.encode(number, dialect=dialect), dialect=dialect) == number
        assert ktof.decode(ktof.encode([number, {"a": number}])) == [number, {"a": number}]


def streamed(text: str, size: int = 3, **options: Any) -> Any:
    decoder = ktof.StreamDecoder(**options)
    for start in range(0, len(text), size):
        decoder.feed(text[start : start + size])
    return decoder.close()[1]


@pytest.mark.skipif(not VECTORS.is_file(), reason="the third-party vectors are not beside the repository")
def test_documented_vectors() -> None:
    document = json.loads(VECTORS.read_text(encoding="utf-8"))
    for case in [*document["cases"], document["case_study"]]:
        label = case.get("name", "case study")
        if case["kind"] == "encode":
            assert ktof.encode(case["input"], **case["options"]) == case["expected"], label
            continue
        for read in (ktof.decode, streamed):
            if case.get("error"):
                with pytest.raises(ktof.KtofDecodeError):
                    read(case["input"], **case["options"])
            else:
                found = read(case["input"], **case["options"])
                assert json.dumps(found) == json.dumps(case["expected"]), label


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((1, 2), "[2]: 1,2"),
        ({1}, "[1]: 1"),
        (math.nan, "null"),
        ([math.inf, -math.inf], "[2]: null,null"),
        ([{1: "a"}, {1: "b"}], '[2]{"1"}:\n  a\n  b'),
        ([{"a": True, "b": "x\ny"}, {"a": False, "b": "true"}], '[2]{a,b}:\n  true,"x\\ny"\n  false,"true"'),
        ([{"a": "x"}, {"a": "null"}], '[2]{a}:\n  x\n  "null"'),
        (http.HTTPStatus.OK, "200"),
        ([Colour.RED, {"c": Colour.RED}], "[2]:\n  - red\n  - c: red"),
        ([Half(0.5), 1], "[2]: 0.5,1"),
        (collections.OrderedDict(a=(1, collections.Counter("b"))), "a[2]:\n  - 1\n  - b: 1"),
        ({Colour.RED: 1, 2.5: 2}, 'red: 1\n"2.5": 2'),
        ([{"a": 1}, {"b": 1}], "[2]:\n  - a: 1\n  - b: 1"),
        ([{"a": 1}, collections.OrderedDict(a=2)], "[2]{a}:\n  1\n  2"),
    ],
    ids=str,
)
def test_what_json_has_no_word_for(value: Any, text: str) -> None:
    assert ktof.encode(value) == text


def test_names_that_are_no_text_are_written_as_json_writes_them() -> None:
    assert ktof.encode({2: "a", None: "b", False: "c"}) == '"2": a\nnull: b\nfalse: c'


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"delimiter": "|"}, "a[2|]: x|y"),
        ({"delimiter": "\t"}, "a[2\t]: x\ty"),
        ({"length_marker": "#"}, "a[#2]: x,y"),
        ({"length_marker": True, "delimiter": "|"}, "a[#2|]: x|y"),
        ({"length_marker": False}, "a[2]: x,y"),
    ],
)
def test_options_of_the_encoder(options: dict[str, Any], text: str) -> None:
    assert ktof.encode({"a": ["x", "y"]}, **options) == text
    assert ktof.decode(text) == {"a": ["x", "y"]}


@pytest.mark.parametrize(
    "options", [{"indent": 0}, {"indent": True}, {"delimiter": ";"}, {"length_marker": "zz"}, {"indent": "2"}]
)
def test_options_out_of_range(options: dict[str, Any]) -> None:
    with pytest.raises(ktof.KtofEncodeError):
        ktof.encode({}, **options)


@pytest.mark.parametrize(
    "value",
    [b"x", object(), {"a": {b"k": 1}}, [{"a": object()}], 10**5000, [{"a": 10**5000}], {1: 1, "1": 2}],
    ids=type,
)
def test_values_without_a_form(value: Any) -> None:
    with pytest.raises(ktof.KtofEncodeError):
        ktof.encode(value)


BROKEN = [
    ('"open', 1, "a quoted string does not end"),
    ('a: "x" y', 1, "a quoted string does not end"),
    ('a: "\\q"', 1, "unknown escape"),
    ("a: 1\n   b: 2", 2, "no multiple of 2"),
    ("a:\n\tb: 1", 2, "a tab in the indentation"),
    ("a[2]: 1", 1, "announces 2 values, 1"),
    ("a[2]:\n  - 1", 1, "announces 2 values, 1"),
    ("a[1]{x,y}:\n  1", 2, "1 values in a table of 2 columns"),
    ("a[1]{x}: 1", 1, "rows stand below"),
    ("a[2]:\n  - 1\n\n  - 2", 3, "a blank line inside an array"),
    ("a: 1\n    b: 2", 2, "belongs to nothing"),
    ("a: 1\nb", 2, "needs a colon"),
    ("  a: 1\nb: 1", 2, "belongs to nothing"),
    ("one\ntwo", 1, "needs a colon"),
    ("[1]: 1\na: 1", 2, "belongs to nothing"),
    ("a: 1e999", 1, "too large"),
    ("9" * 5000, 1, "digits"),
    ("a[1]:\n  - x: 1\n      y: 2", 3, "belongs to nothing"),
    ("a[3]{x}:\n  1\n  1e999\n  3", 3, "too large"),
    ('a[2]{x,y}:\n  1,2\n  "3,4', 3, "1 values in a table of 2"),
    ("a[2]{x}:\n  1\n  1,b[99999999999999999999]: 1", 1, "announces 2 values, 1"),
    ("a[2]{x}:\n  1\n\n  2", 3, "a blank line inside an array"),
    ("a[2]{x}:\n  1\n   2", 3, "no multiple"),
    ('a[2]{x}:\n  1\n  "\\q"', 3, "unknown escape"),
]


@pytest.mark.promise("kaizen.ktof.strict-and-lenient")
@pytest.mark.parametrize(("text", "line", "problem"), BROKEN)
def test_strict_decoding_says_what_is_wrong_and_where(text: str, line: int, problem: str) -> None:
    with pytest.raises(ktof.KtofDecodeError, match=problem) as caught:
        ktof.decode(text)
    assert caught.value.line == line
    restored = pickle.loads(pickle.dumps(caught.value))
    assert (str(restored), restored.line) == (str(caught.value), line)
    with pytest.raises(ktof.KtofDecodeError):
        streamed(text)


@pytest.mark.promise("kaizen.ktof.strict-and-lenient")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a:\n   b: 1", {"a": {"b": 1}}),
        ("a[9]: 1,2", {"a": [1, 2]}),
        ("a[1]{x,y}:\n  1", {"a": [{"x": 1}]}),
        ("a[1]{x}:\n  1,2", {"a": [{"x": 1}]}),
        ("a[2]:\n  - 1\n\n  - 2", {"a": [1, 2]}),
        ("a[1]:\n      - 1", {"a": [1]}),
        ("a:\n    b: 1", {"a": {"b": 1}}),
        ("a:\n\tb: 1", None),
    ],
)
def test_lenient_decoding_reads_what_is_there(text: str, value: Any) -> None:
    if value is None:
        assert ktof.decode(text, strict=False) == {"a": {}, "b": 1}
    else:
        assert ktof.decode(text, strict=False) == value
        with pytest.raises(ktof.KtofDecodeError):
            ktof.decode(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        ("\n \n", {}),
        ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ("a: x: y", {"a": "x: y"}),
        ("a[3]: 1,,", {"a": [1, "", ""]}),
        ('a[2]: "x",', {"a": ["x", ""]}),
        ('a[2]: ,"x"', {"a": ["", "x"]}),
        ("a:\u00a0x", {"a": "\u00a0x"}),
        ("\ufeffa: 1", {"a": 1}),
        ("a:1", {"a": 1}),
        ("a[2] {x}: 1", None),
        ("  a: 1\n  b[1]:\n    - 2", {"a": 1, "b": [2]}),
        ("  [2]{a}:\n    1\n    2", [{"a": 1}, {"a": 2}]),
        ("  text", "text"),
        ("a[1]:\n  -\n    b: 1", {"a": [{"b": 1}]}),
        ("a[1]:\n  - [1]{x}:\n    1", {"a": [[{"x": 1}]]}),
        ('"a:b": 1', {"a:b": 1}),
        ("a[1]{x,u}:\n  1,http://x", {"a": [{"x": 1, "u": "http://x"}]}),
    ],
)
def test_texts_that_no_encoder_writes(text: str, value: Any) -> None:
    for read in (ktof.decode, functools.partial(streamed, size=1)):
        if value is None:
            with pytest.raises(ktof.KtofDecodeError):
                read(text)
        else:
            assert read(text) == value


def test_decoding_refuses_an_impossible_indent() -> None:
    for indent in (0, True, "2"):
        with pytest.raises(ktof.KtofDecodeError, match="indent"):
            ktof.decode("a: 1", indent=indent)  # type: ignore[arg-type]


@pytest.mark.promise("kaizen.ktof.streaming")
def test_streaming_hands_out_parts_as_they_complete() -> None:
    decoder = ktof.StreamDecoder()
    assert decoder.feed("title: x\nusers[2]{id,na") == [ktof.Piece(("title",), "x")]
    assert decoder.feed("me}:\n  1,Ada\n  2,B") == [ktof.Piece(("users", 0), {"id": 1, "name": "Ada"})]
    assert decoder.feed("ob\n") == [ktof.Piece(("users", 1), {"id": 2, "name": "Bob"})]
    assert decoder.feed("end: true\nlast:\n  x: 1") == [ktof.Piece(("end",), True)]
    assert decoder.close() == (
        [ktof.Piece(("last",), {"x": 1})],
        {"title": "x", "users": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}], "end": True, "last": {"x": 1}},
    )


def test_streaming_a_list_and_a_scalar() -> None:
    pieces = list(ktof.iter_decode(["[2]:\n  - a: 1\n    b: 2\n  - ", "x"]))
    assert pieces == [ktof.Piece((0,), {"a": 1, "b": 2}), ktof.Piece((1,), "x")]
    assert list(ktof.iter_decode(["nu", "ll"])) == [ktof.Piece((), None)]
    assert list(ktof.iter_decode(["[2]: 1", ",2\n"])) == [ktof.Piece((), [1, 2])]
    assert list(ktof.iter_decode(["[0]:"])) == [ktof.Piece((), [])]
    assert list(ktof.iter_decode([""])) == []
    assert list(ktof.iter_decode(["a[0]:\nb:\nc[1]:\n  - [1]:\n    - x: [", "]"])) == [
        ktof.Piece(("a",), []),
        ktof.Piece(("b",), {}),
        ktof.Piece(("c", 0), [{"x": []}]),
    ]


@pytest.mark.parametrize(
    "text",
    ["a: 1\n[1]:\n  - 1", "[1]:\n  - 1\n[1]:\n  - 2", "x\n[1]: 2", "[1]{a}:\n  b: 1", "[1]:\n  1", "[2]:\n  - 1\nx"],
)
def test_streaming_refuses_what_decoding_refuses(text: str) -> None:
    with pytest.raises(ktof.KtofDecodeError):
        ktof.decode(text)
    with pytest.raises(ktof.KtofDecodeError):
        streamed(text)
