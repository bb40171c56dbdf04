"""Public methods that exist in both modes, written once, and the groups that they stand in."""

from __future__ import annotations

import functools
from types import FunctionType
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
    `AsyncDriver`, with the plan's parameters, defaults and docstring. So does inspection, on instances; a class that
    serves both modes shows the one that its attribute `blocks` names, awaited where it has none.
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

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What `isinstance` sees: mocks leave out `self` only for what stands in a class as a function."""
        return FunctionType

    @overload
    def __get__(self, instance: None, owner: type[object]) -> Callable[Concatenate[Any, P], Any]: ...
    @overload
    def __get__(self, instance: Driven[SyncDriver], owner: type[object]) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Driven[AsyncDriver], owner: type[object]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: type[object]) -> Any:
        if instance is None:
            return self._blocking if getattr(owner, "blocks", False) else self._awaited
        method = self._blocking if isinstance(instance.driver, SyncDriver) else self._awaited
        return method.__get__(instance, owner)


class part:  # noqa: N801 - used as a decorator
    """A group of methods as an attribute of a client: made when it is first used, kept after that.

    Decorates a function that makes the group. On the class the attribute is the group's own class, so that
    `create_autospec` and documentation find what is in it; `load` gives that class.
    """

    def __init__(self, load: Callable[[], type[Any]]) -> None:
        self._load = load

    def __call__(self, make: Callable[[Any], T]) -> _Part[T]:
        """The attribute that this function makes."""
        return _Part(make, self._load)


class _Part(Generic[T]):
    def __init__(self, make: Callable[[Any], T], load: Callable[[], type[Any]]) -> None:
        self._make = make
        self._load = load
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type[object]) -> Any: ...
    @overload
    def __get__(self, instance: object, owner: type[object]) -> T: ...
    def __get__(self, instance: Any, owner: type[object]) -> Any:
        if instance is None:
            group: Any = self._load()
            return _as_blocking(group) if getattr(owner, "blocks", False) else group
        made = instance.__dict__[self._name] = self._make(instance)
        return made


@functools.cache
def _as_blocking(group: Any) -> Any:
    """The group as the class of a blocking client shows it."""
    names = {"blocks": True, "__doc__": group.__doc__, "__module__": group.__module__}
    return type(group.__name__, (group,), names)
