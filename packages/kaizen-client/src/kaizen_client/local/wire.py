"""The stand-in in this process: wires that ask it instead of a socket, and clients on them."""

from __future__ import annotations

import functools
import json
import math
from typing import TYPE_CHECKING, Any

from sdk_engine.messages import Response

from kaizen_client.client import KaizenClient, SyncKaizenClient
from kaizen_client.config import KaizenClientConfig
from kaizen_client.local.service import Dialect, LocalService

if TYPE_CHECKING:
    from sdk_engine.messages import Request


_PATIENCE = 10.0  # seconds for a vocabulary to come, where the call has as many twice


class SyncLocalWire:
    """Carries requests to a `LocalService`, on the calling thread."""

    def __init__(self, service: LocalService | None = None) -> None:
        self.service = service or LocalService()

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """The service's answer."""
        return _answer(self.service, request, min(timeout, patience))

    def close(self) -> None:
        """Nothing is open."""


class LocalWire:
    """Carries requests to a `LocalService`, from the running loop."""

    def __init__(self, service: LocalService | None = None) -> None:
        self.service = service or LocalService()

    async def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """The service's answer."""
        import anyio
        import anyio.lowlevel

        await anyio.lowlevel.checkpoint()
        if b'"token_models"' not in (request.content or b""):
            return _answer(self.service, request, min(timeout, patience))
        counting = functools.partial(
            _answer, self.service, request, min(timeout, patience)
        )  # may wait for a vocabulary
        return await anyio.to_thread.run_sync(counting, abandon_on_cancel=True)

    async def aclose(self) -> None:
        """Nothing is open."""


def local_client(dialect: Dialect = "documented", **config: Any) -> KaizenClient:
    """An async client that needs no service. Keywords are those of `KaizenClientConfig`."""
    return KaizenClient.over(LocalWire(LocalService(dialect)), _config(config))


def sync_local_client(dialect: Dialect = "documented", **config: Any) -> SyncKaizenClient:
    """A blocking client that needs no service. Keywords are those of `KaizenClientConfig`."""
    return SyncKaizenClient.over(SyncLocalWire(LocalService(dialect)), _config(config))


def _config(given: dict[str, Any]) -> KaizenClientConfig:
    own: dict[str, Any] = {"base_url": "http://localhost", "api_key": None, "timeout": 30.0}
    return KaizenClientConfig(**{**own, **given})


def _answer(service: LocalService, request: Request, timeout: float) -> Response:
    patience = min(_PATIENCE, timeout / 2)
    status, body = service.handle(request.method, request.target, request.headers, request.content, patience=patience)
    headers = [("Content-Type", "application/json"), ("X-Request-ID", request.headers.get("X-Request-ID", ""))]
    return Response(status, json.dumps(body, ensure_ascii=False).encode(), headers)
