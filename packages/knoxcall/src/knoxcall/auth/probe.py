"""Asking a platform for an assertion without giving anything away.

The request goes to the named server and nowhere else: through no proxy, after no redirect, in the clear only to the
machine itself or its link-local neighbour. It takes a quarter of a second at most, name lookup included.
"""

from __future__ import annotations

import http.client
import ipaddress
import queue
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sdk_engine.redaction import header_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 0.25
LARGEST = 16 * 1024

_OK = 200


def fetch(url: str, headers: Mapping[str, str], *, trusted: str | None = None) -> bytes:
    """The body of a 200 answer.

    Args:
        url: https, or http to a loopback or link-local address or to `trusted`.
        headers: header fields to send.
        trusted: a host name that stands for a link-local address.

    Raises:
        ValueError: the URL or a header is not allowed, or the answer is no 200, too late or too large; nothing secret
            is quoted.
        OSError: there was no connection.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (parts.scheme == "http" and (host == trusted or _is_near(host))):
        raise ValueError("its address must be https, or http on this machine")
    for name, value in headers.items():
        if problem := header_problem(value):
            raise ValueError(f"header {name} {problem}")  # http.client would quote the value
    results: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            results.put(_ask(parts.scheme, parts.netloc, f"{parts.path or '/'}?{parts.query}", headers))
        except Exception as exc:  # noqa: BLE001 - handed over to the caller's thread
            results.put(exc)

    threading.Thread(target=ask, name="knoxcall-probe", daemon=True).start()
    try:
        result = results.get(timeout=TIMEOUT)
    except queue.Empty:
        raise ValueError(f"no answer within {TIMEOUT:.6g} s") from None
    if isinstance(result, http.client.HTTPException):
        raise ValueError("its answer is not HTTP")
    if isinstance(result, Exception):
        raise result
    return result


def _ask(scheme: str, netloc: str, target: str, headers: Mapping[str, str]) -> bytes:
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = kind(netloc.rpartition("@")[2], timeout=TIMEOUT)
    try:
        connection.request("GET", target, headers=dict(headers))
        with connection.getresponse() as answer:
            if answer.status != _OK:
                raise ValueError(f"it answered {answer.status}")
            content = answer.read(LARGEST + 1)
    finally:
        connection.close()
    if len(content) > LARGEST:
        raise ValueError(f"its answer is larger than {LARGEST} bytes")
    return content


def _is_near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local
