"""What credentials are exchanged for: who asks, with what, and what is got. Everything about tokens stands on this."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sdk_engine.redaction import Secret

DEFAULT_LIFETIME = 3600.0
LONGEST_LIFETIME = 24 * 3600.0


class Credential(Protocol):
    """Something that identifies the caller to KnoxCall.

    Attributes:
        kind: what sort of credential it is.
        source: where it was found.
        identity: who it is, without secrets; part of every key a token is cached under.
        base_url, tenant: what the credential itself says about where it belongs.
    """

    @property
    def kind(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def base_url(self) -> str | None: ...
    @property
    def tenant(self) -> str | None: ...


@dataclass(frozen=True)
class Grant:
    """What a token request says.

    Attributes:
        form: fields of its body.
        headers: its own header fields.
        reusable: whether the same grant may be sent again after it may have arrived; single-use ones may not.
    """

    form: dict[str, str] = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    reusable: bool = True


@dataclass(frozen=True)
class Token:
    """An access token.

    Attributes:
        value: the token itself; its repr shows nothing.
        type: `Bearer` or `DPoP`.
        expires_at: seconds since the epoch.
        lifetime: seconds it was issued for.
        scope: what it may do, as far as the server said.
        tenant: the tenant's slug, if the server said.
        thumbprint: of the DPoP key that it is bound to, or None.
        refresh_token: what the next token is got with, if the server said; used once.
    """

    value: Secret = field(repr=False)
    type: str
    expires_at: float
    lifetime: float
    scope: tuple[str, ...] = ()
    tenant: str | None = None
    thumbprint: str | None = None
    refresh_token: Secret | None = field(default=None, repr=False)


def lifetime_of(expires_in: object) -> float:
    """Seconds out of a token response's `expires_in`; nonsense counts as unknown, for ever as a day."""
    try:
        seconds = float(expires_in)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError, OverflowError):
        return DEFAULT_LIFETIME
    return min(seconds, LONGEST_LIFETIME) if seconds > 0 else DEFAULT_LIFETIME
