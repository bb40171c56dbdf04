"""What performs the calls of one client."""

from __future__ import annotations

import math
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from sdk_engine.errors import ConfigurationError
from sdk_engine.messages import connect_limit
from sdk_engine.wires import async_wire, sync_wire
from sdk_engine.wires.settings import DEFAULT, WireSettings

from knoxcall.errors import BootstrapError
from knoxcall.mode import AsyncDriver, SyncDriver
from knoxcall.portal import Portal

if TYPE_CHECKING:
    from collections.abc import Callable

    from sdk_engine.messages import Request, Response


class Drivers:
    """One driver for whole answers, another for streams, made when it is needed."""

    def __init__(
        self,
        *,
        sync: bool,
        timeout: float,
        http_client: Any = None,
        max_connections: int = DEFAULT.max_connections,
        either: bool = False,
    ) -> None:
        if str(getattr(http_client, "base_url", "")):
            raise BootstrapError("http_client must have no base_url: calls go to several hosts")
        self.portal = Portal()
        self._sync = sync
        self._http_client = http_client
        self._settings = WireSettings(max_connections, connect_timeout=connect_limit(timeout))
        self._closed = False
        self._awaited = sync and either and _is_awaited(http_client)
        self.main: Any = SyncDriver(self._blocking_wire()) if sync else AsyncDriver(self._wire(async_wire))

    def _blocking_wire(self) -> Any:
        return PortalWire(self._wire(async_wire), self.portal) if self._awaited else self._wire(sync_wire)

    def _wire(self, make: Callable[[Any, WireSettings], Any]) -> Any:
        try:
            return make(self._http_client, self._settings)
        except ConfigurationError as exc:
            problem = str(exc)
        raise BootstrapError(problem)

    @property
    def streaming(self) -> Any:
        """The driver for streams; of a closed client the other one, which refuses."""
        return self.main if self._closed else self._streaming

    @cached_property
    def _streaming(self) -> Any:
        from knoxcall.streaming_wires import AsyncStreamWire, SyncStreamWire

        client = self._http_client
        if isinstance(client, str) or self._awaited:  # streams are httpx's in any case, and those of a blocking client
            client = None
        if self._sync:
            return SyncDriver(SyncStreamWire(self.main.wire, client, settings=self._settings))
        return AsyncDriver(AsyncStreamWire(self.main.wire, client, settings=self._settings))

    def close(self) -> None:
        """Release all connections of a blocking client."""
        self._closed = True
        self.main.close()
        if "_streaming" in vars(self):
            self._streaming.close()
        self.portal.close()

    async def aclose(self) -> None:
        """Release all connections of an awaited client."""
        self._closed = True
        await self.main.aclose()
        if "_streaming" in vars(self):
            await self._streaming.aclose()


class PortalWire:
    """A wire that is awaited, for a client that blocks."""

    def __init__(self, wire: Any, portal: Portal) -> None:
        self._wire = wire
        self._portal = portal

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send, and read the whole answer."""
        answer: Response = self._portal.call(partial(self._wire.send, request, timeout, patience))
        return answer

    def close(self) -> None:
        """Release the connections this wire opened."""
        self._portal.call(self._wire.aclose)


def _is_awaited(http_client: Any) -> bool:
    """Whether it is a client of httpx whose calls have to be awaited."""
    return callable(getattr(http_client, "aclose", None)) and not callable(getattr(http_client, "close", None))
