"""Public methods that exist in both modes, written once."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from sdk_engine.drivers import AsyncDriver, SyncDriver

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
T = TypeVar("T")
D_co = TypeVar("D_co", SyncDriver, AsyncDriver, covariant=True)


class Driven(Protocol[D_co]):
    """An object whose operations a driver performs."""

    @property
    def driver(self) -> D_co:
        """The driver; its type decides whether methods block or return coroutines."""
        ...


class blocking_or_awaited(Generic[P, T]):  # noqa: N801 - used as a decorator
    """Expose a plan as a method: plain on a sync client, a coroutine method on an async one.

    Type checkers see `T` on an owner whose driver is a `SyncDriver` and a coroutine of `T` on one with an
    `AsyncDriver`, with the plan's parameters, defaults and docstring.
    """

    def __init__(self, plan: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        @functools.wraps(plan)
        def blocking(instance: Any, *args: P.args, **kwargs: P.kwargs) -> Any:
            return instance.driver.run(plan(instance, *args, **kwargs))

        @functools.wraps(plan)
        async def awaited(instance: Any, *args: P.args, **kwargs: P.kwargs) -> Any:
            return await instance.driver.run(plan(instance, *args, **kwargs))

        self._blocking: Any = blocking
        self._awaited: Any = awaited
        self.__doc__ = plan.__doc__

    @overload
    def __get__(self, instance: None, owner: type[object]) -> blocking_or_awaited[P, T]: ...
    @overload
    def __get__(self, instance: Driven[SyncDriver], owner: type[object]) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Driven[AsyncDriver], owner: type[object]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: type[object]) -> Any:
        if instance is None:
            return self
        method = self._blocking if isinstance(instance.driver, SyncDriver) else self._awaited
        return method.__get__(instance, owner)
