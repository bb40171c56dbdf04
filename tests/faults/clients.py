"""The clients under test, on any wire: one place knows how each is built.

`use_wire("httpx")` makes every `Transport` and `SyncTransport` built afterwards send through that wire; without it
they use the engine's own choice. `FAULTS_WIRE` in the environment does the same for pytest.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import inspect
import os
import sys
from typing import TYPE_CHECKING, Any

from sdk_engine.call import exchange
from sdk_engine.drivers import SyncDriver
from sdk_engine.wires import own_clients
from sdk_engine.wires.httpx import AsyncHttpxWire, SyncHttpxWire

from kneo_client.core import transport as kneo_transport
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import SyncTransport, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENV_WIRE = "FAULTS_WIRE"
WIRES = {
    "default": ("sdk_engine.wires.default", "DefaultAsyncWire", "DefaultSyncWire"),
    "pyreqwest": ("sdk_engine.wires.pyreqwest", "AsyncPyreqwestWire", "SyncPyreqwestWire"),
    "httpx": ("sdk_engine.wires.httpx", "AsyncHttpxWire", "SyncHttpxWire"),
    "httpx2": ("tests.faults.clients", "httpx2_async_wire", "httpx2_blocking_wire"),
}
"""Name: module and classes of its wires. `module:AsyncClass:SyncClass` names one that is not listed."""

CANARY = "canary-7f3a9b2e51d84c60"
"""The API key of every client under test; it must never be seen anywhere."""

_default_wire = kneo_transport._wire
_pool = 100


def wire_classes(name: str) -> tuple[Any, Any]:
    """The asynchronous and the blocking wire of that name; None for one that its module does not have."""
    module, asynchronous, blocking = WIRES[name] if name in WIRES else name.split(":")
    loaded = importlib.import_module(module)
    return getattr(loaded, asynchronous), getattr(loaded, blocking, None)


def use_wire(name: str | None) -> None:
    """Send through this wire from now on; None or "default" means the engine's own choice."""
    if name in (None, "", "default"):
        kneo_transport._wire = _default_wire
        return
    asynchronous, _ = wire_classes(str(name))

    def wire(http_client: Any, **settings: Any) -> Any:
        return _made(asynchronous, settings) if http_client is None else _default_wire(http_client, **settings)

    kneo_transport._wire = wire


def httpx2_async_wire() -> AsyncHttpxWire:
    """As with a caller's httpx2 client."""
    import httpx2

    return AsyncHttpxWire(httpx2.AsyncClient(limits=httpx2.Limits(max_connections=_pool)))


def httpx2_blocking_wire() -> SyncHttpxWire:
    """The same, blocking."""
    import httpx2

    return SyncHttpxWire(httpx2.Client(limits=httpx2.Limits(max_connections=_pool)))


def _made(wire: Any, settings: dict[str, Any]) -> Any:
    """A wire of that class, with those settings of the transport's that it knows."""
    known = inspect.signature(wire).parameters
    return wire(**{name: value for name, value in settings.items() if name in known})


def chosen_wire() -> str:
    """What the environment asks for."""
    return os.environ.get(ENV_WIRE, "default")


@functools.cache
def policy(attempts: int = 3, base_delay: float = 0.01) -> RetryPolicy:
    """Retries as documented, with back-off short enough for a test."""
    return RetryPolicy(max_attempts=attempts, base_delay=base_delay, max_delay=0.05)


def profile(url: str, timeout: float = 5.0, **fields: Any) -> Profile:
    """A profile whose key is the canary."""
    return Profile("faults", url, CANARY, timeout=timeout, **fields)


def transport(url: str, timeout: float = 5.0, retry: RetryPolicy | None = None) -> Transport:
    """An asynchronous transport under test."""
    return Transport(profile(url, timeout), retry_policy=retry or policy())


def sync_transport(url: str, timeout: float = 5.0, retry: RetryPolicy | None = None) -> SyncTransport:
    """A synchronous transport under test."""
    return SyncTransport(profile(url, timeout), retry_policy=retry or policy())


def blocking_wire(name: str, timeout: float) -> Any:
    """A blocking wire of that name, set up as `Transport` sets up its asynchronous half."""
    _, blocking = wire_classes(name)
    assert blocking is not None, f"{name} has no blocking wire"
    return _made(blocking, {"connect_timeout": 0.95 * timeout})


@contextlib.contextmanager
def pool_size(size: int) -> Iterator[None]:
    """Wires made inside hold at most this many connections."""
    import httpx  # which brings rich and click along: not for every child process

    limits = httpx.Limits(max_connections=size, max_keepalive_connections=size)
    settings = own_clients._arguments
    with contextlib.ExitStack() as patches:
        patches.enter_context(_replaced(sys.modules[__name__], "_pool", size))
        patches.enter_context(
            _replaced(own_clients, "_arguments", lambda **given: settings(**given) | {"limits": limits})
        )
        if importlib.util.find_spec("pyreqwest"):
            import sdk_engine.wires.pyreqwest as on_pyreqwest

            patches.enter_context(_replaced(on_pyreqwest, "_POOL", size))
        yield


@contextlib.contextmanager
def _replaced(module: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


@contextlib.contextmanager
def blocking(url: str, timeout: float = 5.0, wire: str | None = None) -> Iterator[Callable[..., Any]]:
    """A function like `Transport.request` that works on the calling thread, through the wire's blocking half."""
    shared, driver = transport(url, timeout).settings, SyncDriver(blocking_wire(wire or chosen_wire(), timeout))
    try:
        yield lambda method, path, **given: driver.run(exchange(shared, method, path, **given))
    finally:
        driver.close()
