"""Typed client for KnoxCall, sync and async.

    with KnoxCall() as client:
        charge = client.call("payments-stripe", method="POST", path="/v1/charges", body={"amount": 2000}).json()
        routes = [route["name"] for route in client.routes.iterate()]

    async with KnoxCall(sync=False) as client:
        page = await client.routes.list()

Names load when they are first used: importing the package costs next to nothing, runs nothing and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knoxcall._version import __version__

if TYPE_CHECKING:
    from knoxcall.answers import is_refusal
    from knoxcall.arguments import NOT_GIVEN, NotGiven
    from knoxcall.auth.credentials import CredentialInfo
    from knoxcall.bootstrap import (
        AccessToken,
        AccessTokenBootstrap,
        Bootstrap,
        ClientCredentials,
        ClientCredentialsBootstrap,
        OIDCTokenExchange,
        OidcTokenExchangeBootstrap,
        StoredCredentials,
    )
    from knoxcall.client import AsyncKnoxCall, KnoxCall, KnoxCallAsync
    from knoxcall.errors import (
        AIGatewayError,
        APIConnectionError,
        APIConnectionTimeoutError,
        APIUserAbortError,
        AuthenticationError,
        BootstrapError,
        ConflictError,
        InvalidRequestError,
        KnoxCallError,
        NotAuthenticatedError,
        NotFoundError,
        PaymentRequiredError,
        PermissionDeniedError,
        RateLimitError,
        ServerError,
        SignupError,
        StaleAssertionError,
        TokenExchangeError,
        UnusableResponseError,
        ValidationError,
        WebhookSignatureVerificationError,
    )
    from knoxcall.exchange import KNOXCALL_AUDIENCE, exchange_token, exchange_token_sync
    from knoxcall.onboarding import claim_signup, claim_signup_sync, signup, signup_sync
    from knoxcall.proxy_methods import BoundRoute
    from knoxcall.refusals import ai_gateway_error_from, is_ai_gateway_error_body
    from knoxcall.replays import DeliveryStore, MemoryReplayStore, ReplayStore
    from knoxcall.resources.names import (
        AccountResource,
        AgentsResource,
        AIGatewayResource,
        ApiKeysResource,
        AuditLogsResource,
        ClientsResource,
        CryptoResource,
        DynamicDbResource,
        EnvironmentsResource,
        OAuthClientsResource,
        OpportunitiesResource,
        PkiResource,
        RoutesResource,
        SecretsResource,
        VaultsResource,
        WebhooksResource,
        WorkflowsResource,
        WrapResource,
    )
    from knoxcall.settings import KnoxCallSecurityWarning
    from knoxcall.stores import CachedToken, FileTokenStore, MemoryTokenStore, RedisTokenStore, TokenStore
    from knoxcall.webhooks import (
        construct_webhook_event,
        construct_webhook_event_async,
        receive_webhook,
        sign_webhook,
        verify_webhook_signature,
    )

__all__ = [
    "KNOXCALL_AUDIENCE",
    "NOT_GIVEN",
    "AIGatewayError",
    "AIGatewayResource",
    "APIConnectionError",
    "APIConnectionTimeoutError",
    "APIUserAbortError",
    "AccessToken",
    "AccessTokenBootstrap",
    "AccountResource",
    "AgentsResource",
    "ApiKeysResource",
    "AsyncKnoxCall",
    "AuditLogsResource",
    "AuthenticationError",
    "Bootstrap",
    "BootstrapError",
    "BoundRoute",
    "CachedToken",
    "ClientCredentials",
    "ClientCredentialsBootstrap",
    "ClientsResource",
    "ConflictError",
    "CredentialInfo",
    "CryptoResource",
    "DeliveryStore",
    "DynamicDbResource",
    "EnvironmentsResource",
    "FileTokenStore",
    "InvalidRequestError",
    "KnoxCall",
    "KnoxCallAsync",
    "KnoxCallError",
    "KnoxCallSecurityWarning",
    "MemoryReplayStore",
    "MemoryTokenStore",
    "NotAuthenticatedError",
    "NotFoundError",
    "NotGiven",
    "OAuthClientsResource",
    "OIDCTokenExchange",
    "OidcTokenExchangeBootstrap",
    "OpportunitiesResource",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PkiResource",
    "RateLimitError",
    "RedisTokenStore",
    "ReplayStore",
    "RoutesResource",
    "SecretsResource",
    "ServerError",
    "SignupError",
    "StaleAssertionError",
    "StoredCredentials",
    "TokenExchangeError",
    "TokenStore",
    "UnusableResponseError",
    "ValidationError",
    "VaultsResource",
    "WebhookSignatureVerificationError",
    "WebhooksResource",
    "WorkflowsResource",
    "WrapResource",
    "__version__",
    "ai_gateway_error_from",
    "claim_signup",
    "claim_signup_sync",
    "construct_webhook_event",
    "construct_webhook_event_async",
    "exchange_token",
    "exchange_token_sync",
    "is_ai_gateway_error_body",
    "is_refusal",
    "receive_webhook",
    "sign_webhook",
    "signup",
    "signup_sync",
    "verify_webhook_signature",
]

_HOMES = {
    "answers": "is_refusal",
    "arguments": "NOT_GIVEN NotGiven",
    "bootstrap": "AccessToken AccessTokenBootstrap Bootstrap ClientCredentials ClientCredentialsBootstrap "
    "OIDCTokenExchange OidcTokenExchangeBootstrap StoredCredentials",
    "auth.credentials": "CredentialInfo",
    "client": "AsyncKnoxCall KnoxCall KnoxCallAsync",
    "errors": "AIGatewayError APIConnectionError APIConnectionTimeoutError APIUserAbortError "
    "AuthenticationError BootstrapError ConflictError "
    "InvalidRequestError KnoxCallError NotAuthenticatedError NotFoundError PaymentRequiredError "
    "PermissionDeniedError RateLimitError ServerError SignupError StaleAssertionError "
    "TokenExchangeError UnusableResponseError "
    "ValidationError WebhookSignatureVerificationError",
    "exchange": "KNOXCALL_AUDIENCE exchange_token exchange_token_sync",
    "onboarding": "claim_signup claim_signup_sync signup signup_sync",
    "proxy_methods": "BoundRoute",
    "refusals": "ai_gateway_error_from is_ai_gateway_error_body",
    "replays": "DeliveryStore MemoryReplayStore ReplayStore",
    "resources.names": "AIGatewayResource AccountResource AgentsResource ApiKeysResource AuditLogsResource "
    "ClientsResource CryptoResource DynamicDbResource EnvironmentsResource OAuthClientsResource "
    "OpportunitiesResource PkiResource RoutesResource SecretsResource VaultsResource WebhooksResource "
    "WorkflowsResource WrapResource",
    "settings": "KnoxCallSecurityWarning",
    "stores": "CachedToken FileTokenStore MemoryTokenStore RedisTokenStore TokenStore",
    "webhooks": "construct_webhook_event construct_webhook_event_async receive_webhook sign_webhook "
    "verify_webhook_signature",
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        from importlib import import_module

        return getattr(import_module(f"knoxcall.{_HOME_OF[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
