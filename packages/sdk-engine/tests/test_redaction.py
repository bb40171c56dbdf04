"""Secrets stay out of everything that people read, and headers cannot carry anything but headers."""

from __future__ import annotations

import copy
import pickle
import traceback
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdk_engine.errors import ConfigurationError
from sdk_engine.redaction import REDACTED, Secret, check_header, header_problem, redact_headers

KEY = Secret("s3cret")


@dataclass
class Settings:
    key: Secret


# --- Secret


@pytest.mark.parametrize(
    "shown",
    [
        repr(KEY),
        ascii(KEY),
        f"{KEY!r}",
        "%r" % KEY,  # noqa: UP031
        repr([KEY]),
        repr({"key": KEY}),
        repr(Settings(KEY)),
        str([KEY]),
    ],
)
def test_a_secret_does_not_show_in_a_repr(shown: str) -> None:
    assert "s3cret" not in shown
    assert REDACTED in shown


def test_a_secret_does_not_show_in_a_traceback_with_locals() -> None:
    def fail(key: Secret) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as caught:
        fail(KEY)
    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "key = '<redacted>'" in text
    assert "s3cret" not in text


def test_a_secret_is_used_like_any_string() -> None:
    assert KEY == "s3cret"
    assert f"Bearer {KEY}" == "Bearer s3cret"
    assert str(KEY) == format(KEY) == "".join(KEY) == "s3cret"
    assert {KEY: 1}["s3cret"] == 1
    assert KEY.encode() == b"s3cret"


@pytest.mark.parametrize("protocol", range(6))
def test_a_secret_is_not_pickled(protocol: int) -> None:
    for holder in (KEY, [KEY], Settings(KEY)):
        with pytest.raises(TypeError, match=r"^a credential cannot be pickled; resolve it again in the process"):
            pickle.dumps(holder, protocol)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_secret_is_a_secret(duplicate: Any) -> None:
    assert duplicate(KEY) is KEY
    assert repr(duplicate(Settings(KEY))) == "Settings(key='<redacted>')"


# --- redact_headers


@pytest.mark.parametrize(
    "name", ["Authorization", "proxy-authorization", "Cookie", "Set-Cookie", "X-Api-Key", "x-kneo-API-KEY", "DPoP"]
)
def test_sensitive_values_are_replaced(name: str) -> None:
    assert redact_headers({name: "s3cret"}) == {name: REDACTED}


def test_other_headers_are_copied() -> None:
    headers = {"Accept": "a", "X-Request-ID": "r"}
    redacted = redact_headers(headers)
    assert redacted == headers
    assert redacted is not headers


# --- header validation


@pytest.mark.parametrize("value", ["", "a", "a b", "a\tb", "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", Secret("key")])
def test_values_that_a_header_can_carry(value: str) -> None:
    check_header("X-A", value)


@pytest.mark.promise("kneo.transport.header-values-validated")
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("s3cret\n", "a character that a header cannot carry"),
        ("s3cret\r\nX-Evil: 1", "a character that a header cannot carry"),
        ("s3cret\x00", "a character that a header cannot carry"),
        ("s3cret\x7f", "a character that a header cannot carry"),
        ("s3crét", "a character that a header cannot carry"),
        ("s3cret\ud800", "a character that a header cannot carry"),
        (" s3cret", "begins or ends with a blank"),
        ("s3cret\t", "begins or ends with a blank"),
        (b"s3cret", "must be a string, got bytes"),
        (None, "must be a string, got NoneType"),
    ],
)
def test_a_bad_value_is_refused_and_not_shown(value: object, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^header X-Api-Key .*{problem}") as caught:
        check_header("X-Api-Key", value)
    assert "s3cr" not in "".join(traceback.format_exception(caught.value)).partition("Error: ")[2]


@pytest.mark.parametrize("name", ["", "X A", "X-A:", "X-A\r\n", "\tX-A", "Ä", "X-Ａ", None, b"X-A"])
def test_a_name_is_a_token(name: object) -> None:
    with pytest.raises(ConfigurationError, match=r"^a header name may only hold letters, digits and"):
        check_header(name, "v")


@given(st.text())
def test_what_passes_is_one_line_of_ascii(value: str) -> None:
    if header_problem(value) is None:
        assert value.isascii()
        assert len(value.splitlines()) <= 1
        assert value == value.strip()
