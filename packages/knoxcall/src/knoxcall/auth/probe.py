"""Asking a platform for an assertion, patiently where the platform is known, and without giving anything away.

In the clear a request goes only to the machine itself, its neighbours and its own network, through no proxy: that is
where metadata endpoints are. A named https endpoint is asked like any other server, over the client's own connections
and proxy. No redirect is followed.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.redaction import header_problem
from sdk_engine.retries import parse_retry_after
from sdk_engine.steps import Blocking, Send, Sleep

from knoxcall.timeouts import in_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from sdk_engine.deadline import Deadline

LARGEST = 16 * 1024

_OK = 200
_PASSING = frozenset({408, 410, 429, 500, 502, 503, 504})  # 410: Azure's, while its endpoint is updated
_LONGEST_PAUSE = 10.0
_NETWORKS = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


@dataclass(frozen=True)
class Patience:
    """How long one answer is waited for, in seconds, how often it is asked for, and the first pause between."""

    seconds: float
    tries: int
    pause: float = 0.2


GUESS = Patience(0.25, 1)
"""For a platform that nothing points to: most machines are not on it."""
KNOWN = Patience(10.0, 5)
"""For the platform that the environment names: its endpoint may come up later than what runs there, or be busy."""


async def fetch(
    url: str, headers: Mapping[str, str], patience: Patience, deadline: Deadline, *, trusted: str | None = None
) -> bytes:
    """A plan: the body of a 200 answer.

    Args:
        url: https, or http to a loopback, link-local or private address, or to `trusted`.
        headers: header fields to send.
        patience: how long and how often to try.
        deadline: the end of all tries.
        trusted: a host name that stands for a link-local address.

    Raises:
        ValueError: the URL or a header is not allowed, or there was no usable answer; nothing secret is quoted.
        OSError, WireFailure: there was no connection.
    """
    parts = urlsplit(url)
    _ = parts.port  # raises for one that does not exist
    is_near = parts.hostname == trusted or _is_near(parts.hostname or "")
    if not parts.hostname or parts.scheme not in ("http", "https") or (parts.scheme == "http" and not is_near):
        raise ValueError("its address must be https, or http on this machine or its own network")
    for name, value in headers.items():
        if problem := header_problem(value):
            raise ValueError(f"header {name} {problem}")  # http.client would quote the value
    ask = partial(_ask_near if is_near else _ask_named, parts, headers)
    for attempt in range(1, patience.tries):
        delay = patience.pause * 2 ** (attempt - 1)
        try:
            answer = await ask(min(patience.seconds, deadline.remaining))
        except (OSError, WireFailure) as exc:
            if not _may_pass(exc) or delay >= deadline.remaining:
                raise
        else:
            delay = max(delay, min(parse_retry_after(answer.headers.get("Retry-After")) or 0.0, _LONGEST_PAUSE))
            if answer.status_code not in _PASSING or delay >= deadline.remaining:
                return _content(answer)
        await Sleep(delay)
    return _content(await ask(min(patience.seconds, deadline.remaining)))


def _content(answer: Response) -> bytes:
    """The body of a 200 answer; anything else is of no use."""
    if answer.status_code != _OK:
        raise ValueError(f"it answered {answer.status_code}")
    if len(answer.content) > LARGEST:
        raise ValueError(f"its answer is larger than {LARGEST} bytes")
    return answer.content


def _may_pass(failure: OSError | WireFailure) -> bool:
    if isinstance(failure, WireFailure):
        return failure.transient
    return not isinstance(failure, socket.gaierror) or failure.errno == socket.EAI_AGAIN


async def _ask_named(parts: SplitResult, headers: Mapping[str, str], seconds: float) -> Response:
    """A plan: one request over the client's own connections."""
    base = f"https://{parts.netloc.rpartition('@')[2]}"
    return await Send(Request("GET", base, _target(parts), dict(headers), None), seconds)


async def _ask_near(parts: SplitResult, headers: Mapping[str, str], seconds: float) -> Response:
    """A plan: one request on a connection of its own, name lookup included."""
    answer: Response = await Blocking(partial(in_time, partial(_ask, parts, headers, seconds), seconds))
    return answer


def _ask(parts: SplitResult, headers: Mapping[str, str], seconds: float) -> Response:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        # nobody waits any longer by the time that this ends the thread
        with contextlib.closing(kind(parts.netloc.rpartition("@")[2], timeout=seconds + 1)) as connection:
            connection.request("GET", _target(parts), headers=dict(headers))
            with connection.getresponse() as answer:
                return Response(answer.status, answer.read(LARGEST + 1), answer.getheaders())
    except http.client.HTTPException:
        raise ValueError("its answer is not HTTP") from None


def _target(parts: SplitResult) -> str:
    return f"{parts.path or '/'}?{parts.query}"


def _is_near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_link_local or any(address in network for network in _NETWORKS)
