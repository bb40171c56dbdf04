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

from knoxcall._version import __version__ as __version__

if TYPE_CHECKING:
    from knoxcall.answers import is_refusal as is_refusal
    from knoxcall.arguments import NOT_GIVEN as NOT_GIVEN
    from knoxcall.arguments import NotGiven as NotGiven
    from knoxcall.auth.credentials import CredentialInfo as CredentialInfo
    from knoxcall.client import AsyncKnoxCall as AsyncKnoxCall
    from knoxcall.client import KnoxCall as KnoxCall
    from knoxcall.errors import (
        APIConnectionError as APIConnectionError,
    )
    from knoxcall.errors import (
        APIConnectionTimeoutError as APIConnectionTimeoutError,
    )
    from knoxcall.errors import (
        AuthenticationError as AuthenticationError,
    )
    from knoxcall.errors import (
        BootstrapError as BootstrapError,
    )
    from knoxcall.errors import (
        ConflictError as ConflictError,
    )
    from knoxcall.errors import (
        InvalidRequestError as InvalidRequestError,
    )
    from knoxcall.errors import (
        KnoxCallError as KnoxCallError,
    )
    from knoxcall.errors import (
        NotAuthenticatedError as NotAuthenticatedError,
    )
    from knoxcall.errors import (
        NotFoundError as NotFoundError,
    )
    from knoxcall.errors import (
        PaymentRequiredError as PaymentRequiredError,
    )
    from knoxcall.errors import (
        PermissionDeniedError as PermissionDeniedError,
    )
    from knoxcall.errors import (
        RateLimitError as RateLimitError,
    )
    from knoxcall.errors import (
        ServerError as ServerError,
    )
    from knoxcall.errors import (
        SignupError as SignupError,
    )
    from knoxcall.errors import (
        UnusableResponseError as UnusableResponseError,
    )
    from knoxcall.errors import (
        ValidationError as ValidationError,
    )
    from knoxcall.errors import (
        WebhookSignatureVerificationError as WebhookSignatureVerificationError,
    )
    from knoxcall.settings import KnoxCallSecurityWarning as KnoxCallSecurityWarning
    from knoxcall.signup import (
        claim_signup as claim_signup,
    )
    from knoxcall.signup import (
        claim_signup_sync as claim_signup_sync,
    )
    from knoxcall.signup import (
        signup as signup,
    )
    from knoxcall.signup import (
        signup_sync as signup_sync,
    )
    from knoxcall.stores import (
        FileTokenStore as FileTokenStore,
    )
    from knoxcall.stores import (
        MemoryTokenStore as MemoryTokenStore,
    )
    from knoxcall.stores import (
        RedisTokenStore as RedisTokenStore,
    )
    from knoxcall.stores import (
        TokenStore as TokenStore,
    )
    from knoxcall.webhooks import (
        MemoryReplayStore as MemoryReplayStore,
    )
    from knoxcall.webhooks import (
        ReplayStore as ReplayStore,
    )
    from knoxcall.webhooks import (
        construct_webhook_event as construct_webhook_event,
    )
    from knoxcall.webhooks import (
        sign_webhook as sign_webhook,
    )
    from knoxcall.webhooks import (
        verify_webhook_signature as verify_webhook_signature,
    )

_HOMES = {
    "answers": ("is_refusal",),
    "arguments": ("NOT_GIVEN", "NotGiven"),
    "auth.credentials": ("CredentialInfo",),
    "client": ("AsyncKnoxCall", "KnoxCall"),
    "errors": (
        "APIConnectionError",
        "APIConnectionTimeoutError",
        "AuthenticationError",
        "BootstrapError",
        "ConflictError",
        "InvalidRequestError",
        "KnoxCallError",
        "NotAuthenticatedError",
        "NotFoundError",
        "PaymentRequiredError",
        "PermissionDeniedError",
        "RateLimitError",
        "ServerError",
        "SignupError",
        "UnusableResponseError",
        "ValidationError",
        "WebhookSignatureVerificationError",
    ),
    "settings": ("KnoxCallSecurityWarning",),
    "signup": ("claim_signup", "claim_signup_sync", "signup", "signup_sync"),
    "stores": ("FileTokenStore", "MemoryTokenStore", "RedisTokenStore", "TokenStore"),
    "webhooks": (
        "MemoryReplayStore",
        "ReplayStore",
        "construct_webhook_event",
        "sign_webhook",
        "verify_webhook_signature",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        from importlib import import_module

        value = getattr(import_module(f"knoxcall.{_HOME_OF[name]}"), name)
        globals()[name] = value  # a function may share its module's name: keep the function
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*_HOME_OF, "__version__"])
