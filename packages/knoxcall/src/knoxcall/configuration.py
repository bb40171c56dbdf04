"""What a client is told: arguments first, then the environment, then what the credential says, then defaults."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sdk_engine.redaction import header_problem

from knoxcall.arguments import ClientArguments
from knoxcall.auth.detect import detect, explicit
from knoxcall.errors import BootstrapError
from knoxcall.retries import Backoff
from knoxcall.settings import LIVE, SANDBOX, Settings, check_timeout, checked_slug, normal_base_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knoxcall.token import Credential


def resolve(asked: ClientArguments, environ: Mapping[str, str] = os.environ) -> Settings:
    """Settle every question that needs no network.

    Raises:
        BootstrapError: settings contradict each other or are unusable; the message names them.
        TypeError: an argument does not exist.
    """
    for name in asked.keys() - ClientArguments.__annotations__.keys():
        raise TypeError(f"KnoxCall() got an unexpected keyword argument {name!r}")
    dpop, scope, timeout = asked.get("dpop", "auto"), asked.get("scope", ()), asked.get("timeout", 30.0)
    if dpop not in ("auto", "always", "never"):
        raise BootstrapError(f"dpop must be 'auto', 'always' or 'never', got {dpop!r}")
    if isinstance(scope, str):
        raise BootstrapError("scope must be a list of scopes, such as ['routes:read'], not one string")
    check_timeout(timeout)
    credential = (
        _bootstrapped(asked, environ)
        or explicit(
            client_id=asked.get("client_id"),
            client_secret=asked.get("client_secret"),
            api_key=asked.get("api_key"),
            access_token=asked.get("access_token"),
        )
        or detect(environ)
    )
    if dpop == "always" and credential.kind in ("static key", "stored login"):
        raise BootstrapError(f"a {credential.kind} cannot be bound to a DPoP key; use client credentials")
    stated = asked.get("base_url") or environ.get("KNOXCALL_BASE_URL")
    chosen = stated or credential.base_url or (SANDBOX if asked.get("sandbox", False) else LIVE)
    base = normal_base_url("base_url", chosen)
    if stated and credential.base_url and normal_base_url("base_url", credential.base_url) != base:
        raise BootstrapError(
            f"the login in {credential.source} belongs to {credential.base_url} and is not sent to {base}"
        )
    proxy = asked.get("proxy_base_url") or environ.get("KNOXCALL_PROXY_BASE_URL")
    tenant = asked.get("tenant") or environ.get("KNOXCALL_TENANT") or credential.tenant
    environment = asked.get("environment")
    return Settings(
        base_url=base,
        proxy_base_url=normal_base_url("proxy_base_url", proxy) if proxy else None,
        tenant=checked_slug(tenant) if tenant else None,
        environment=environment if environment is not None else environ.get("KNOXCALL_ENVIRONMENT") or None,
        credential=credential,
        dpop="never" if credential.kind == "stored login" else dpop,
        scope=tuple(scope),
        timeout=timeout,
        retry=_backoff(
            asked.get("retry_max_attempts", 3), asked.get("retry_base_delay", 0.1), asked.get("retry_max_delay", 5.0)
        ),
        max_connections=_at_least_one("max_connections", asked.get("max_connections", 100)),
        user_agent=_header("user_agent", asked.get("user_agent")),
        api_version=_header("api_version", asked.get("api_version")),
        json_default=_function("json_default", asked.get("json_default")),
    )


def _bootstrapped(asked: ClientArguments, environ: Mapping[str, str]) -> Credential | None:
    bootstrap = asked.get("bootstrap")
    if bootstrap is None:
        return None
    for name in ("api_key", "access_token", "client_id", "client_secret"):
        if asked.get(name) is not None:
            raise BootstrapError(f"bootstrap and {name} were both given; choose one credential")
    from knoxcall.auth.bootstrap import credential_of

    return credential_of(bootstrap, environ)


def _header(name: str, value: object) -> str | None:
    problem = None if value is None else "is empty" if value == "" else header_problem(value)
    if problem:
        raise BootstrapError(f"{name} {problem}")
    return value if isinstance(value, str) else None


def _function(name: str, value: Any) -> Any:
    if value is not None and not callable(value):
        raise BootstrapError(f"{name} must be a function, got {type(value).__name__}")
    return value


def _backoff(max_attempts: int, base_delay: float, max_delay: float) -> Backoff:
    try:
        return Backoff(max_attempts=max_attempts, base_delay=base_delay, max_delay=max_delay)
    except ValueError as exc:
        problem = str(exc)
    raise BootstrapError(f"retry settings: {problem}")


def _at_least_one(name: str, value: object) -> int:
    if not isinstance(value, int) or value < 1:
        raise BootstrapError(f"{name} must be a whole number, at least 1, got {value!r}")
    return value
