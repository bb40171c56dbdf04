"""What a client is told: arguments first, then the environment, then defaults. Checked before any I/O."""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import urlsplit

from knoxcall.auth.detect import detect, explicit
from knoxcall.errors import BootstrapError
from knoxcall.retries import Backoff

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knoxcall.auth.credentials import Credential

DPoPMode: TypeAlias = Literal["auto", "always", "never"]

LIVE = "https://api.knoxcall.com"
SANDBOX = "https://sandbox.knoxcall.com"

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)
RESERVED_LABELS = frozenset({"api", "sandbox", "api-staging", "sandbox-staging", "www", "staging", "admin"})
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*|\[[0-9a-f:.]+\]", re.ASCII)
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


class KnoxCallSecurityWarning(UserWarning):
    """Something works but exposes credentials; the message says what."""


@dataclass(frozen=True)
class Settings:
    """One client's settings. Holds the credential, which never shows its secrets."""

    base_url: str
    proxy_base_url: str | None
    tenant: str | None
    environment: str | None
    credential: Credential
    dpop: DPoPMode
    scope: tuple[str, ...]
    timeout: float
    retry: Backoff = field(repr=False)


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


def checked_slug(slug: object) -> str:
    """A tenant's slug, which becomes a host name that the credential is sent to.

    Raises:
        BootstrapError: it is not one DNS label, or names one of KnoxCall's own hosts.
    """
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise BootstrapError("the tenant must be 1 to 63 letters, digits and inner hyphens")
    if slug.lower() in RESERVED_LABELS:
        raise BootstrapError(f"{slug!r} is one of KnoxCall's own host names, not a tenant")
    return slug.lower()


def check_timeout(timeout: object) -> None:
    """Refuse what is not a number of seconds to wait."""
    if not (isinstance(timeout, (int, float)) and 0 < timeout < float("inf")):
        raise BootstrapError(f"timeout must be a positive number of seconds, got {timeout!r}")


def normal_base_url(name: str, value: str) -> str:
    """The URL as it will be on the wire: lower-case host, no default port, no slash at its end.

    Raises:
        BootstrapError: it is not an http or https URL of just a host, a port and a plain path.
    """
    problem = f"{name} must be a URL such as {LIVE}, with nothing but a host, a port and a path"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise BootstrapError(problem) from None
    host = _ascii_host(parts.hostname or "")
    path = parts.path.rstrip("/")
    plain = _HOST.fullmatch(host) and _PATH.fullmatch(path) and not {".", ".."} & set(path.split("/"))
    if parts.scheme not in _DEFAULT_PORTS or not plain or "@" in parts.netloc or parts.query or parts.fragment:
        raise BootstrapError(problem)
    if parts.scheme == "http" and not _is_loopback(host):
        text = f"{name} uses http: credentials cross the network in the clear"
        warnings.warn(text, KnoxCallSecurityWarning, stacklevel=2)
    shown_port = "" if port is None or port == _DEFAULT_PORTS[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host}{shown_port}{path}"


def _ascii_host(host: str) -> str:
    if ":" in host:
        return f"[{host.lower()}]"
    try:
        return host.lower() if host.isascii() else host.lower().encode("idna").decode()
    except UnicodeError:
        return ""


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "[::1]", "0.0.0.0") or host.endswith(".localhost") or host.startswith("127.")  # noqa: S104


def _backoff(max_attempts: int, base_delay: float, max_delay: float) -> Backoff:
    try:
        return Backoff(max_attempts=max_attempts, base_delay=base_delay, max_delay=max_delay)
    except ValueError as exc:
        problem = str(exc)
    raise BootstrapError(f"retry settings: {problem}")
