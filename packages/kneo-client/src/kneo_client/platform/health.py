"""Health probes. They need no API key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.operation import Operation

from kneo_client import types

if TYPE_CHECKING:
    from kneo_client.core.transport import Transport
    from kneo_client.types import HealthResponse

HEALTHZ = Operation("GET", "/v1/healthz", lambda: types.HealthResponse)
LIVEZ = Operation("GET", "/v1/livez", lambda: types.HealthResponse)
READYZ = Operation("GET", "/v1/readyz", lambda: types.HealthResponse)


class HealthClient:
    """Is the platform up, alive, ready?

    A synchronous run blocks the whole platform process, probes included: a probe that times out means busy or dead.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def healthz(self) -> HealthResponse:
        """`GET /v1/healthz`: overall service health."""
        return await self._transport.call(HEALTHZ)

    async def livez(self) -> HealthResponse:
        """`GET /v1/livez`: whether the process lives; looks at no dependency."""
        return await self._transport.call(LIVEZ)

    async def readyz(self) -> HealthResponse:
        """`GET /v1/readyz`: whether store, queue, runtimes and providers are ready; `metadata["checks"]` says which.

        Raises:
            KneoServerError: not ready (503), after the usual retries; `body` holds the checks.
        """
        return await self._transport.call(READYZ)
