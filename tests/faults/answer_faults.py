"""Faults in well-formed answers: codings, bodies, statuses, Retry-After."""

from __future__ import annotations

import email.utils
import gzip
import time
import zlib
from typing import TYPE_CHECKING

from sdk_engine.errors import Outcome

from tests.faults.behaviours import OK, answer, chunk, coded, flood, framed, patched, raw, respelled, twice_gzip
from tests.faults.fault import (
    ANSWERED,
    ANSWERED_AFTER_RETRIES,
    CUT,
    FINE,
    NO_MODEL,
    NO_OBJECT,
    REFUSED,
    TASTE,
    Fault,
    answered,
    failed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HTML = b"<html><body>please log in</body></html>"
AS_HTML = ("Content-Type", "text/html")
MEGABYTE = b"0" * (1 << 20)
GZIP = ("Content-Encoding", "gzip")
LOCATION = ("Location", "http://127.0.0.1:9/elsewhere")
IN_PROGRESS = {"detail": {"error": "idempotency_key_in_progress", "message": "running"}}
MISMATCH = {"detail": {"error": "idempotency_key_conflict", "message": "other payload"}}


def coding_faults() -> Iterator[Fault]:
    """Content codings and sizes."""
    yield Fault("gzip", coded("gzip", gzip.compress), FINE)
    yield Fault("deflate", coded("deflate", zlib.compress), FINE)
    yield Fault("deflate_raw", coded("deflate", lambda body: zlib.compress(body, wbits=-15)), FINE)
    yield Fault("gzip_of_gzip", coded("gzip, gzip", twice_gzip), FINE)
    yield Fault("gzip_garbage", answer(200, b"this is not gzip at all", GZIP), CUT)
    yield Fault("gzip_truncated", coded("gzip", lambda body: gzip.compress(body)[:-12]), CUT)
    yield Fault("gzip_without_trailer", coded("gzip", lambda body: gzip.compress(body)[:-8]), CUT)
    yield Fault("gzip_wrong_checksum", coded("gzip", lambda body: gzip.compress(body)[:-8] + bytes(8)), CUT)
    yield Fault("gzip_then_garbage", coded("gzip", lambda body: gzip.compress(body) + b"junk"), CUT)
    yield Fault("deflate_garbage", answer(200, b"\xff\xfe not deflate", ("Content-Encoding", "deflate")), CUT)
    yield Fault("coding_not_offered", coded("br"), REFUSED)
    yield Fault("coding_nonsense", coded("wat"), REFUSED)
    yield Fault("codings_20", coded(", ".join(["gzip"] * 20), gzip.compress), REFUSED)
    yield Fault("codings_20_identity", coded(", ".join(["identity"] * 20)), TASTE)
    yield Fault("bomb_gzip", answer(200, gzip.compress(MEGABYTE * 40, 1), GZIP), REFUSED, timeout=5, alone=True)
    yield Fault(
        "bomb_gzip_of_gzip",
        answer(200, twice_gzip(MEGABYTE * 40), ("Content-Encoding", "gzip, gzip")),
        REFUSED,
        timeout=5,
        alone=True,
    )
    endless = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    yield Fault("body_endless_chunks", flood(endless, chunk(MEGABYTE)), REFUSED, timeout=5, alone=True)
    yield Fault("body_endless", flood(OK + b"\r\n", MEGABYTE), REFUSED, timeout=5, alone=True)
    yield Fault(
        "body_terabyte", flood(OK + b"Content-Length: 1000000000000\r\n\r\n", MEGABYTE), REFUSED, timeout=5, alone=True
    )
    yield Fault("error_body_endless", flood(b"HTTP/1.1 500 X\r\n\r\n", MEGABYTE), REFUSED, timeout=5, alone=True)


def body_faults() -> Iterator[Fault]:
    """2xx answers whose content is not what was promised."""
    yield Fault("body_html", answer(200, HTML, AS_HTML), NO_OBJECT)
    yield Fault("body_html_as_json", answer(200, HTML), NO_OBJECT)
    yield Fault("body_empty", answer(200, b""), NO_OBJECT)
    yield Fault("body_blank", answer(200, b"  \r\n "), NO_OBJECT)
    yield Fault("body_204", raw(b"HTTP/1.1 204 X\r\n\r\n", "keep"), NO_OBJECT)
    yield Fault("body_205", answer(205, b""), NO_OBJECT)
    yield Fault("body_truncated_json", framed(OK + b"Content-Length: 12\r\n\r\n", keep=12), NO_OBJECT)
    longer = failed(Outcome.UNKNOWN, breaks="object")  # what is left over spoils the answer, or is dropped
    yield Fault("body_longer_than_length", framed(OK + b"Content-Length: 12\r\n\r\n"), longer)
    yield Fault("body_two_documents", respelled(b"}", b"}{}"), NO_OBJECT)
    yield Fault("body_python_literal", answer(200, b"{'run_id': 'x'}"), NO_OBJECT)
    yield Fault("body_invalid_utf_8", respelled(b"completed", b"\xff\xfe"), NO_OBJECT)
    yield Fault("body_utf_16", answer(200, '{"run_id": "x", "status": "y"}'.encode("utf-16")), NO_OBJECT)
    yield Fault("body_list", answer(200, []), NO_OBJECT)
    yield Fault("body_list_of_runs", answer(200, [{"run_id": "x", "status": "y"}]), NO_OBJECT)
    yield Fault("body_null", answer(200, None), NO_OBJECT)
    yield Fault("body_number", answer(200, 7), NO_OBJECT)
    yield Fault("body_text", answer(200, "ok"), NO_OBJECT)
    yield Fault("body_true", answer(200, True), NO_OBJECT)
    yield Fault("body_empty_object", answer(200, {}), NO_MODEL)
    yield Fault("body_error_object", answer(200, {"error": "boom"}), NO_MODEL)
    yield Fault("field_missing", patched(status=...), NO_MODEL)
    yield Fault("field_null", patched(status=None), NO_MODEL)
    yield Fault("field_number", patched(status=5), NO_MODEL)
    yield Fault("field_list", patched(status=["completed"]), NO_MODEL)
    yield Fault("field_object", patched(status={}), NO_MODEL)
    yield Fault("optional_field_wrong", patched(metadata="text"), NO_MODEL)
    yield Fault("field_unknown_value", patched(status="hibernating"), FINE)
    yield Fault("field_unknown", patched(colour="red"), FINE)
    yield Fault("number_nan", respelled(b"}", b', "x": NaN}'), NO_OBJECT)
    yield Fault("number_infinity", respelled(b"}", b', "x": -Infinity}'), NO_OBJECT)
    yield Fault("number_5000_digits", respelled(b"}", b', "x": ' + b"9" * 5000 + b"}"), TASTE)
    yield Fault("number_1e999", respelled(b"}", b', "x": 1e999}'), TASTE)
    yield Fault("duplicate_names", respelled(b"{", b'{"status": "failed", '), TASTE)
    yield Fault("lone_surrogate", respelled(b"}", rb', "x": "\ud800"}'), TASTE)
    yield Fault("byte_order_mark", respelled(b"{", b"\xef\xbb\xbf{"), TASTE)
    yield Fault("nesting_100000", respelled(b"}", b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"), NO_OBJECT)
    yield Fault("nesting_open", respelled(b"}", b', "x": ' + b'{"a":' * 100_000), NO_OBJECT)
    yield Fault("charset_unknown", respelled(b"", b"", ("Content-Type", "application/json; charset=wat")), FINE)
    yield Fault("charset_utf_16", respelled(b"", b"", ("Content-Type", "application/json; charset=utf-16")), FINE)
    yield Fault("content_type_missing", framed(b"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"), FINE)
    yield Fault("content_type_nonsense", respelled(b"", b"", ("Content-Type", ";;=\x7f,")), TASTE)


def status_faults() -> Iterator[Fault]:
    """Everything that is not 2xx."""
    for status in (300, 301, 302, 303, 307, 308):
        yield Fault(f"redirect_{status}", answer(status, {"run_id": "x", "status": "y"}, LOCATION), ANSWERED)
    yield Fault("redirect_without_location", answer(302, {"run_id": "x", "status": "y"}), ANSWERED)
    yield Fault("redirect_broken_location", answer(302, b"", ("Location", "http://[::1")), ANSWERED)
    yield Fault("not_modified", raw(b"HTTP/1.1 304 X\r\n\r\n", "keep"), ANSWERED)
    for status in (400, 401, 403, 404, 405, 410, 422, 451, 500, 501):
        yield Fault(f"status_{status}", answer(status, {"detail": "no"}), answered(status))
    for status in (429, 502, 503, 504):
        yield Fault(f"status_{status}", answer(status, {"detail": "later"}), answered(status))
    yield Fault("status_502_html", answer(502, HTML * 500, AS_HTML), answered(502))
    yield Fault("status_500_empty", answer(500, b""), answered(500))
    yield Fault("status_500_list", answer(500, [1, 2]), answered(500))
    yield Fault("status_500_detail_number", answer(500, {"detail": 5}), answered(500))
    yield Fault(
        "status_422_detail_strange", answer(422, {"detail": [None, 7, {"loc": 3}, {"loc": ["a"], "msg": {}}]}), ANSWERED
    )
    yield Fault("status_400_nested", answer(400, b"[" * 100_000), ANSWERED)
    yield Fault("status_400_megabytes", answer(400, {"detail": "x" * (1 << 21)}), ANSWERED)
    yield Fault("status_400_invalid_utf_8", answer(400, b"\xff\xfe\x00"), ANSWERED)


def conflict_faults() -> Iterator[Fault]:
    """Refusals of idempotency keys, which mean something to clients that send them."""
    yield Fault("conflict_in_progress", answer(409, IN_PROGRESS), ANSWERED_AFTER_RETRIES, about="idempotency keys")
    yield Fault("conflict_mismatch", answer(409, MISMATCH), ANSWERED, about="idempotency keys")
    yield Fault("conflict_without_code", answer(409, {"detail": "conflict"}), ANSWERED, about="idempotency keys")


def retry_after_faults() -> Iterator[Fault]:
    """Hints to obey, to refuse and to ignore: nonsense means the client's own back-off, too long means an error now."""
    now = time.time()
    ignored = ["-5", "1.5", "1e0", "1_0", "nan", "inf", "0x10", "", "soon", "²", "9" * 5000, "1, 2", "+1"]
    ignored += ["Wed, 21 Oct 99999999999999999999 07:28:00 GMT", "Wed, 99 Oct 2030 99:99:99 GMT"]
    soon = ["0", "00", email.utils.formatdate(now - 3600, usegmt=True), "Sunday, 06-Nov-94 08:49:37 GMT"]
    too_long = ["999999999", "3600", email.utils.formatdate(now + 3600, usegmt=True)]
    too_long.append(time.asctime(time.gmtime(now + 3600)))
    for values, right in ((ignored + soon, ANSWERED_AFTER_RETRIES), (too_long, ANSWERED)):
        for value in values:
            status = 429 if len(value) % 2 else 503
            hint = ("Retry-After", value)
            behave = answer(status, {"detail": "later"}, hint)
            yield Fault(f"retry_after_{_name(value)}_{status}", behave, right, about="Retry-After")


def _name(value: str) -> str:
    return repr(value)[1:-1] if len(value) <= 40 else f"{value[:3]}_x{len(value)}"
