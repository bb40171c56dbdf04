"""One client's parts, put together: settings, credential, management API and proxy. No part knows its client."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sdk_engine.observe import LogObserver, log_as_asked
from sdk_engine.settings import ClientSettings

from knoxcall._version import __version__
from knoxcall.auth.credentials import CredentialInfo, StaticKey
from knoxcall.bodies import Encoding
from knoxcall.management import Management
from knoxcall.refusals import KnoxCallErrors
from knoxcall.retries import new_ulid

if TYPE_CHECKING:
    from sdk_engine.auth import AuthFlow
    from sdk_engine.observe import Observer

    from knoxcall.auth.tokens import Tokens
    from knoxcall.data_plane import DataPlane
    from knoxcall.settings import Settings
    from knoxcall.stores import TokenStore
    from knoxcall.tenants import ProxyAddress

API_VERSION = "2026-08-05"
USER_AGENT = f"knoxcall-sdk-python/{__version__}"

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NOT_THE_CALLERS = frozenset({"authorization", "content-type", "dpop", "x-knoxcall-key", "x-idempotency-key"})
_log = logging.getLogger("knoxcall")


class Connection:
    """Everything that calls need, except what performs them."""

    def __init__(self, settings: Settings, token_store: TokenStore | None) -> None:
        credential: Any = settings.credential
        self.settings = settings
        self.tokens: Tokens | None = None
        self._key: StaticKey | None = None
        self._encoding = Encoding(settings.json_default)
        self.user_agent = settings.user_agent or USER_AGENT
        self.api_version = settings.api_version or API_VERSION
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": self.user_agent,
            "KnoxCall-Version": self.api_version,
        }
        log_as_asked("KNOXCALL_LOG", _log)
        observers = (LogObserver(_log),)
        management_auth: AuthFlow | None = None
        self._proxy_auth: AuthFlow | None = None
        if isinstance(credential, StaticKey):
            self._key = credential
            headers["Authorization"] = credential.bearer
        else:
            self.tokens, management_auth, self._proxy_auth = _oauth(settings, token_store, observers, self.user_agent)
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
            encode=self._encoding.json,
            reserved=frozenset(map(str.lower, headers)) | _NOT_THE_CALLERS,
            observers=observers,
        )
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
            user_agent=self.user_agent,
            key=self._key,
            auth=self._proxy_auth,
            encoding=self._encoding,
        )

    @property
    def credential(self) -> CredentialInfo:
        """Which credential is used, without its secrets."""
        used = self.settings.credential
        return CredentialInfo(used.kind, used.source, used.identity)


def _oauth(
    settings: Settings, token_store: TokenStore | None, observers: tuple[Observer, ...], user_agent: str
) -> tuple[Tokens, AuthFlow, AuthFlow]:
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
        user_agent=user_agent,
        observers=observers,
    )
    store = token_store if credential.kind == "client credentials" else None  # others cannot be told apart by a key
    tokens = Tokens(credential, endpoint, store=store)
    return tokens, OAuth(tokens, prover, refused_by_management), OAuth(tokens, prover, refused_by_proxy)
