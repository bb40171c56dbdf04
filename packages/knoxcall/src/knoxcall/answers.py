"""Reading proxied answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knoxcall.auth.flow import from_upstream

if TYPE_CHECKING:
    import httpx

_FIRST_REFUSAL = 400


def is_refusal(response: httpx.Response) -> bool:
    """Whether KnoxCall itself refused the call (no such route, no valid token, too many calls), not the upstream."""
    return response.status_code >= _FIRST_REFUSAL and not from_upstream(response)
