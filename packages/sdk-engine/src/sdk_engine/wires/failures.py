"""What went wrong, in the engine's words: one function for each kind, the same for every library.

A failure's cause is the httpx exception of that kind, because callers know those; it holds no request. Texts of
libraries are passed on only where they cannot quote a header or a body.
"""

from __future__ import annotations

import contextlib
import os
import ssl
from typing import TYPE_CHECKING

from sdk_engine.errors import Outcome
from sdk_engine.messages import WireFailure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST_HEAD = 64 * 1024
"""Bytes of an answer's header fields, names and values."""

MOST_FIELDS = 1000
"""Header fields of an answer, where the library has a limit of its own for them."""

_PASSING = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
_HEAD_TOO_LARGE = 431


def outcome(*, sent: bool) -> Outcome:
    """How far a request without an answer got."""
    return Outcome.UNKNOWN if sent else Outcome.NOT_SENT


def refused(why: str) -> WireFailure:
    """The request itself is wrong. The library's text may quote a header's value, so only its kind is passed on."""
    return WireFailure(f"the HTTP library refused the request ({why})", outcome=Outcome.NOT_SENT, transient=False)


def too_late(timeout: float, *, sent: bool) -> WireFailure:
    """Time ran out."""
    stage = "no complete answer" if sent else "no connection"
    failure = WireFailure(f"{stage} within {timeout:.6g} s", outcome=outcome(sent=sent), timed_out=True)
    return caused(failure, "ReadTimeout" if sent else "ConnectTimeout")


def crowded(size: int, waited: float) -> WireFailure:
    """No slot of the client's own became free in time."""
    failure = WireFailure(
        f"the client's own pool of {size} connections was full for {waited:.6g} s: "
        "have fewer calls under way at a time, or raise max_connections",
        outcome=Outcome.NOT_SENT,
        timed_out=True,
    )
    return caused(failure, "PoolTimeout")


def no_connection(reason: str, *, transient: bool = True) -> WireFailure:
    """There is no way to the server; nothing was sent."""
    failure = WireFailure(f"no connection: {reason}", outcome=Outcome.NOT_SENT, transient=transient)
    return caused(failure, "ConnectError")


def broken_off(reason: str, kind: str = "ReadError") -> WireFailure:
    """The connection failed in the middle."""
    return caused(WireFailure(f"the connection failed before the answer was complete: {reason}"), kind)


def head_too_large() -> WireFailure:
    """The answer has more header fields, or longer ones, than anybody needs; it will have them next time, too."""
    return WireFailure(f"the head of the answer is larger than {LARGEST_HEAD // 1024} KiB", transient=False)


def closed_meanwhile(*, sent: bool) -> WireFailure:
    """Somebody closed the client while the call was under way."""
    message = "the client was closed before the answer was complete"
    return WireFailure(message, outcome=outcome(sent=sent), transient=False)


def no_loop() -> WireFailure:
    """The async client is used where no event loop runs."""
    message = (
        "no event loop runs here; a process that was forked inside of one has none of its own: "
        "start one there with asyncio.run, or use a blocking client"
    )
    return WireFailure(message, outcome=Outcome.NOT_SENT, transient=False)


def caused(failure: WireFailure, kind: str) -> WireFailure:
    """The failure with httpx's exception of that name for its cause; without one where there is no file left to open.

    Loading httpx takes 70 ms and many files, so it is left until something fails.
    """
    with contextlib.suppress(OSError, ImportError):
        import httpx

        failure.__cause__ = getattr(httpx, kind)(str(failure))
    return failure


def is_head_too_large(exc: BaseException) -> bool:
    """Whether an exception of h11's, or one that it caused, says so."""
    return any(getattr(each, "error_status_hint", None) == _HEAD_TOO_LARGE for each in chain(exc))


def tls_refused(exc: BaseException) -> bool:
    """Whether TLS itself said no (certificate, version): trying again cannot help."""
    return any(isinstance(each, ssl.SSLError) and not isinstance(each, _PASSING) for each in chain(exc))


def reason(exc: BaseException) -> str:
    """What the innermost exception that this one came from says: of a connection, the outer ones say nothing.

    The system's own words where there are any: libraries add addresses and settings.
    """
    *_, first = chain(exc)
    number = getattr(first, "errno", None)
    if number is not None and number > 0 and not isinstance(first, ssl.SSLError):
        return os.strerror(number)
    return str(first) or type(first).__name__


def chain(exc: BaseException) -> Iterator[BaseException]:
    """The exception and what it came from, but not what its caller was handling when the call began."""
    current: BaseException | None = exc
    while current is not None:
        yield current
        several: Sequence[BaseException] = getattr(current, "exceptions", ())  # one for each address that was tried
        hidden = current.__context__ if current.__suppress_context__ else None  # httpcore raises again `from None`
        current = several[0] if several else current.__cause__ or hidden
