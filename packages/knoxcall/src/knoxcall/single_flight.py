"""One piece of work for everybody who asks for it at the same time."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sdk_engine.errors import SdkError
from sdk_engine.steps import Acquire, Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Work whose result, or failure, all share who came while it was under way: a dead server is not asked by each."""

    def __init__(self) -> None:
        self._gate = Gate()
        self._landed = 0
        self._failure: SdkError | None = None

    async def run(self, ready: Callable[[], T | None], work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """A plan: what `ready()` gives, or else the result of `work()`.

        Raises:
            SdkError: the work failed, here or for the caller that this one waited for.
        """
        landed = self._landed
        release = await Acquire(self._gate)
        try:
            value = ready()
            if value is not None:
                return value
            failure = self._failure
            if failure is not None and self._landed != landed:
                raise copy.copy(failure) from failure.__cause__
            self._failure = None
            try:
                return await work()
            except SdkError as exc:
                self._failure = exc
                raise
            finally:
                self._landed += 1
        finally:
            release()
