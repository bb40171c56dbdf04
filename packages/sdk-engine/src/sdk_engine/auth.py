"""Credentials that need more than a fixed header.

A fixed key belongs into `ClientSettings.headers`. A flow that mints tokens or answers challenges is a plan: it gets the
request of each attempt, may send others of its own, and returns the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sdk_engine.deadline import Deadline
    from sdk_engine.messages import Request, Response


class AuthFlow(Protocol):
    """Adds credentials to one attempt."""

    async def send(self, request: Request, timeout: float, deadline: Deadline) -> Response:
        """A plan: `await Send(request.with_headers(...), timeout)`, before or after whatever else it takes.

        Token requests of its own share the call's `deadline`.
        """
        ...
