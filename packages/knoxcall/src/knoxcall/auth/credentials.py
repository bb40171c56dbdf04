"""The kinds of credential, and how each of them gets an access token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sdk_engine.redaction import Secret, header_problem

from knoxcall.errors import BootstrapError
from knoxcall.token import Credential, Grant

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sdk_engine.deadline import Deadline

    from knoxcall.token import Token

    Ask = Callable[[Callable[[], Coroutine[Any, Any, Grant]]], Coroutine[Any, Any, Token]]


class Exchangeable(Credential, Protocol):
    """A credential that is exchanged for access tokens."""

    async def obtain(self, ask: Ask, refused: str | None, deadline: Deadline) -> Token:
        """A plan: an access token other than `refused`, got by `await ask(grant)`; all within the call's deadline."""
        ...


@dataclass(frozen=True)
class StaticKey:
    """An API key or access token that was got beforehand; it is never exchanged or renewed."""

    key: Secret
    source: str
    kind = "static key"
    base_url = None
    tenant = None

    @property
    def identity(self) -> str:
        """A digest; the key itself cannot be told from it."""
        import hashlib

        return f"key:{hashlib.sha256(self.key.encode()).hexdigest()[:16]}"

    @property
    def is_token(self) -> bool:
        """Whether the proxy takes it as a bearer token; older keys have a header of their own there."""
        return self.key.startswith("kc_")

    @property
    def bearer(self) -> Secret:
        """The value of Authorization."""
        return Secret(f"Bearer {self.key}")


@dataclass(frozen=True)
class ClientCredentials:
    """An OAuth client's id and secret."""

    client_id: str
    client_secret: Secret
    source: str
    kind = "client credentials"
    base_url = None
    tenant = None

    @property
    def identity(self) -> str:
        """The client id."""
        return f"client:{self.client_id}"

    async def obtain(self, ask: Ask, refused: str | None, deadline: Deadline) -> Token:
        """A fresh token."""
        return await ask(self._grant)

    async def _grant(self) -> Grant:
        import base64

        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return Grant({"grant_type": "client_credentials"}, {"Authorization": Secret(f"Basic {pair}")})


@dataclass(frozen=True)
class CredentialInfo:
    """Which credential a client uses and why, without its secrets.

    Attributes:
        kind: `static key`, `client credentials`, `stored login` or `workload identity`.
        source: where it was found.
        identity: who it is: a client id, a profile, a platform, or the digest of a key.
    """

    kind: str
    source: str
    identity: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.identity}) from {self.source}"


def usable_secret(name: str, value: object) -> Secret:
    """A secret that can be sent.

    Raises:
        BootstrapError: it is empty, or holds what a header cannot carry; the message never shows it.
    """
    problem = "is empty" if value == "" else header_problem(value)
    if problem:
        raise BootstrapError(f"{name} {problem}")
    return Secret(value)
