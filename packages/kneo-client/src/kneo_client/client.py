"""`KneoClient`, the public entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kneo_client.agent import AgentClient
from kneo_client.core.profiles import Profile, load_profile
from kneo_client.core.transport import Transport
from kneo_client.platform import PlatformClient

if TYPE_CHECKING:
    from types import TracebackType

    from kneo_client.core.retries import RetryPolicy


class KneoClient:
    """Async client for one Kneo Agent Platform instance.

    Attributes:
        platform: operations: health, runs, human tasks, audit, credentials, policies.
        agent: development: specs.
        profile: the profile this client is bound to.

    Nothing touches the network before the first call. Use it as an async context manager, or call `aclose()`.
    """

    def __init__(self, profile: Profile, *, retry_policy: RetryPolicy | None = None) -> None:
        self._transport = Transport(profile, retry_policy=retry_policy)
        self.platform = PlatformClient(self._transport)
        self.agent = AgentClient(self._transport)

    @classmethod
    def from_profile(cls, name: str | None = None, **overrides: Any) -> KneoClient:
        """A client for the profile that `load_profile(name, **overrides)` resolves.

        Raises:
            ProfileError: the profile cannot be resolved; the message names the missing source.
        """
        return cls(load_profile(name, **overrides))

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self._transport.profile

    async def aclose(self) -> None:
        """Close the connections. May be called twice; calls made afterwards are refused."""
        await self._transport.aclose()

    async def __aenter__(self) -> KneoClient:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
