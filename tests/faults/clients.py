"""The clients under test, on any wire: one place knows how each is built.

`use_wire("httpx")` makes every `Transport` and `SyncTransport` built afterwards send through that wire; without it
they use the engine's own choice. `FAULTS_WIRE` in the environment does the same for pytest.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

from sdk_engine.call import exchange
from sdk_engine.drivers import SyncDriver
from sdk_engine.wires import WireSettings, async_wire, sync_wire

from kneo_client.core import transport as kneo_transport
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import SyncTransport, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENV_WIRE = "FAULTS_WIRE"
CANARY = "canary-7f3a9b2e51d84c60"
"""The API key of every client under test; it must never be seen anywhere."""

_default_wires = kneo_transport.async_wire, kneo_transport.sync_wire
_pool = WireSettings().max_connections


def use_wire(name: str | None) -> None:
    """Send through this wire from now on; None or "default" means the engine's own choice.

    "httpx" and "httpx2" are clients of those libraries; `module:AsyncClass:SyncClass` names any other wire.
    """
    if not name:
        kneo_transport.async_wire, kneo_transport.sync_wire = _default_wires
        return

    def async_half(http_client: Any, settings: WireSettings) -> Any:
        return _wire(name, "async", settings) if http_client is None else async_wire(http_client, settings)

    def sync_half(http_client: Any, settings: WireSettings) -> Any:
        return _wire(name, "blocking", settings) if http_client is None else sync_wire(http_client, settings)

    kneo_transport.async_wire, kneo_transport.sync_wire = async_half, sync_half


def _wire(name: str, mode: str, settings: WireSettings) -> Any:
    settings = settings._replace(max_connections=_pool)
    if ":" in name:
        module, *classes = name.split(":")
        return getattr(importlib.import_module(module), classes[0 if mode == "async" else 1])(settings)
    client: Any = None if name == "default" else name
    if name == "httpx2":
        import httpx2

        limits = httpx2.Limits(max_connections=settings.max_connections)
        client = (httpx2.AsyncClient if mode == "async" else httpx2.Client)(limits=limits)
    return (async_wire if mode == "async" else sync_wire)(client, settings)


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
    return _wire(name, "blocking", WireSettings(connect_timeout=0.95 * timeout))


@contextlib.contextmanager
def pool_size(size: int) -> Iterator[None]:
    """Wires made inside hold at most this many connections; only where `use_wire` has been called."""
    with _replaced(sys.modules[__name__], "_pool", size):
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
