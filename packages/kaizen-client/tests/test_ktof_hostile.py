"""Texts made to hurt: what they cost, and that they are refused with the place where they break."""

import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from kaizen_client import ktof
from kaizen_client.local.detection import rewrite

from .test_ktof import streamed

SIZE = 100_000
MOST_SECONDS = 10  # of CPU; linear work takes well below one, quadratic work at this size minutes

LONG = {
    "blanks in a cell": '[2]: "x",a' + " " * SIZE + "b",
    "escapes outside quotes": "a" + '\\"' * SIZE + "x: 1",
    "escapes in open quotes": '"' + '\\"' * SIZE,
    "escapes in a row": "a[1]{x}:\n  x" + '\\"' * SIZE + ":",
    "columns without an end": "a[1]{" + '"a",' * SIZE,
    "brackets": "[" * SIZE,
    "headers without an end": "a[1]{}{" * SIZE,
    "dashes": "a[1]:\n  " + "- " * SIZE,
    "blank lines": "\n" * SIZE,
    "digits": "a: 0." + "1" * SIZE,
    "an exponent": "a: 1e" + "1" * SIZE,
    "quotes": "[9]: " + '"' * SIZE,
    "cells": "[9]: " + "," * SIZE,
}


def within_its_time(work: Callable[[], Any]) -> None:
    started = time.process_time()
    try:
        work()
    except ktof.KtofDecodeError as error:
        assert error.line  # noqa: PT017 - either outcome will do; the time is what counts
    assert time.process_time() - started < MOST_SECONDS


@pytest.mark.promise("kaizen.ktof.hostile-input")
@pytest.mark.parametrize("name", list(LONG))
@pytest.mark.parametrize("strict", [True, False])
def test_no_text_takes_more_than_linear_time(name: str, strict: bool) -> None:
    within_its_time(lambda: ktof.decode(LONG[name], strict=strict))
    within_its_time(lambda: streamed(LONG[name], 1000, strict=strict))
    within_its_time(lambda: ktof.looks_like_ktof(LONG[name]))


def test_a_line_that_arrives_sign_by_sign_takes_linear_time() -> None:
    within_its_time(lambda: streamed("a: " + "x" * SIZE, 1))


@pytest.mark.parametrize("text", ["[1," * SIZE, "[" * SIZE, '{"a":' * SIZE], ids=lambda text: text[:5])
def test_looking_for_json_takes_linear_time(text: str) -> None:
    within_its_time(lambda: rewrite(text))


def test_json_behind_a_broken_beginning_is_found() -> None:
    broken = "[1," * 100 + 'x {"a": 1} and [2]'
    assert rewrite(broken).text == "[1," * 100 + "x a: 1 and [1]: 2"


@pytest.mark.promise("kaizen.ktof.hostile-input")
@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("[999999999]: 1", 1, "announces 999999999 values, 1"),
        ("a: 1\nb[99999999999999999999]: 1", 2, "too many digits"),
        ("a: 1\nb[999999999]{x}:\n 1", 2, "announces 999999999 values, 1"),
        ("\n".join(f"{' ' * depth}a:" for depth in range(3000)), None, "nested too deeply"),
        ("[1]:\n" + "\n".join(f"{' ' * depth}- [1]:" for depth in range(1, 2000)), None, "nested too deeply"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_cannot_be_is_refused_with_its_line(text: str, line: int | None, problem: str) -> None:
    reads: list[Callable[[], Any]] = [lambda: ktof.decode(text, indent=1), lambda: streamed(text, 1000, indent=1)]
    for read in reads:
        with pytest.raises(ktof.KtofDecodeError, match=problem) as caught:
            read()
        assert caught.value.line == line if line else caught.value.line > 50


@pytest.mark.promise("kaizen.ktof.hostile-input")
@pytest.mark.parametrize("text", [f"[{SIZE}]:\n" + "\n".join(["  -"] * SIZE), "[999999999]: " + "," * SIZE])
def test_memory_grows_with_the_text_only(text: str) -> None:
    tracemalloc.start()
    try:
        ktof.decode(text, strict=False)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * len(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('[1]: a"b,c"d', ['a"b,c"d']),
        ('[2]: a"b","c', None),
        ('a"b:c": 1', {'a"b:c"': 1}),
    ],
)
def test_quotes_inside_a_value_hide_what_is_between_them(text: str, value: Any) -> None:
    if value is None:
        with pytest.raises(ktof.KtofDecodeError):
            ktof.decode(text)
    else:
        assert ktof.decode(text) == value


def test_a_value_at_the_limit_of_depth_comes_back() -> None:
    value: Any = 1
    for _ in range(100):
        value = {"a": [value]}
    text = ktof.encode(value)
    assert json.dumps(ktof.decode(text)) == json.dumps(streamed(text, 7)) == json.dumps(value)
