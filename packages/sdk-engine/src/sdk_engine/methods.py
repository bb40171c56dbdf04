"""Public methods that exist in both modes, written once, and the groups that they stand in."""

from __future__ import annotations

import functools
import inspect
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

    @overload
    def __get__(self, instance: None, owner: type[object]) -> Callable[Concatenate[Any, P], Any]: ...
    @overload
    def __get__(self, instance: Driven[SyncDriver], owner: type[object]) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Driven[AsyncDriver], owner: type[object]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: type[object]) -> Any:
        if instance is None:
            return _without_self(self._blocking if getattr(owner, "blocks", False) else self._awaited)
        method = self._blocking if isinstance(instance.driver, SyncDriver) else self._awaited
        return method.__get__(instance, owner)


@functools.cache
def _without_self(method: FunctionType) -> FunctionType:
    """The function as a class shows it: callable as ever, with the signature that its instances have.

    Mocks take what is no plain function in the class's own dictionary for a static method, and would miss `self`.
    """
    shown = FunctionType(method.__code__, method.__globals__, method.__name__, None, method.__closure__)
    functools.update_wrapper(shown, method)
    signature = inspect.signature(method)
    vars(shown)["__signature__"] = signature.replace(parameters=list(signature.parameters.values())[1:])
    return shown


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
    def __get__(self, instance: None, owner: type[object]) -> type[Any]: ...
    @overload
    def __get__(self, instance: object, owner: type[object]) -> T: ...
    def __get__(self, instance: Any, owner: type[object]) -> Any:
        if instance is None:
            return _blocking(self._load()) if getattr(owner, "blocks", False) else self._load()
        made = instance.__dict__[self._name] = self._make(instance)
        return made


@functools.cache
def _blocking(group: type[Any]) -> type[Any]:
    """The group as the class of a blocking client shows it."""
    return type(group.__name__, (group,), {"blocks": True, "__doc__": group.__doc__, "__module__": group.__module__})
