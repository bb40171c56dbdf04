"""Whose answer a proxied call got. This is the one place that decides it.

What the upstream says is the caller's: no token is renewed, no nonce learnt and nothing sent again because of it. The
proxy marks such answers; only what is not marked is KnoxCall's own word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
    from sdk_engine.messages import Response

_MARKS = ("X-Knox-Upstream-Status", "X-Knox-Destination-Status")
_FIRST_REFUSAL = 400


def from_upstream(answer: Response | httpx.Response) -> bool:
    """Whether a proxied answer is the upstream's."""
    return any(answer.headers.get(mark) is not None for mark in _MARKS)


def is_refusal(response: httpx.Response) -> bool:
    """Whether KnoxCall itself refused the call (no such route, no valid token, too many calls), not the upstream."""
    return response.status_code >= _FIRST_REFUSAL and not from_upstream(response)
