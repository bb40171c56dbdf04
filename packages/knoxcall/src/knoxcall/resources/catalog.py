"""The resources of a client, each loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic

from sdk_engine.methods import part

from knoxcall.mode import D

if TYPE_CHECKING:
    from knoxcall.management import Management
    from knoxcall.resources.account import TenantAccount
    from knoxcall.resources.agents import Agents
    from knoxcall.resources.ai_gateway import AIGateway
    from knoxcall.resources.api_keys import ApiKeys
    from knoxcall.resources.audit_logs import AuditLogs
    from knoxcall.resources.clients import Clients
    from knoxcall.resources.crypto import Crypto
    from knoxcall.resources.dynamic_db import DynamicDB
    from knoxcall.resources.environments import Environments
    from knoxcall.resources.logs import Logs
    from knoxcall.resources.oauth_clients import OAuthClients
    from knoxcall.resources.opportunities import Opportunities
    from knoxcall.resources.pki import PKI
    from knoxcall.resources.roles import Roles
    from knoxcall.resources.routes import Routes
    from knoxcall.resources.secrets import Secrets
    from knoxcall.resources.vaults import Vaults
    from knoxcall.resources.webhooks import Webhooks
    from knoxcall.resources.workflows import Workflows
    from knoxcall.resources.wrap import Wrap


def _resource(name: str, group: str) -> Any:
    """The attribute of this name: a group of methods from the module of the same name."""

    def load() -> type[Any]:
        loaded: type[Any] = getattr(import_module(f"knoxcall.resources.{name}"), group)
        return loaded

    def make(client: Any) -> Any:
        return load()(client._api, client.driver)

    make.__name__ = name
    return part(load)(make)


class Resources(Generic[D]):
    """What the management API is divided into."""

    _api: Management
    _driver: D

    account: TenantAccount[D] = _resource("account", "TenantAccount")
    agents: Agents[D] = _resource("agents", "Agents")
    ai_gateway: AIGateway[D] = _resource("ai_gateway", "AIGateway")
    api_keys: ApiKeys[D] = _resource("api_keys", "ApiKeys")
    audit_logs: AuditLogs[D] = _resource("audit_logs", "AuditLogs")
    clients: Clients[D] = _resource("clients", "Clients")
    crypto: Crypto[D] = _resource("crypto", "Crypto")
    dynamic_db: DynamicDB[D] = _resource("dynamic_db", "DynamicDB")
    environments: Environments[D] = _resource("environments", "Environments")
    logs: Logs[D] = _resource("logs", "Logs")
    oauth_clients: OAuthClients[D] = _resource("oauth_clients", "OAuthClients")
    opportunities: Opportunities[D] = _resource("opportunities", "Opportunities")
    pki: PKI[D] = _resource("pki", "PKI")
    roles: Roles[D] = _resource("roles", "Roles")
    routes: Routes[D] = _resource("routes", "Routes")
    secrets: Secrets[D] = _resource("secrets", "Secrets")
    vaults: Vaults[D] = _resource("vaults", "Vaults")
    webhooks: Webhooks[D] = _resource("webhooks", "Webhooks")
    workflows: Workflows[D] = _resource("workflows", "Workflows")
    wrap: Wrap[D] = _resource("wrap", "Wrap")
