"""Faults below the answer: connections, framing, and bytes that are not HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.errors import Outcome

from tests.faults import behaviours as b
from tests.faults.behaviours import OK, answer, chunked, drip, flood, framed, raw, silent
from tests.faults.fault import ANSWERED, BROKEN, CUT, FINE, NOT_SENT, TASTE, Fault, Right, failed
from tests.faults.origin import http_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = OK + b"Content-Length: {length}\r\n"
LONGER = OK + b"Content-Length: 4096\r\n\r\n"
SHORT = 0.25
"""Seconds for one attempt, where it has to end for lack of an answer."""
SMUGGLED = http_answer(200, {"run_id": "smuggled", "status": "failed"})
IDLE_TIMEOUT = http_answer(408, {}, (("Connection", "close"),))
REFUSED_STATUS = Right(frozenset({Outcome.ANSWERED, Outcome.UNKNOWN}))


def connection_faults() -> Iterator[Fault]:
    """Before, during and after the connection."""
    yield Fault("connect_refused", b.good(), NOT_SENT, at="closed port")
    yield Fault("connect_no_such_name", b.good(), NOT_SENT, at="unknown host", about="host names")
    yield Fault("connect_backlog_full", b.good(), failed(Outcome.NOT_SENT), at="full backlog", timeout=SHORT)
    yield Fault("accept_reset", b.good(), CUT, at="accept, reset")
    yield Fault("accept_close", b.good(), CUT, at="accept, close")
    yield Fault("request_close", raw(b""), CUT)
    yield Fault("request_reset", raw(b"", "reset"), CUT)
    yield Fault("cut_status_line", raw(b"HTTP/1.1 20"), CUT)
    yield Fault("cut_headers", raw(OK + b"Content-Le"), CUT)
    yield Fault("cut_headers_reset", raw(OK, "reset"), CUT)
    yield Fault("cut_body", framed(LONGER), CUT)
    yield Fault("cut_body_reset", framed(LONGER, end="reset"), CUT)
    yield Fault("cut_body_empty", raw(LONGER), CUT)
    yield Fault("cut_chunk", chunked(b"40\r\nhalf"), CUT)
    yield Fault("cut_chunk_size", chunked(b"4"), CUT)
    yield Fault("cut_chunk_reset", chunked(b"40\r\nhalf", end="reset"), CUT)
    yield Fault("cut_before_last_chunk", chunked(), CUT)
    yield Fault("hang", silent(), CUT, timeout=SHORT)
    yield Fault("hang_in_status_line", silent(b"HTTP/1"), CUT, timeout=SHORT)
    yield Fault("hang_in_headers", silent(OK), CUT, timeout=SHORT)
    yield Fault("hang_in_body", silent(LONGER + b"{"), CUT, timeout=SHORT)
    yield Fault("hang_in_chunk", chunked(b"40\r\nhalf", end="hang"), CUT, timeout=SHORT)
    yield Fault("hang_before_last_chunk", chunked(end="hang"), CUT, timeout=SHORT)
    yield Fault("drip_status_line", drip(b"HTTP/1.1 200 ", b"O"), CUT, timeout=SHORT)
    yield Fault("drip_headers", drip(OK, b"X-A: b\r\n"), CUT, timeout=SHORT)
    yield Fault("drip_body", drip(LONGER, b" "), CUT, timeout=SHORT)
    yield Fault("drip_chunks", drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b.chunk(b" ")), CUT, timeout=SHORT)
    yield Fault("drip_informational", drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), CUT, timeout=SHORT)
    yield Fault("idle_closed", b.only_reused(raw(b"")), FINE, warm=1)
    yield Fault("idle_reset", b.only_reused(raw(b"", "reset")), FINE, warm=1)
    yield Fault("idle_timeout_answer", b.trailing(IDLE_TIMEOUT), FINE, warm=1)
    yield Fault("unasked_answer", b.trailing(SMUGGLED), FINE, warm=1)
    # in the packet of the answer it spoils that one too, where the parser says no before it hands anything out
    yield Fault("unasked_garbage", b.trailing(b"\x00garbage\r\n\r\n"), TASTE, warm=1)


def framing_faults() -> Iterator[Fault]:
    """Answers that are not, or barely, HTTP."""
    yield Fault("not_http", raw(b"SSH-2.0-OpenSSH_9.6\r\n"), BROKEN)
    yield Fault("not_http_binary", raw(bytes(range(256)) * 8), BROKEN)
    yield Fault("http_0_9", framed(b""), BROKEN)
    yield Fault("http_2_preface", raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18)), BROKEN)
    upgrade = b"HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
    yield Fault("switching_protocols", raw(upgrade, "hang"), REFUSED_STATUS, timeout=SHORT)
    yield Fault("status_text", raw(b"HTTP/1.1 abc OK\r\n\r\n"), BROKEN)
    yield Fault("status_two_digits", raw(b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"), BROKEN)
    yield Fault("status_999", answer(999, {}), REFUSED_STATUS)
    yield Fault("status_418", answer(418, {}), ANSWERED)
    yield Fault("status_600", answer(600, {}), REFUSED_STATUS)
    yield Fault("header_nul", framed(HEAD + b"X-A: a\x00b\r\n\r\n"), BROKEN)
    yield Fault("header_without_colon", framed(HEAD + b"nonsense\r\n\r\n"), BROKEN)
    yield Fault("header_blank_before_colon", framed(HEAD + b"X-A : b\r\n\r\n"), TASTE)
    yield Fault("header_folded", framed(HEAD + b"X-A: b\r\n c\r\n\r\n"), TASTE)
    yield Fault("header_latin_1", framed(HEAD + b"X-A: caf\xe9\r\n\r\n"), TASTE)
    yield Fault("header_line_feeds", framed(HEAD.replace(b"\r\n", b"\n") + b"\n"), TASTE)
    yield Fault("header_2_mb", framed(HEAD + b"X-A: " + b"a" * (1 << 21) + b"\r\n\r\n"), BROKEN, alone=True)
    yield Fault("headers_5000", framed(HEAD + b"X-A: b\r\n" * 5000 + b"\r\n"), TASTE, alone=True)
    yield Fault("headers_endless", flood(OK, b"X-A: bbbbbbbb\r\n" * 64), BROKEN, alone=True, timeout=SHORT)
    yield Fault("header_endless", flood(OK + b"X-A: ", b"b" * 4096), BROKEN, alone=True, timeout=SHORT)
    yield Fault("status_line_endless", flood(b"HTTP/1.1 200 ", b"b" * 4096), BROKEN, alone=True, timeout=SHORT)
    hints = b"HTTP/1.1 103 Early Hints\r\n\r\n" * 64
    yield Fault("informational_endless", flood(b"", hints), BROKEN, alone=True, timeout=SHORT)
    yield Fault("length_conflict", framed(HEAD + b"Content-Length: 5\r\n\r\n"), BROKEN)
    yield Fault("length_negative", framed(OK + b"Content-Length: -1\r\n\r\n"), BROKEN)
    yield Fault("length_text", framed(OK + b"Content-Length: many\r\n\r\n"), BROKEN)
    yield Fault("length_plus", framed(OK + b"Content-Length: +{length}\r\n\r\n"), BROKEN)
    yield Fault("length_hex", framed(OK + b"Content-Length: 0x20\r\n\r\n"), BROKEN)
    yield Fault("length_5000_digits", framed(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"), BROKEN)
    yield Fault("length_twice_equal", framed(HEAD + b"Content-Length: {length}\r\n\r\n"), TASTE)
    yield Fault("length_and_chunked", b.in_chunks(fields=b"Content-Length: 4\r\n"), BROKEN)
    yield Fault("coding_unknown", framed(OK + b"Transfer-Encoding: wat\r\n\r\n"), BROKEN)
    yield Fault("coding_gzip_chunked", framed(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n"), BROKEN)
    yield Fault("chunk_size_text", chunked(b"zz\r\nhalf\r\n"), BROKEN)
    yield Fault("chunk_size_negative", chunked(b"-4\r\nhalf\r\n"), BROKEN)
    yield Fault("chunk_size_huge", chunked(b"f" * 40 + b"\r\nhalf"), BROKEN)
    yield Fault("chunk_longer_than_said", chunked(b"2\r\nhalf\r\n", tail=b"0\r\n\r\n"), BROKEN)
    yield Fault("chunk_extension_endless", b.in_chunks(b";" + b"a" * 300_000), TASTE)
    yield Fault("early_continue", framed(b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"\r\n"), FINE)
    yield Fault("early_hints", framed(b"HTTP/1.1 103 X\r\nLink: </a>\r\n\r\n" + HEAD + b"\r\n"), FINE)
    yield Fault("http_1_0_until_close", framed(OK.replace(b"/1.1", b"/1.0") + b"\r\n"), FINE)
    yield Fault("until_close", framed(OK + b"\r\n"), FINE)
    yield Fault("close_announced", framed(HEAD + b"Connection: close\r\n\r\n"), FINE)
    yield Fault("close_unannounced", framed(HEAD + b"\r\n"), FINE, warm=1)
    yield Fault("answer_before_body_read", framed(HEAD + b"\r\n", end="reset"), FINE)
