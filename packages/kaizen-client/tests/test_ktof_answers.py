"""KTOF as models write it: in fences, with brackets, in other indentation, or not at all."""

import functools
from typing import Any

import pytest

from kaizen_client import ktof

from .test_ktof import streamed

ROWS = {"a": [{"x": 1, "y": "```"}, {"x": 2, "y": "b"}]}
READS = [ktof.decode, functools.partial(streamed, size=1), functools.partial(streamed, size=7)]


@pytest.mark.parametrize("label", ["", "ktof", "toon", "KTOF", " ktof "])
@pytest.mark.parametrize("marks", ["```", "~~~", "`````"])
@pytest.mark.parametrize("margin", ["", "   "])
@pytest.mark.parametrize("value", [ROWS, [1, {"a": []}], "text", {}], ids=str)
def test_a_fence_around_a_document_is_taken_off(value: Any, margin: str, marks: str, label: str) -> None:
    body = "".join(f"{margin}{line}\n" for line in ktof.encode(value).split("\n"))
    for text in (
        f"{margin}{marks}{label}\n{body}{margin}{marks}",
        f"\n{margin}{marks}{label}\r\n\n{body}{margin}{marks}  \n\n",
    ):
        for read in READS:
            assert read(text) == value


@pytest.mark.parametrize(
    ("text", "problem", "lenient"),
    [
        ("```ktof\na: 1", "line 2: the fence around the document does not end", {"a": 1}),
        ("```\na[1]:\n  - 1\n", "line 4: the fence around the document does not end", {"a": [1]}),
        ("```\na: 1\n```\nb: 2", "line 4: the document ends with its fence", None),
        ("```\nx\n```\ny", "line 4: the document ends with its fence", None),
        ("```\na: 1\n~~~", "line 3: a field needs a colon", None),
        ("```\n```ktof\n```", None, "```ktof"),
        ("```json\n[1]\n```", "line 1: a field needs a colon", None),
        ("a: 1\n```", "line 2: a field needs a colon", None),
    ],
)
def test_what_is_no_fence_around_a_document(text: str, problem: str | None, lenient: Any) -> None:
    for read in READS:
        if problem is None:
            assert read(text) == lenient
            continue
        with pytest.raises(ktof.KtofDecodeError, match=problem):
            read(text)
        if lenient is None:
            with pytest.raises(ktof.KtofDecodeError, match=problem):
                read(text, strict=False)
        else:
            assert read(text, strict=False) == lenient


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("items: []", {"items": []}),
        ("items: {}", {"items": {}}),
        ("[]", []),
        ("{}", {}),
        ("a[2]:\n  - []\n  - b: []", {"a": [[], {"b": []}]}),
        ("a[2]: [],1", {"a": [[], 1]}),
        ("a: [link](http)", {"a": "[link](http)"}),
        ("a: [x", {"a": "[x"}),
        ("a: x[]", {"a": "x[]"}),
        ('a: "[]"', {"a": "[]"}),
    ],
)
def test_empty_brackets_are_empty_values(text: str, value: Any) -> None:
    for read in READS:
        assert read(text) == value


@pytest.mark.parametrize(
    ("text", "lenient"),
    [
        ("a: [1, 2]", {"a": [1, 2]}),
        ('a: {"b": 1}', {"a": {"b": 1}}),
        ("- x: 1", {"- x": 1}),
        ("a: [b, c]", {"a": "[b, c]"}),
        ("a[1]: [b]", {"a": ["[b]"]}),
        ("a[03]: 1", {"a[03]": 1}),
        ("a[x]: 1", {"a[x]": 1}),
        ("a[]: 1", {"a[]": 1}),
        ("a[2] : 1,2", {"a[2]": "1,2"}),
        ("{a}: 1", {"{a}": 1}),
        ("a: 1\na: 2", {"a": 2}),
        ("a[1]:\n  - b: 1\n    b: 2", {"a": [{"b": 2}]}),
        ("a: 1\n- b: 2", {"a": 1, "- b": 2}),
        ("a[2]:\n  - b:\n      c: 1\n\n      d: 2\n  - 1", {"a": [{"b": {"c": 1, "d": 2}}, 1]}),
    ],
)
def test_what_other_formats_write_is_no_text_in_silence(text: str, lenient: Any) -> None:
    for read in READS:
        with pytest.raises(ktof.KtofDecodeError):
            read(text)
        assert read(text, strict=False) == lenient


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a[2:]{x}:\n  k: 1\n  l: 2", "of another dialect"),
        ("a[1]{x{y,z}}:\n  1,2", "of another dialect"),
        ("a[1]{x,x}:\n  1,2", "same name"),
        ("a[1]{x,}:\n  1,2", "no name"),
        ("a[1]{}:\n  1", "no name"),
        ("a[2|]{x,y}:\n  1|2", "needs quotes"),
    ],
)
def test_headers_that_announce_what_is_not_there(text: str, problem: str) -> None:
    for read in READS:
        for strict in (True, False):
            with pytest.raises(ktof.KtofDecodeError, match=problem):
                read(text, strict=strict)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("answer: yes", True),
        ("users[1]{id}:\n  1\n", True),
        ("[2]: 1,2", True),
        ('"a b": 1', True),
        ("I think a: b, c", False),
        ("yes", False),
        ("", False),
        ("a: 1\n  b: 2", False),
        ("Sure, here it is", False),
    ],
)
def test_prose_is_not_ktof(text: str, verdict: bool) -> None:
    assert ktof.looks_like_ktof(text) is verdict


@pytest.mark.parametrize(
    ("text", "options", "verdict"),
    [
        ("```ktof\na b: 1\n```", {}, True),
        ("```\nanswer: yes\n```", {}, True),
        ("```\nI think a: b\n```", {}, False),
        ("  ```toon\n  a[1]:\n    - 1\n  ```", {}, True),
        ("a:\n    b: 1", {"indent": 4}, True),
        ("a:\n    b: 1", {"strict": False}, True),
        ("a:\n    b: 1", {}, False),
        ("users[9]: Ada", {"strict": False}, True),
        ("a[2:]{x}:\n  k: 1\n  l: 2", {"dialect": "toon"}, True),
        ("# no comment\na: 1", {"dialect": "toon"}, True),
    ],
)
def test_the_options_of_decoding_count_for_recognising_too(text: str, options: Any, verdict: bool) -> None:
    assert ktof.looks_like_ktof(text, **options) is verdict


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("users[2]{id}:\n  1", "announces 2 values, 1"),
        ("Here you are:\nusers[2]: Ada", "needs a colon|belongs|announces"),
        ("```ktof\na: 1", "fence"),
        ("```toon\nSure, here it is\nmore\n```", "needs a colon"),
        ("a[2:]{x}:\n  k: 1", "another dialect"),
        ("Sure, here it is", None),
        ("I think a: b\nc", None),
        ("see [1]: it says\nmore", None),
        ("```python\nprint(a[1])\n```", None),
    ],
)
def test_what_begins_as_ktof_and_is_none_is_told(text: str, problem: str | None) -> None:
    found = ktof.recognise(text)
    assert not found.is_ktof
    if problem is None:
        assert found.problem is None
    else:
        with pytest.raises(ktof.KtofDecodeError, match=problem):
            raise found.problem or AssertionError
