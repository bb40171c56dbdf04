"""Calling a vendor's SDK, sync or async, without blocking the loop, and marking its errors."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any

from sdk_engine.errors import Outcome
from sdk_engine.retries import parse_retry_after

from kaizen_client.errors import KaizenProviderError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

_END = object()


def load(module: str, provider: str) -> Any:
    """The vendor's package.

    Raises:
        RuntimeError: it is not installed; the message names the extra.
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as exc:
        raise RuntimeError(f"{module} is not installed: pip install 'kaizen-client[{provider}]'") from exc


async def invoke(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call a function of a vendor's client: an async one on the loop, a blocking one on a thread."""
    if inspect.iscoroutinefunction(inspect.unwrap(function)):
        return await function(*args, **kwargs)
    import anyio

    result = await anyio.to_thread.run_sync(functools.partial(function, *args, **kwargs))
    return await result if inspect.isawaitable(result) else result


async def finish(close: Callable[..., Any], /, *args: Any) -> None:
    """Call what ends a vendor's stream, also where everything else is being cancelled."""
    import anyio

    with anyio.CancelScope(shield=True):
        await invoke(close, *args)


async def iterate(items: Any) -> AsyncGenerator[Any]:
    """The items of a vendor's stream, which is closed at the end; a blocking one is waited for on threads."""
    try:
        if isinstance(items, AsyncIterable):
            async for item in items:
                yield item
            return
        import anyio

        iterator = iter(items)
        while (item := await anyio.to_thread.run_sync(next, iterator, _END)) is not _END:
            yield item
    finally:
        close = getattr(items, "aclose", None) or getattr(items, "close", None)
        if close is not None:
            await finish(close)


def marked(exc: Exception, provider: str, encoded: dict[str, Any] | None) -> Exception:
    """The vendor's exception, which from now on is a `KaizenProviderError` as well.

    It stays the same object. Python's own exceptions, such as the TypeError for a wrong argument, stay as they are.
    """
    kind: Any = type(exc)
    if kind.__module__ == "builtins" or isinstance(exc, KaizenProviderError):
        return exc
    try:
        exc.__class__ = _both(kind)
    except TypeError:  # a class of a C extension
        return exc
    response = getattr(exc, "response", None)
    headers = getattr(response, "headers", None) or {}
    facts: dict[str, Any] = {
        "provider": provider,
        "encoded": encoded,
        "outcome": Outcome.UNKNOWN if response is None else Outcome.ANSWERED,
        "attempts": 1,
        "retry_after": parse_retry_after(headers.get("retry-after")),
        "idempotency_key": None,
    }
    for name, value in facts.items():
        setattr(exc, name, value)
    for name in ("status", "code", "body", "request_id"):
        if not hasattr(exc, name):
            setattr(exc, name, getattr(exc, "status_code", None) if name == "status" else None)
    return exc


@functools.cache
def _both(vendors: type[Exception]) -> type[Exception]:
    bases: Any = (vendors, KaizenProviderError)
    names = {"__module__": vendors.__module__, "__reduce__": KaizenProviderError.__reduce__}
    return type(vendors.__name__, bases, names)
