"""What a client is told: arguments first, then the environment, then what the credential says, then defaults."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from knoxcall.auth.detect import detect, explicit
from knoxcall.errors import BootstrapError
from knoxcall.retries import Backoff
from knoxcall.settings import LIVE, SANDBOX, Settings, check_timeout, checked_slug, normal_base_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def resolve(
    *,
    client_id: str | None,
    client_secret: str | None,
    api_key: str | None,
    access_token: str | None,
    tenant: str | None,
    environment: str | None,
    sandbox: bool,
    base_url: str | None,
    proxy_base_url: str | None,
    dpop: str,
    scope: Sequence[str],
    timeout: float,
    retry_max_attempts: int,
    retry_base_delay: float,
    retry_max_delay: float,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Settle every question that needs no network.

    Raises:
        BootstrapError: settings contradict each other or are unusable; the message names them.
    """
    if dpop not in ("auto", "always", "never"):
        raise BootstrapError(f"dpop must be 'auto', 'always' or 'never', got {dpop!r}")
    if isinstance(scope, str):
        raise BootstrapError("scope must be a list of scopes, such as ['routes:read'], not one string")
    check_timeout(timeout)
    credential = explicit(
        client_id=client_id, client_secret=client_secret, api_key=api_key, access_token=access_token
    ) or detect(environ)
    if dpop == "always" and credential.kind in ("static key", "stored login"):
        raise BootstrapError(f"a {credential.kind} cannot be bound to a DPoP key; use client credentials")
    stated = base_url or environ.get("KNOXCALL_BASE_URL")
    chosen = stated or credential.base_url or (SANDBOX if sandbox else LIVE)
    base = normal_base_url("base_url", chosen)
    if stated and credential.base_url and normal_base_url("base_url", credential.base_url) != base:
        raise BootstrapError(
            f"the login in {credential.source} belongs to {credential.base_url} and is not sent to {base}"
        )
    proxy = proxy_base_url or environ.get("KNOXCALL_PROXY_BASE_URL")
    named = tenant or environ.get("KNOXCALL_TENANT") or credential.tenant
    return Settings(
        base_url=base,
        proxy_base_url=normal_base_url("proxy_base_url", proxy) if proxy else None,
        tenant=checked_slug(named) if named else None,
        environment=environment if environment is not None else environ.get("KNOXCALL_ENVIRONMENT") or None,
        credential=credential,
        dpop="never" if credential.kind == "stored login" else dpop,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        scope=tuple(scope),
        timeout=timeout,
        retry=_backoff(retry_max_attempts, retry_base_delay, retry_max_delay),
    )


def _backoff(max_attempts: int, base_delay: float, max_delay: float) -> Backoff:
    try:
        return Backoff(max_attempts=max_attempts, base_delay=base_delay, max_delay=max_delay)
    except ValueError as exc:
        problem = str(exc)
    raise BootstrapError(f"retry settings: {problem}")
