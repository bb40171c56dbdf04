"""Wires that answer from a script, for tests of everything above the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sdk_engine.messages import Response, WireFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sdk_engine.messages import Request

    Answer: TypeAlias = Response | WireFailure | int


class _Script:
    """Gives the scripted answers in order and records what was sent.

    An answer is a `Response`, a `WireFailure` to raise, or a bare status (with `{}` as its body); a callable is asked
    for each request.
    """

    def __init__(self, answers: Iterable[Answer] | Callable[[Request], Answer]) -> None:
        self._answers: Any = answers if callable(answers) else iter(answers)
        self.requests: list[Request] = []
        self.timeouts: list[float] = []
        self.closed = 0

    def _answer(self, request: Request, timeout: float) -> Response:
        self.requests.append(request)
        self.timeouts.append(timeout)
        answer: Any = self._answers(request) if callable(self._answers) else next(self._answers, None)
        assert answer is not None, f"the script has no answer for request {len(self.requests)}: {request}"
        if isinstance(answer, WireFailure):
            raise answer
        return answer if isinstance(answer, Response) else Response(answer, b"{}")


class FakeSyncWire(_Script):
    """A scripted wire for `SyncDriver`."""

    def send(self, request: Request, timeout: float, patience: float) -> Response:
        """The next answer."""
        return self._answer(request, timeout)

    def close(self) -> None:
        """Count the call."""
        self.closed += 1


class FakeAsyncWire(_Script):
    """A scripted wire for `AsyncDriver`.

    It yields once to the loop before it answers, so a plan that waits for anything but a step fails in tests as it
    would in production.
    """

    async def send(self, request: Request, timeout: float, patience: float) -> Response:
        """The next answer."""
        import anyio.lowlevel

        await anyio.lowlevel.checkpoint()
        return self._answer(request, timeout)

    async def aclose(self) -> None:
        """Count the call."""
        self.closed += 1
