"""What a client goes by, and what may be said there. Checked before any I/O."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from knoxcall.errors import BootstrapError

if TYPE_CHECKING:
    from collections.abc import Callable

    from knoxcall.retries import Backoff
    from knoxcall.token import Credential

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
    max_connections: int
    user_agent: str | None = None
    api_version: str | None = None
    json_default: Callable[[Any], Any] | None = field(default=None, repr=False)


def checked_slug(slug: object) -> str:
    """A tenant's slug, which becomes a host name that the credential is sent to.

    Raises:
        BootstrapError: it is not one DNS label, or names one of KnoxCall's own hosts.
    """
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise BootstrapError("the tenant must be 1 to 63 letters, digits and inner hyphens")
    if not is_slug(slug):
        raise BootstrapError(f"{slug!r} is one of KnoxCall's own host names, not a tenant")
    return slug.lower()


def is_slug(slug: object) -> bool:
    """Whether this can be a tenant's slug."""
    return isinstance(slug, str) and bool(_SLUG.fullmatch(slug)) and slug.lower() not in RESERVED_LABELS


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
