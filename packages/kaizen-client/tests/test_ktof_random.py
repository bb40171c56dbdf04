"""The codec on random documents and texts. KTOF_EXAMPLES says how many; the long proofs take 100,000."""

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaizen_client import ktof

from .test_ktof import streamed

EXAMPLES = int(os.environ.get("KTOF_EXAMPLES", "300"))

texts = st.text(max_size=8) | st.sampled_from(
    [
        "a: b",
        "- x",
        "[2]: 1",
        "x[1|]: 7",
        "name[2]{a,b}:",
        "05",
        "1e5",
        '"q"',
        "a,b",
        "\r",
        "\u2028",
        "\ufeff",
        "--",
        "\x01",
    ]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(texts, inner, max_size=4)
        | st.lists(st.fixed_dictionaries({"a": scalars, "b c": scalars}), max_size=4)
    ),
    max_leaves=25,
)


@pytest.mark.promise("kaizen.ktof.round-trip")
@settings(max_examples=EXAMPLES, deadline=None)
@given(documents, st.sampled_from(",\t|"), st.integers(1, 4), st.booleans(), st.integers(1, 9))
def test_every_document_comes_back(value: Any, delimiter: str, indent: int, marker: bool, size: int) -> None:
    text = ktof.encode(value, delimiter=delimiter, indent=indent, length_marker=marker)
    assert same(ktof.decode(text, indent=indent), value)
    assert same(ktof.decode(text, indent=indent, strict=False), value)
    assert same(streamed(text, size, indent=indent), value)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(alphabet='ab:,|\t"\\[]{}#-0123 \n', max_size=60), st.booleans())
def test_every_text_decodes_or_is_refused(text: str, strict: bool) -> None:
    try:
        value = ktof.decode(text, strict=strict)
    except ktof.KtofDecodeError:
        return
    assert same(ktof.decode(ktof.encode(value)), value)


def same(left: Any, right: Any) -> bool:
    """Equal, where 5.0 and 5 are the same number and a large float is its shortest text."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right or float(left) == float(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right
