"""Typed client for the Kneo Agent Platform's /v1 HTTP API.

    async with KneoClient.from_profile() as client:
        run = await client.platform.runs.create({"input": "hello", "spec": spec, "async_mode": True})
        done = await client.platform.runs.wait_for_completion(run.run_id, timeout=120)

Names load when they are first used: importing the package costs what bare Python costs.
"""

from __future__ import annotations

from kneo_client._lazy import lazy
from kneo_client._version import __version__

TYPE_CHECKING = False  # as type checkers take it; importing typing would be most of this module's cost
if TYPE_CHECKING:
    from kneo_client.agent import (
        AgentClient,
    )
    from kneo_client.client import (
        KneoClient,
        SyncKneoClient,
    )
    from kneo_client.core.auth import (
        AuthScheme,
    )
    from kneo_client.core.errors import (
        KneoAuthError,
        KneoBadRequestError,
        KneoConflictError,
        KneoError,
        KneoHumanTaskExpiredError,
        KneoIdempotencyMismatchError,
        KneoInvalidRequestError,
        KneoNetworkError,
        KneoNotFoundError,
        KneoPayloadTooLargeError,
        KneoPermissionError,
        KneoPlatformVersionError,
        KneoProtocolError,
        KneoRateLimited,
        KneoRateLimitedError,
        KneoServerError,
        KneoServiceUnavailableError,
        KneoValidationError,
        KneoWaitTimeoutError,
        Outcome,
    )
    from kneo_client.core.profiles import (
        Profile,
        ProfileError,
        load_profile,
    )
    from kneo_client.core.retries import (
        RetryPolicy,
    )
    from kneo_client.core.transport import (
        SyncTransport,
        Transport,
    )
    from kneo_client.platform import (
        PlatformClient,
    )

_HOMES = {
    "AgentClient": "kneo_client.agent",
    "AuthScheme": "kneo_client.core.auth",
    "KneoAuthError": "kneo_client.core.errors",
    "KneoBadRequestError": "kneo_client.core.errors",
    "KneoClient": "kneo_client.client",
    "KneoConflictError": "kneo_client.core.errors",
    "KneoError": "kneo_client.core.errors",
    "KneoHumanTaskExpiredError": "kneo_client.core.errors",
    "KneoIdempotencyMismatchError": "kneo_client.core.errors",
    "KneoInvalidRequestError": "kneo_client.core.errors",
    "KneoNetworkError": "kneo_client.core.errors",
    "KneoNotFoundError": "kneo_client.core.errors",
    "KneoPayloadTooLargeError": "kneo_client.core.errors",
    "KneoPermissionError": "kneo_client.core.errors",
    "KneoPlatformVersionError": "kneo_client.core.errors",
    "KneoProtocolError": "kneo_client.core.errors",
    "KneoRateLimited": "kneo_client.core.errors",
    "KneoRateLimitedError": "kneo_client.core.errors",
    "KneoServerError": "kneo_client.core.errors",
    "KneoServiceUnavailableError": "kneo_client.core.errors",
    "KneoValidationError": "kneo_client.core.errors",
    "KneoWaitTimeoutError": "kneo_client.core.errors",
    "Outcome": "kneo_client.core.errors",
    "PlatformClient": "kneo_client.platform",
    "Profile": "kneo_client.core.profiles",
    "ProfileError": "kneo_client.core.profiles",
    "RetryPolicy": "kneo_client.core.retries",
    "SyncKneoClient": "kneo_client.client",
    "SyncTransport": "kneo_client.core.transport",
    "Transport": "kneo_client.core.transport",
    "load_profile": "kneo_client.core.profiles",
}

__all__ = [
    "AgentClient",
    "AuthScheme",
    "KneoAuthError",
    "KneoBadRequestError",
    "KneoClient",
    "KneoConflictError",
    "KneoError",
    "KneoHumanTaskExpiredError",
    "KneoIdempotencyMismatchError",
    "KneoInvalidRequestError",
    "KneoNetworkError",
    "KneoNotFoundError",
    "KneoPayloadTooLargeError",
    "KneoPermissionError",
    "KneoPlatformVersionError",
    "KneoProtocolError",
    "KneoRateLimited",
    "KneoRateLimitedError",
    "KneoServerError",
    "KneoServiceUnavailableError",
    "KneoValidationError",
    "KneoWaitTimeoutError",
    "Outcome",
    "PlatformClient",
    "Profile",
    "ProfileError",
    "RetryPolicy",
    "SyncKneoClient",
    "SyncTransport",
    "Transport",
    "__version__",
    "load_profile",
]

__getattr__, __dir__ = lazy(__name__, _HOMES)
