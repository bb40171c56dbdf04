"""How deep values may be: one limit for both directions, whatever stands inside."""

import functools
import sys
from typing import Any

import pytest

from kaizen_client import ktof

from .test_ktof import DIALECTS, streamed


def nested(depth: int, kind: str, inner: Any) -> Any:
    """A value in this many objects or lists, or both by turns."""
    value = inner
    for level in range(depth):
        value = {"a": value} if kind == "objects" or (kind == "both" and level % 2) else [value]
    return value


INNER: list[tuple[Any, int]] = [(1, 0), ([], 1), ({}, 1), ([1, 2], 1), ([{"a": 1}], 2), ([{}], 2), ({"a": [[]]}, 3)]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", ["lists", "objects", "both"])
@pytest.mark.parametrize(("inner", "levels"), INNER, ids=str)
def test_there_is_one_limit_of_depth_for_both_directions(
    inner: Any, levels: int, kind: str, dialect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deepest = nested(ktof.MAX_DEPTH - levels, kind, inner)
    reads = (ktof.decode, functools.partial(streamed, size=50))
    for read in reads:
        assert read(ktof.encode(deepest, indent=1, dialect=dialect), indent=1, dialect=dialect) == deepest
    deeper = nested(1, kind, deepest)
    with pytest.raises(ktof.KtofEncodeError, match="nested too deeply"):
        ktof.encode(deeper, dialect=dialect)
    monkeypatch.setattr("kaizen_client.ktof.encoder.MAX_DEPTH", ktof.MAX_DEPTH + 1)
    for read in reads:
        with pytest.raises(ktof.KtofDecodeError, match="nested too deeply"):
            read(ktof.encode(deeper, indent=1, dialect=dialect), indent=1, dialect=dialect)


@pytest.mark.parametrize("depth", [400, 100_000])
def test_values_that_are_far_too_deep_are_refused(depth: int) -> None:
    with pytest.raises(ktof.KtofEncodeError, match="nested too deeply"):
        ktof.encode(nested(depth, "both", 1))


def test_brackets_count_as_a_level_too() -> None:
    for brackets in ("[]", "{}"):
        for number in (ktof.MAX_DEPTH - 1, ktof.MAX_DEPTH):
            text = "\n".join(
                [*(" " * level + "a:" for level in range(number - 1)), " " * (number - 1) + f"a: {brackets}"]
            )
            if number < ktof.MAX_DEPTH:
                assert ktof.encode(ktof.decode(text, indent=1), dialect="toon", indent=1).startswith("a:")
            else:
                with pytest.raises(ktof.KtofDecodeError, match="nested too deeply"):
                    ktof.decode(text, indent=1)


def test_endless_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ktof.KtofEncodeError, match="nested too deeply"):
        ktof.encode(loop)
    limit = sys.getrecursionlimit()
    monkeypatch.setattr("kaizen_client.ktof.encoder.MAX_DEPTH", limit)
    with pytest.raises(ktof.KtofEncodeError, match="too deeply for this call stack"):
        ktof.encode(loop)
