"""Targets: whatever the caller passes, a request stays on the path of its template."""

from __future__ import annotations

import enum
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sdk_engine.bodies import typed
from sdk_engine.errors import ConfigurationError
from sdk_engine.operation import Operation, path_segment, query_string, raw_target

RUN = Operation("GET", "/v1/runs/{run_id}", typed(lambda: dict))
STEP = Operation("POST", "/v1/runs/{run_id}/steps/{step_id}/cancel", typed(lambda: dict))
HOSTILE = [
    "a/b",
    "a?b",
    "a#b",
    "a%2Fb",
    "%2e%2e",
    "..%2f",
    "..;",
    "\\..\\",
    "a b",
    "a\nb",
    "ä",
    "😀",
    "//h",
    "http://h",
    "...",
    "~",
    "a+b&c=d",
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text not in (".", ".."))


def path_on_the_wire(target: str) -> str:
    """The path that an HTTP library sends: dot segments are gone by then."""
    return httpx.URL("http://h" + target).raw_path.decode().partition("?")[0]


def test_an_operation_is_a_constant() -> None:
    assert Operation("GET", "/x", dict) == Operation("GET", "/x", dict)
    assert repr(Operation("GET", "/x/{id}", dict)) == "Operation(method='GET', path='/x/{id}', decode=<class 'dict'>)"
    with pytest.raises(AttributeError):
        RUN.path = "/"  # type: ignore[misc]


# --- segments


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_id_stays_one_segment(value: str) -> None:
    target = RUN.target({"run_id": value})
    assert unquote(target) == f"/v1/runs/{value}"
    assert path_on_the_wire(target).count("/") == 3


@given(TEXT, TEXT)
@example("%2e%2e", "..%2f..")
def test_a_target_has_exactly_the_segments_of_its_template(run_id: str, step_id: str) -> None:
    target = STEP.target({"run_id": run_id, "step_id": step_id}, {"any": run_id})
    path, _, query = target.partition("?")
    assert path_on_the_wire(target) == path
    assert [unquote(segment) for segment in path.split("/")] == ["", "v1", "runs", run_id, "steps", step_id, "cancel"]
    assert parse_qsl(query, keep_blank_values=True) == [("any", run_id)]


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_segment_that_would_leave_the_path_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^run_id must name one resource; it is empty, '\.' or '\.\.'$"):
        RUN.target({"run_id": value})


@pytest.mark.parametrize("value", [None, 5, b"r1", ["r1"], object()])
def test_a_segment_is_text(value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"^run_id must be a string, got {type(value).__name__}$"):
        RUN.target({"run_id": value})


def test_a_lone_surrogate_is_refused_without_being_shown() -> None:
    for build in (
        lambda: path_segment("run_id", "\ud800"),
        lambda: query_string({"run_id": "\ud800"}),
        lambda: raw_target("/\ud800"),
        lambda: raw_target("/?run_id=\ud800"),
    ):
        with pytest.raises(
            ConfigurationError, match=r"^(run_id|path) holds a lone surrogate, which has no UTF-8 form$"
        ):
            build()


# --- queries


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, ""),
        ({"a": None}, ""),
        ({"a": []}, ""),
        ({"a": 1, "b": None, "c": "x"}, "?a=1&c=x"),
        ({"a": True, "b": False}, "?a=true&b=false"),
        ({"a": 0.5, "b": -1}, "?a=0.5&b=-1"),
        ({"a": ["x", 2, True]}, "?a=x&a=2&a=true"),
        ({"a": ("x", "y")}, "?a=x&a=y"),
        ({"a": {"x"}, "b": frozenset({"y"})}, "?a=x&b=y"),
        ({"a": ""}, "?a="),
        ({"a&b": "c=d&e", "ä": "😀"}, "?a%26b=c%3Dd%26e&%C3%A4=%F0%9F%98%80"),
        ({"a": "x y+z", "b": "/?#%"}, "?a=x%20y%2Bz&b=%2F%3F%23%25"),
        ({5: "x"}, "?5=x"),
    ],
)
def test_queries_are_encoded(query: dict[Any, object], text: str) -> None:
    assert query_string(query) == text


