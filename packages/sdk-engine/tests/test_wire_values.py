"""What crosses the wire: plain values that show no secret."""

from __future__ import annotations

import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Headers, Request, Response, WireFailure, check_framing, safe_cause


def test_headers_are_found_whatever_their_case() -> None:
    headers = Headers([("X-A", "1"), ("x-a", "2"), ("X-B", "3")])
    assert (headers.get("x-A"), headers.get("X-B"), headers.get("X-C"), headers.get("X-C", "0")) == (
        "1",
        "3",
        None,
        "0",
    )
    assert list(headers) == [("X-A", "1"), ("x-a", "2"), ("X-B", "3")]


def test_reprs_show_neither_values_nor_bodies() -> None:
    request = Request("POST", "http://h", "/x?key=s3cret", {"Authorization": "s3cret"}, b"s3cret")
    response = Response(200, b"s3cret", [("Set-Cookie", "s3cret")])
    assert (repr(request), repr(response)) == ("<Request POST /x>", "<Response 200, 6 bytes>")
    assert repr(response.headers) == "<Headers ['Set-Cookie']>"


def test_a_request_with_more_headers_is_another_request() -> None:
    request = Request("POST", "http://h", "/x", {"A": "1", "B": "2"}, b"body")
    signed = request.with_headers({"B": "3"})
    assert request.headers == {"A": "1", "B": "2"}
    assert signed.headers == {"A": "1", "B": "3"}
    assert (signed.method, signed.url, signed.content) == ("POST", "http://h/x", b"body")


def test_an_answer_without_headers_has_none() -> None:
    assert list(Response(204).headers) == []


def test_a_failure_is_uncertain_and_passing_unless_it_says_otherwise() -> None:
    failure = WireFailure("lost")
    assert (str(failure), failure.outcome, failure.transient, failure.timed_out) == (
        "lost",
        Outcome.UNKNOWN,
        True,
        False,
    )


@pytest.mark.parametrize(("length", "coding"), [(None, None), ("5", None), (None, "chunked"), (None, " Chunked ")])
def test_an_answer_framed_in_one_way_is_fine(length: str | None, coding: str | None) -> None:
    check_framing(length, coding)


@pytest.mark.parametrize(
    ("length", "coding", "message"),
    [
        ("5", "chunked", "the answer has both Content-Length and Transfer-Encoding"),
        (None, "gzip, chunked", "the answer uses a transfer coding that was not asked for"),
        (None, "wat", "the answer uses a transfer coding that was not asked for"),
    ],
)
def test_an_answer_whose_end_cannot_be_trusted_is_refused(length: str | None, coding: str, message: str) -> None:
    with pytest.raises(WireFailure, match=f"^{message}$") as caught:
        check_framing(length, coding)
    assert not caught.value.transient


class LibraryError(Exception):
    """Carries the request, as the errors of HTTP libraries do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.request = self._request = self.response = self._response = "s3cret"
        self.attempt = 1


def test_a_cause_loses_everything_that_may_hold_a_credential() -> None:
    try:
        try:
            try:
                raise LibraryError("innermost")
            except LibraryError as exc:
                raise LibraryError("inner") from exc
        except LibraryError:
            raise LibraryError("outer")  # noqa: B904 - the context counts too
    except LibraryError as exc:
        cause: BaseException | None = safe_cause(exc)
    seen = []
    while cause is not None:
        seen.append(str(cause))
        assert (vars(cause), cause.__traceback__) == ({"attempt": 1}, None)
        cause = cause.__cause__ or cause.__context__
    assert seen == ["outer", "inner", "innermost"]


def test_causes_that_go_round_in_a_circle_end() -> None:
    first, second = OSError("first"), OSError("second")
    first.__context__, second.__context__ = second, first
    assert safe_cause(first) is first
