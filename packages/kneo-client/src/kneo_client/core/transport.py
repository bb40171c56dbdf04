"""The transports: the connection of an async client and that of a blocking one, with their beginning and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sdk_engine.errors import ConfigurationError
from sdk_engine.messages import connect_limit
from sdk_engine.wires import DEFAULT, WireSettings, async_wire, sync_wire

from kneo_client.core.connection import Connection, connection_settings
from kneo_client.core.errors import KneoInvalidRequestError
from kneo_client.core.mode import AsyncDriver, SyncDriver
from kneo_client.core.sync_transport import SyncTransport

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import httpx
    from sdk_engine.settings import ClientSettings

    from kneo_client.core.profiles import Profile
    from kneo_client.core.retries import RetryPolicy

W = TypeVar("W")

__all__ = ["BlockingTransport", "SyncTransport", "Transport"]


class Transport(Connection[AsyncDriver]):
    """Sends requests to one platform instance: auth, ids, idempotency, retries, errors.

    Args:
        profile: where to and as whom.
        http_client: an `httpx.AsyncClient` or `httpx2.AsyncClient` of your own, for shared pools, proxies or custom
            TLS. It is used as it is, base URL and auth included (give it `base_url=profile.url` and
            `auth=ApiKeyAuth(...)`; without a base URL the profile's is used), and `aclose()` leaves it open. The word
            "httpx" means plain httpx of our own: respx, vcrpy and the like then see every request.
        retry_policy: defaults to `RetryPolicy()`.
        max_connections: connections of our own at the same time. Calls beyond that wait, first come, first served, at
            the expense of their deadline and not of an attempt's timeout.

    One transport may serve many tasks at once, and several event loops.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        http_client: httpx.AsyncClient | Literal["httpx"] | None = None,
        retry_policy: RetryPolicy | None = None,
        max_connections: int = DEFAULT.max_connections,
    ) -> None:
        settings = connection_settings(profile, http_client, retry_policy)
        super().__init__(profile, settings, AsyncDriver(_wire(async_wire, http_client, settings, max_connections)))

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
        http_client: an `httpx.Client` or `httpx2.Client` of your own, or "httpx"; see `Transport`.
        retry_policy: defaults to `RetryPolicy()`.
        max_connections: connections of our own at the same time; see `Transport`.

    One transport may serve many threads, and is safe to use in a forked child.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        http_client: httpx.Client | Literal["httpx"] | None = None,
        retry_policy: RetryPolicy | None = None,
        max_connections: int = DEFAULT.max_connections,
    ) -> None:
        settings = connection_settings(profile, http_client, retry_policy)
        super().__init__(profile, settings, SyncDriver(_wire(sync_wire, http_client, settings, max_connections)))

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


def _wire(
    choose: Callable[[Any, WireSettings], W], http_client: Any, settings: ClientSettings, max_connections: int
) -> W:
    """The wire that `choose` gives for these arguments."""
    if isinstance(max_connections, bool) or not isinstance(max_connections, int) or max_connections < 1:
        raise KneoInvalidRequestError(f"max_connections must be a whole number above 0, got {max_connections!r}")
    of_ours = WireSettings(max_connections=max_connections, connect_timeout=connect_limit(settings.timeout))
    try:
        return choose(http_client, of_ours)
    except ConfigurationError as exc:
        problem = str(exc)
    raise KneoInvalidRequestError(problem)
