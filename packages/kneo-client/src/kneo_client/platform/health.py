"""Health probes. They need no API key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.types import HealthResponse

HEALTHZ = Operation("GET", "/v1/healthz", typed(lambda: types.HealthResponse))
LIVEZ = Operation("GET", "/v1/livez", typed(lambda: types.HealthResponse))
READYZ = Operation("GET", "/v1/readyz", typed(lambda: types.HealthResponse))


class HealthClient(Group[D]):
    """Is the platform up, alive, ready?

    A synchronous run blocks the whole platform process, probes included: a probe that times out means busy or dead.
    """

    @blocking_or_awaited
    async def healthz(self) -> HealthResponse:
        """`GET /v1/healthz`: overall service health."""
        return await self._transport.call(HEALTHZ)

    @blocking_or_awaited
    async def livez(self) -> HealthResponse:
        """`GET /v1/livez`: whether the process lives; looks at no dependency."""
        return await self._transport.call(LIVEZ)

    @blocking_or_awaited
    async def readyz(self) -> HealthResponse:
        """`GET /v1/readyz`: whether store, queue, runtimes and providers are ready; `metadata["checks"]` says which.

        Raises:
            KneoServerError: not ready (503), after the usual retries; `body` holds the checks.
        """
        return await self._transport.call(READYZ)