def test_a_member_of_an_enum_is_its_text() -> None:
    class Status(str, enum.Enum):
        RUNNING = "running"
        ODD = "a b"

    query = {Status.RUNNING: Status.RUNNING, "odd": [Status.ODD, Status.RUNNING]}
    assert query_string(query) == "?running=running&odd=a%20b&odd=running"
    assert type(path_segment("status", Status.RUNNING)) is str


@pytest.mark.parametrize("value", [object(), b"x", {"a": 1}, [None], [["nested"]]])
def test_a_query_value_without_a_text_form_is_refused(value: object) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^query parameter a must be text, a number, a bool or a list of them"
    ):
        query_string({"a": value})


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.lists(TEXT), max_size=4))
def test_a_server_reads_back_what_was_meant(query: dict[str, list[str]]) -> None:
    pairs = [(name, value) for name, values in query.items() for value in values]
    assert parse_qsl(query_string(query).removeprefix("?"), keep_blank_values=True) == pairs


# --- paths that the caller wrote out


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("", "/"),
        ("/", "/"),
        ("v1/runs", "/v1/runs"),
        ("/v1/runs", "/v1/runs"),
        ("/v1/runs/", "/v1/runs/"),
        ("/v1//runs", "/v1//runs"),
        ("/v1/a%2Fb", "/v1/a%2Fb"),
        ("/v1/a b#c", "/v1/a%20b%23c"),
        ("/v1/ä\n", "/v1/%C3%A4%0A"),
        ("/v1/x:y@z", "/v1/x:y@z"),
        ("/v1/...", "/v1/..."),
        ("/v1/runs?a=b c&d=/e?", "/v1/runs?a=b%20c&d=/e?"),
        ("/v1/runs?next=http://h/../x", "/v1/runs?next=http://h/../x"),
    ],
)
def test_a_written_path_is_kept(path: str, target: str) -> None:
    assert raw_target(path) == target


def test_a_written_query_is_added_to() -> None:
    assert raw_target("/x", {"b": 2}) == "/x?b=2"
    assert raw_target("/x?a=1", {"b": "?"}) == "/x?a=1&b=%3F"
    assert raw_target("/x?a=1", {"b": None}) == "/x?a=1"


@pytest.mark.promise("kneo.auth.configured-origin-only")
@pytest.mark.parametrize(
    "path", ["http://evil/x", "https://evil", "//evil/x", "\\\\evil", "\\evil", "ftp://evil", "x://"]
)
def test_an_absolute_url_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^path must be relative to the configured base URL"):
        raw_target(path)


@pytest.mark.parametrize(
    "path",
    [
        *("..", ".", "/..", "/v1/../admin", "/v1/./x", "/v1/..", "../x", "/v1/..?a=1"),
        *("/v1/%2e%2e/x", "/v1/%2E%2e", "/v1/.%2e/x", "/v1/%2e/x", "/v1/x%2f..%2Fy", "/v1\\..\\x", "/v1/x%5c..%5Cy"),
    ],
)
def test_a_dot_segment_is_refused_however_it_is_spelled(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^path must not hold '\.' or '\.\.' segments$"):
        raw_target(path)


@pytest.mark.parametrize("path", [None, 5, b"/x"])
def test_a_path_is_text(path: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^path must be a string"):
        raw_target(path)


@given(st.text(alphabet="ab./\\%2eEfF5c?#:@; \t\n"))
def test_a_written_path_never_leaves_the_origin_or_its_own_segments(path: str) -> None:
    try:
        target = raw_target(path)
    except ConfigurationError:
        return
    url = httpx.URL("http://h" + target)
    assert url.host == "h"
    assert target.startswith("/")
    assert path_on_the_wire(target) == target.partition("?")[0]
