"""`KneoClient` and `SyncKneoClient`, the public entry points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn

from sdk_engine.methods import part
from sdk_engine.wires import DEFAULT

from kneo_client.agent import AgentClient
from kneo_client.core.connection import Connection, Requests
from kneo_client.core.errors import KneoInvalidRequestError
from kneo_client.core.mode import AsyncDriver, D, SyncDriver
from kneo_client.core.profiles import Profile, load_profile
from kneo_client.core.transport import BlockingTransport, Transport
from kneo_client.platform import PlatformClient

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

    from kneo_client.core.retries import RetryPolicy


class _Client(Requests[D]):
    """What both clients have: the groups of methods and the way around them."""

    _transport: Any

    @part(lambda: PlatformClient)
    def platform(self) -> PlatformClient[D]:
        """Operations: health, runs, human tasks, audit, credentials, policies."""
        return PlatformClient(self._transport)

    @part(lambda: AgentClient)
    def agent(self) -> AgentClient[D]:
        """Development: specs."""
        return AgentClient(self._transport)

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        profile: Profile = self._transport.profile
        return profile

    @property
    def driver(self) -> D:
        """What performs the methods."""
        driver: D = self._transport.driver
        return driver

    @property
    def _connection(self) -> Connection[D]:
        connection: Connection[D] = self._transport
        return connection


class KneoClient(_Client[AsyncDriver]):
    """Async client for one Kneo Agent Platform instance.

    Attributes:
        platform: operations: health, runs, human tasks, audit, credentials, policies.
        agent: development: specs.
        profile: the profile this client is bound to.

    Nothing touches the network before the first call. Use it as an async context manager, or call `aclose()`.

    Args:
        profile: where to and as whom; `load_profile()` makes one.
        retry_policy: when to try again; `RetryPolicy()` when left out.
        http_client: an `httpx.AsyncClient` or `httpx2.AsyncClient` of your own, or "httpx"; see `Transport`.
        max_connections: connections at the same time; see `Transport`.

    Raises:
        KneoInvalidRequestError: an argument is unusable; the message says which.
    """

    _transport: Transport

    def __init__(
        self,
        profile: Profile,
        *,
        retry_policy: RetryPolicy | None = None,
        http_client: httpx.AsyncClient | Literal["httpx"] | None = None,
        max_connections: int = DEFAULT.max_connections,
    ) -> None:
        self._transport = Transport(
            profile, http_client=http_client, retry_policy=retry_policy, max_connections=max_connections
        )

    @classmethod
    def from_profile(
        cls,
        name: str | None = None,
        *,
        retry_policy: RetryPolicy | None = None,
        http_client: httpx.AsyncClient | Literal["httpx"] | None = None,
        max_connections: int = DEFAULT.max_connections,
        **overrides: Any,
    ) -> KneoClient:
        """A client for the profile that `load_profile(name, **overrides)` resolves.

        Raises:
            ProfileError: the profile cannot be resolved; the message names the missing source.
        """
        return cls(
            load_profile(name, **overrides),
            retry_policy=retry_policy,
            http_client=http_client,
            max_connections=max_connections,
        )

    async def aclose(self) -> None:
        """Close the connections. May be called twice; calls made afterwards are refused."""
        await self._transport.aclose()

    async def __aenter__(self) -> KneoClient:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __enter__(self) -> NoReturn:
        raise KneoInvalidRequestError("KneoClient is async: write `async with`, or use SyncKneoClient with `with`")

    def __exit__(self, *exc: object) -> None:
        """Never reached: `with` is refused at its beginning."""


class SyncKneoClient(_Client[SyncDriver]):
    """`KneoClient` without an event loop: the same groups, methods, arguments and errors, and plain results.

    No thread and no portal: safe in notebooks, in threads (they may share one client) and in forked children, and
    Ctrl-C ends a call at once. Use it as a context manager, or call `close()`.

    Args:
        profile: where to and as whom; `load_profile()` makes one.
        retry_policy: when to try again; `RetryPolicy()` when left out.
        http_client: an `httpx.Client` or `httpx2.Client` of your own, or "httpx"; see `Transport`.
        max_connections: connections at the same time; see `Transport`.

    Raises:
        KneoInvalidRequestError: an argument is unusable; the message says which.
    """

    blocks = True
    _transport: BlockingTransport

    def __init__(
        self,
        profile: Profile,
        *,
        retry_policy: RetryPolicy | None = None,
        http_client: httpx.Client | Literal["httpx"] | None = None,
        max_connections: int = DEFAULT.max_connections,
    ) -> None:
        self._transport = BlockingTransport(
            profile, http_client=http_client, retry_policy=retry_policy, max_connections=max_connections
        )

    @classmethod
    def from_profile(
        cls,
        name: str | None = None,
        *,
        retry_policy: RetryPolicy | None = None,
        http_client: httpx.Client | Literal["httpx"] | None = None,
        max_connections: int = DEFAULT.max_connections,
        **overrides: Any,
    ) -> SyncKneoClient:
        """A client for the profile that `load_profile(name, **overrides)` resolves.

        Raises:
            ProfileError: the profile cannot be resolved; the message names the missing source.
        """
        return cls(
            load_profile(name, **overrides),
            retry_policy=retry_policy,
            http_client=http_client,
            max_connections=max_connections,
        )

    def close(self) -> None:
        """Close the connections. May be called twice; calls made afterwards are refused."""
        self._transport.close()

    def __enter__(self) -> SyncKneoClient:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> NoReturn:
        raise KneoInvalidRequestError("SyncKneoClient blocks: write `with`, or use KneoClient with `async with`")

    async def __aexit__(self, *exc: object) -> None:
        """Never reached: `async with` is refused at its beginning."""
