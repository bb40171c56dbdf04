"""The groups of methods of clients that are awaited, for annotations."""

from __future__ import annotations

from typing import TypeAlias

from knoxcall.mode import AsyncDriver
from knoxcall.resources.account import TenantAccount
from knoxcall.resources.agents import Agents
from knoxcall.resources.ai_gateway import AIGateway
from knoxcall.resources.api_keys import ApiKeys
from knoxcall.resources.audit_logs import AuditLogs
from knoxcall.resources.clients import Clients
from knoxcall.resources.crypto import Crypto
from knoxcall.resources.dynamic_db import DynamicDB
from knoxcall.resources.environments import Environments
from knoxcall.resources.oauth_clients import OAuthClients
from knoxcall.resources.opportunities import Opportunities
from knoxcall.resources.pki import PKI
from knoxcall.resources.routes import Routes
from knoxcall.resources.secrets import Secrets
from knoxcall.resources.vaults import Vaults
from knoxcall.resources.webhooks import Webhooks
from knoxcall.resources.workflows import Workflows
from knoxcall.resources.wrap import Wrap

AIGatewayResource: TypeAlias = AIGateway[AsyncDriver]
AccountResource: TypeAlias = TenantAccount[AsyncDriver]
AgentsResource: TypeAlias = Agents[AsyncDriver]
ApiKeysResource: TypeAlias = ApiKeys[AsyncDriver]
AuditLogsResource: TypeAlias = AuditLogs[AsyncDriver]
ClientsResource: TypeAlias = Clients[AsyncDriver]
CryptoResource: TypeAlias = Crypto[AsyncDriver]
DynamicDbResource: TypeAlias = DynamicDB[AsyncDriver]
EnvironmentsResource: TypeAlias = Environments[AsyncDriver]
OAuthClientsResource: TypeAlias = OAuthClients[AsyncDriver]
OpportunitiesResource: TypeAlias = Opportunities[AsyncDriver]
PkiResource: TypeAlias = PKI[AsyncDriver]
RoutesResource: TypeAlias = Routes[AsyncDriver]
SecretsResource: TypeAlias = Secrets[AsyncDriver]
VaultsResource: TypeAlias = Vaults[AsyncDriver]
WebhooksResource: TypeAlias = Webhooks[AsyncDriver]
WorkflowsResource: TypeAlias = Workflows[AsyncDriver]
WrapResource: TypeAlias = Wrap[AsyncDriver]
