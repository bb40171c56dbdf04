"""`with_kaizen_client`: give an async function a client."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, overload

from kaizen_client.client import KaizenClient

if TYPE_CHECKING:
    from kaizen_client.config import KaizenClientConfig

F = TypeVar("F", bound=Callable[..., Any])
_NAME = "kaizen"


class Shared(Protocol):
    """What a function decorated with `shared=True` has besides."""

    close: Callable[[], Awaitable[None]]
    """Close the shared client; the next call opens another."""


@overload
def with_kaizen_client(config: F) -> F: ...
@overload
def with_kaizen_client(config: KaizenClientConfig | None = None, *, shared: bool = False) -> Callable[[F], F]: ...
def with_kaizen_client(config: Any = None, *, shared: bool = False) -> Any:
    """Call an async function, or an async generator, with a client as its argument `kaizen`.

    A caller who passes a client for it, by position or by name, keeps that one, and it stays open. Else the function
    gets a client of its own, closed when it is done.

    Args:
        config: for the clients; None reads the environment at each call. Works without parentheses as well.
        shared: open one client at the first call and use it for all; `await function.close()` closes it.

    Raises:
        TypeError: the function is not async, or has no argument `kaizen`. Raised where it is decorated.
    """
    if callable(config):
        return _decorate(config, _Source(None, shared=False))
    return functools.partial(_decorate, source=_Source(config, shared=shared))


class _Source:
    """Where the clients of one decorated function come from."""

    def __init__(self, config: KaizenClientConfig | None, *, shared: bool) -> None:
        self.config = config
        self.shared = shared
        self.client: KaizenClient | None = None

    def take(self) -> KaizenClient:
        if not self.shared:
            return KaizenClient(config=self.config)
        if self.client is None:
            self.client = KaizenClient(config=self.config)
        return self.client

    async def give_back(self, client: KaizenClient) -> None:
        if not self.shared:
            await client.close()

    async def close(self) -> None:
        client, self.client = self.client, None
        if client is not None:
            await client.close()


def _decorate(function: F, source: _Source) -> F:
    signature = inspect.signature(function)
    takes_it = _NAME in signature.parameters or any(
        parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in signature.parameters.values()
    )
    if not takes_it:
        raise TypeError(f"{_name(function)} has no argument {_NAME!r} to receive the client")

    def given(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        return signature.bind_partial(*args, **kwargs).arguments.get(_NAME) is not None or (
            kwargs.get(_NAME) is not None
        )

    def completed(client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with the client in its place, also where the caller wrote a None there."""
        bound = signature.bind_partial(*args, **kwargs)
        if _NAME not in signature.parameters:
            return args, {**kwargs, _NAME: client}
        bound.arguments[_NAME] = client
        ordered = inspect.BoundArguments(
            signature,
            cast("Any", {name: bound.arguments[name] for name in signature.parameters if name in bound.arguments}),
        )
        return ordered.args, ordered.kwargs

    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def generate(*args: Any, **kwargs: Any) -> Any:
            own = None if given(args, kwargs) else source.take()
            try:
                if own is not None:
                    args, kwargs = completed(own, args, kwargs)
                async with aclosing(function(*args, **kwargs)) as items:  # ends before its client is closed
                    async for item in items:
                        yield item
            finally:
                if own is not None:
                    await source.give_back(own)

        wrapper: Any = generate
    elif inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def call(*args: Any, **kwargs: Any) -> Any:
            if given(args, kwargs):
                return await function(*args, **kwargs)
            client = source.take()
            try:
                args, kwargs = completed(client, args, kwargs)
                return await function(*args, **kwargs)
            finally:
                await source.give_back(client)

        wrapper = call
    else:
        raise TypeError(f"{_name(function)} is not async; with_kaizen_client is for async functions")
    if source.shared:
        wrapper.close = source.close
    return cast("F", wrapper)


def _name(function: Any) -> str:
    return getattr(function, "__qualname__", repr(function))
