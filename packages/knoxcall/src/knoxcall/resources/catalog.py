"""The resources of a client, each loaded when it is first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Generic

from knoxcall.mode import D

if TYPE_CHECKING:
    from knoxcall.management import Management
    from knoxcall.resources.account import TenantAccount
    from knoxcall.resources.agents import Agents
    from knoxcall.resources.api_keys import ApiKeys
    from knoxcall.resources.audit_logs import AuditLogs
    from knoxcall.resources.clients import Clients
    from knoxcall.resources.crypto import Crypto
    from knoxcall.resources.dynamic_db import DynamicDB
    from knoxcall.resources.environments import Environments
    from knoxcall.resources.oauth_clients import OAuthClients
    from knoxcall.resources.pki import PKI
    from knoxcall.resources.routes import Routes
    from knoxcall.resources.secrets import Secrets
    from knoxcall.resources.vaults import Vaults
    from knoxcall.resources.webhooks import Webhooks


class Resources(Generic[D]):
    """What the management API is divided into."""

    _api: Management
    _driver: D

    @cached_property
    def account(self) -> TenantAccount[D]:
        from knoxcall.resources.account import TenantAccount

        return TenantAccount(self._api, self._driver)

    @cached_property
    def agents(self) -> Agents[D]:
        from knoxcall.resources.agents import Agents

        return Agents(self._api, self._driver)

    @cached_property
    def api_keys(self) -> ApiKeys[D]:
        from knoxcall.resources.api_keys import ApiKeys

        return ApiKeys(self._api, self._driver)

    @cached_property
    def audit_logs(self) -> AuditLogs[D]:
        from knoxcall.resources.audit_logs import AuditLogs

        return AuditLogs(self._api, self._driver)

    @cached_property
    def clients(self) -> Clients[D]:
        from knoxcall.resources.clients import Clients

        return Clients(self._api, self._driver)

    @cached_property
    def crypto(self) -> Crypto[D]:
        from knoxcall.resources.crypto import Crypto

        return Crypto(self._api, self._driver)

    @cached_property
    def dynamic_db(self) -> DynamicDB[D]:
        from knoxcall.resources.dynamic_db import DynamicDB

        return DynamicDB(self._api, self._driver)

    @cached_property
    def environments(self) -> Environments[D]:
        from knoxcall.resources.environments import Environments

        return Environments(self._api, self._driver)

    @cached_property
    def oauth_clients(self) -> OAuthClients[D]:
        from knoxcall.resources.oauth_clients import OAuthClients

        return OAuthClients(self._api, self._driver)

    @cached_property
    def pki(self) -> PKI[D]:
        from knoxcall.resources.pki import PKI

        return PKI(self._api, self._driver)

    @cached_property
    def routes(self) -> Routes[D]:
        from knoxcall.resources.routes import Routes

        return Routes(self._api, self._driver)

    @cached_property
    def secrets(self) -> Secrets[D]:
        from knoxcall.resources.secrets import Secrets

        return Secrets(self._api, self._driver)

    @cached_property
    def vaults(self) -> Vaults[D]:
        from knoxcall.resources.vaults import Vaults

        return Vaults(self._api, self._driver)

    @cached_property
    def webhooks(self) -> Webhooks[D]:
        from knoxcall.resources.webhooks import Webhooks

        return Webhooks(self._api, self._driver)
