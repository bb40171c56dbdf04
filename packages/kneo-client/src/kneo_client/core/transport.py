"""The transports: the connection of an async client and that of a blocking one, with their beginning and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.messages import connect_limit
from sdk_engine.wires.default import DefaultAsyncWire, DefaultSyncWire

from kneo_client.core.connection import Connection, connection_settings
from kneo_client.core.mode import AsyncDriver, SyncDriver
from kneo_client.core.sync_transport import SyncTransport

if TYPE_CHECKING:
    from types import TracebackType

    import httpx
    from sdk_engine.messages import AsyncWire, SyncWire

    from kneo_client.core.profiles import Profile
    from kneo_client.core.retries import RetryPolicy

__all__ = ["BlockingTransport", "SyncTransport", "Transport"]


class Transport(Connection[AsyncDriver]):
    """Sends requests to one platform instance: auth, ids, idempotency, retries, errors.

    Args:
        profile: where to and as whom.
        http_client: an `httpx.AsyncClient` or `httpx2.AsyncClient` of your own, for shared pools, proxies or custom
            TLS. It is used as it is, base URL and auth included (give it `base_url=profile.url` and
            `auth=ApiKeyAuth(...)`; without a base URL the profile's is used), and `aclose()` leaves it open.
        retry_policy: defaults to `RetryPolicy()`.

    One transport may serve many tasks at once, and several event loops.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        http_client: httpx.AsyncClient | None = None,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        settings = connection_settings(profile, http_client, retry_policy)
        super().__init__(profile, settings, AsyncDriver(_async_wire(http_client, settings.timeout)))

    async def aclose(self) -> None:
        """Close the connections this transport opened; a client passed in stays open. May be called twice."""
        self.closed = True
        await self.driver.aclose()

    async def __aenter__(self) -> Transport:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


class BlockingTransport(Connection[SyncDriver]):
    """`Transport` for callers without an event loop: no thread, no portal. `SyncKneoClient` stands on one.

    Args:
        profile: where to and as whom.
        http_client: an `httpx.Client` or `httpx2.Client` of your own; see `Transport`.
        retry_policy: defaults to `RetryPolicy()`.

    One transport may serve many threads, and is safe to use in a forked child.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        http_client: httpx.Client | None = None,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        settings = connection_settings(profile, http_client, retry_policy)
        super().__init__(profile, settings, SyncDriver(_sync_wire(http_client, settings.timeout)))

    def close(self) -> None:
        """Close the connections this transport opened; a client passed in stays open. May be called twice."""
        self.closed = True
        self.driver.close()

    def __enter__(self) -> BlockingTransport:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _async_wire(http_client: Any, timeout: float) -> AsyncWire:
    if http_client is None:
        return DefaultAsyncWire(connect_timeout=connect_limit(timeout))
    from sdk_engine.wires.httpx import AsyncHttpxWire

    return AsyncHttpxWire(http_client)


def _sync_wire(http_client: Any, timeout: float) -> SyncWire:
    if http_client is None:
        return DefaultSyncWire(connect_timeout=connect_limit(timeout))
    from sdk_engine.wires.httpx import SyncHttpxWire

    return SyncHttpxWire(http_client)
