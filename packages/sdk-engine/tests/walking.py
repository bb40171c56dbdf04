"""Walk through a plan by hand: no loop, no thread, no clock. What happened reads as one line."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from sdk_engine.errors import SdkError
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import ClientSettings
from sdk_engine.steps import Send, Sleep

Answer = int | Response | WireFailure
STEADY = RetryPolicy(jitter=0)


def client(**settings: Any) -> ClientSettings:
    """A client whose time stands still, with a credential that must not show up anywhere."""
    usual = {"headers": {"Authorization": "Bearer s3cret"}, "retry": STEADY, "clock": lambda: 0.0}
    return ClientSettings("http://h", **{**usual, **settings})


class Clock:
    """Seconds that pass when a plan sleeps and when an answer takes its time."""

    now = 0.0

    def __call__(self) -> float:
        return self.now

    def after(self, seconds: float, answer: Answer) -> Callable[[], Answer]:
        """This answer, so many seconds later."""

        def arrive() -> Answer:
            self.now += seconds
            return answer

        return arrive


@dataclass
class Walk:
    """What a plan did; `str()` of it reads `[Send GET /x] <- 503, [Sleep 0.2], [Send GET /x] <- 200 -> {}`."""

    steps: list[str] = field(default_factory=list)
    sent: list[Send] = field(default_factory=list)
    value: Any = None
    error: Any = None

    @property
    def requests(self) -> list[Request]:
        return [step.request for step in self.sent]

    def __str__(self) -> str:
        end = self.value if self.error is None else type(self.error).__name__
        return f"{', '.join(self.steps)} -> {end}".lstrip()


def walk(
    plan: Coroutine[Any, Any, Any], script: Sequence[Answer | Callable[[], Answer]], clock: Clock | None = None
) -> Walk:
    """Resume the plan with the scripted answers, in order, until it returns or raises; all of them must be used."""
    walked, clock, left = Walk(), clock or Clock(), list(script)
    resume, result = plan.send, None
    try:
        while True:
            step: Any = resume(result)
            resume, result = plan.send, None
            if isinstance(step, Sleep):
                clock.now += step.seconds
                walked.steps.append(f"[Sleep {step.seconds:g}]")
            else:
                assert left, f"the script has no answer for {step}"
                result, label = _arrived(left.pop(0))
                resume = plan.throw if isinstance(result, WireFailure) else plan.send
                walked.sent.append(step)
                walked.steps.append(f"[Send {step.request.method} {step.request.target}] <- {label}")
    except StopIteration as done:
        walked.value = done.value
    except SdkError as error:
        walked.error = error
    assert not left, f"the plan ended before it used {left}"
    return walked


def _arrived(answer: Any) -> tuple[Any, object]:
    answer = answer() if callable(answer) else answer
    if isinstance(answer, WireFailure):
        return answer, answer
    response = answer if isinstance(answer, Response) else Response(answer, b"{}")
    return response, response.status_code
