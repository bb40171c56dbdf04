"""One client's parts, put together: settings, credential, management API and proxy. No part knows its client."""

from __future__ import annotations

import logging
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sdk_engine.messages import connect_limit
from sdk_engine.settings import ClientSettings
from sdk_engine.wires import WireSettings, async_wire, sync_wire

from knoxcall._version import __version__
from knoxcall.auth.credentials import CredentialInfo, StaticKey
from knoxcall.bodies import encode_json
from knoxcall.errors import BootstrapError, KnoxCallErrors
from knoxcall.management import Management
from knoxcall.mode import AsyncDriver, SyncDriver
from knoxcall.retries import new_ulid

if TYPE_CHECKING:
    from sdk_engine.auth import AuthFlow

    from knoxcall.auth.tokens import Tokens
    from knoxcall.data_plane import DataPlane
    from knoxcall.settings import Settings
    from knoxcall.stores import TokenStore
    from knoxcall.tenants import ProxyAddress

API_VERSION = "2026-08-05"
USER_AGENT = f"knoxcall-sdk-python/{__version__}"

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NOT_THE_CALLERS = frozenset({"authorization", "dpop", "x-knoxcall-key", "x-idempotency-key"})


class Connection:
    """Everything that calls need, except what performs them."""

    def __init__(self, settings: Settings, token_store: TokenStore | None) -> None:
        credential: Any = settings.credential
        self.settings = settings

        self.tokens: Tokens | None = None
        self._key: StaticKey | None = None
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": USER_AGENT,
            "KnoxCall-Version": API_VERSION,
        }
        management_auth: AuthFlow | None = None
        self._proxy_auth: AuthFlow | None = None
        if isinstance(credential, StaticKey):
            self._key = credential
            headers["Authorization"] = credential.bearer
        else:
            self.tokens, management_auth, self._proxy_auth = _oauth(settings, token_store)
        shared = ClientSettings(
            base_url=settings.base_url,
            headers=headers,
            timeout=settings.timeout,
            retry=settings.retry,
            errors=KnoxCallErrors(),
            auth=management_auth,
            keyed_methods=_WRITES,
            key_header="X-Idempotency-Key",
            new_key=new_ulid,
            request_id_header=None,
            encode=encode_json,
            logger=logging.getLogger("knoxcall"),
        )
        shared.reserved |= _NOT_THE_CALLERS
        self.management = Management(shared)

    @cached_property
    def address(self) -> ProxyAddress:
        """Where proxied calls go."""
        from knoxcall.tenants import ProxyAddress

        return ProxyAddress(self.settings, self.management, self.tokens)

    @cached_property
    def proxy(self) -> DataPlane:
        """The proxy; loaded when it is first used."""
        from knoxcall.data_plane import DataPlane

        return DataPlane(
            self.management.settings,
            self.address,
            environment=self.settings.environment,
            user_agent=USER_AGENT,
            key=self._key,
            auth=self._proxy_auth,
        )

    @property
    def credential(self) -> CredentialInfo:
        """Which credential is used, without its secrets."""
        used = self.settings.credential
        return CredentialInfo(used.kind, used.source, used.identity)


def _oauth(settings: Settings, token_store: TokenStore | None) -> tuple[Tokens, AuthFlow, AuthFlow]:
    """Tokens for the credential, and the two ways in which a refusal shows."""
    from knoxcall.auth.dpop import Prover
    from knoxcall.auth.flow import OAuth, refused_by_management, refused_by_proxy
    from knoxcall.auth.token_request import TokenEndpoint
    from knoxcall.auth.tokens import Tokens

    credential: Any = settings.credential
    prover = Prover(always=settings.dpop == "always")
    endpoint = TokenEndpoint(
        settings.base_url,
        prover,
        scope=settings.scope,
        dpop=settings.dpop,
        timeout=settings.timeout,
        retry=settings.retry,
        user_agent=USER_AGENT,
    )
    store = token_store if credential.kind == "client credentials" else None  # others cannot be told apart by a key
    tokens = Tokens(credential, endpoint, store=store)
    return tokens, OAuth(tokens, prover, refused_by_management), OAuth(tokens, prover, refused_by_proxy)


class Drivers:
    """What performs the calls of one client: one driver for whole answers, another for streams, made when needed."""

    def __init__(self, *, sync: bool, http_client: Any, timeout: float) -> None:
        if http_client is not None:
            if not hasattr(http_client, "close" if sync else "aclose"):
                raise BootstrapError("http_client must be an httpx.Client if sync, else an httpx.AsyncClient")
            if str(http_client.base_url):
                raise BootstrapError("http_client must have no base_url: calls go to several hosts")
        self._sync = sync
        self._http_client = http_client
        self._closed = False
        self._streaming: dict[int, Any] = {}
        self.main: Any = (
            SyncDriver(_sync_wire(http_client, timeout)) if sync else AsyncDriver(_async_wire(http_client, timeout))
        )

    @property
    def streaming(self) -> Any:
        """The driver for streams; a new one after a fork, whose child must not share connections."""
        if self._closed:
            return self.main  # which refuses
        here = os.getpid()
        return self._streaming.get(here) or self._streaming.setdefault(here, self._new_streaming())

    def _new_streaming(self) -> Any:
        from sdk_engine.wires.streaming import AsyncStreamWire, SyncStreamWire

        client, whole = self._http_client, self.main.wire
        if self._sync:
            return SyncDriver(SyncStreamWire(whole, client))
        return AsyncDriver(AsyncStreamWire(whole, client))

    def close(self) -> None:
        """Release all connections of a blocking client."""
        self._closed = True
        self.main.close()
        if streaming := self._streaming.pop(os.getpid(), None):
            streaming.close()

    async def aclose(self) -> None:
        """Release all connections of an awaited client."""
        self._closed = True
        await self.main.aclose()
        if streaming := self._streaming.pop(os.getpid(), None):
            await streaming.aclose()


def _sync_wire(http_client: Any, timeout: float) -> Any:
    return sync_wire(http_client, WireSettings(connect_timeout=connect_limit(timeout)))


def _async_wire(http_client: Any, timeout: float) -> Any:
    return async_wire(http_client, WireSettings(connect_timeout=connect_limit(timeout)))
