"""How a request carries its access token, and what happens when that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knoxcall.answers import from_upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from sdk_engine.deadline import Deadline
    from sdk_engine.messages import Request, Response

    from knoxcall.auth.dpop import Prover
    from knoxcall.auth.tokens import Tokens
    from knoxcall.token import Token

_UNAUTHORIZED = 401


def refused_by_management(answer: Response) -> bool:
    """Whether the management API refused the token."""
    return answer.status_code == _UNAUTHORIZED


def refused_by_proxy(answer: Response) -> bool:
    """Whether KnoxCall itself, and not the upstream behind it, refused the token."""
    return answer.status_code == _UNAUTHORIZED and not from_upstream(answer)


class OAuth:
    """An `AuthFlow` of the engine: a token on every attempt, one other token after a refusal."""

    def __init__(self, tokens: Tokens, prover: Prover, refused: Callable[[Response], bool]) -> None:
        self._tokens = tokens
        self._prover = prover
        self._refused = refused

    async def send(self, request: Request, timeout: float, deadline: Deadline) -> Response:
        """A plan: one attempt, token requests included."""
        token = await self._tokens.get(deadline, timeout)
        answer = await self._attempt(request, timeout, deadline, token)
        if self._refused(answer):
            other = await self._tokens.replace(token, deadline, timeout)
            if other is None:
                return answer
            token = other
            answer = await self._attempt(request, timeout, deadline, token)
        if not self._refused(answer):
            self._tokens.accepted(token)
        return answer

    async def _attempt(self, request: Request, timeout: float, deadline: Deadline, token: Token) -> Response:
        left = deadline.remaining
        return await self._prover.send(request, min(timeout, left), token, patience=left)
