"""Credentials as objects, for `KnoxCall(bootstrap=...)`: one argument whatever kind of credential it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, Union

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


@dataclass
class AccessToken:
    """A key or token got beforehand; it is never renewed."""

    access_token: str = field(repr=False)
    type: Literal["access_token"] = "access_token"


@dataclass
class ClientCredentials:
    """An OAuth client's id and secret."""

    client_id: str
    client_secret: str = field(repr=False)
    type: Literal["client_credentials"] = "client_credentials"


@dataclass
class OIDCTokenExchange:
    """An identity from elsewhere, exchanged for access tokens.

    Attributes:
        subject_token: the identity token; better a function that gives a fresh one each time, for one such token serves
            one exchange. An awaited client takes a coroutine function, too.
        issuer: who issued it, for people; it is not sent.
    """

    subject_token: str | Callable[[], str | Awaitable[str]] = field(repr=False)
    issuer: str | None = None
    type: Literal["oidc_token_exchange"] = "oidc_token_exchange"


@dataclass
class StoredCredentials:
    """A login that `knoxcall login` stored.

    Attributes:
        path: the credentials file; KNOXCALL_CREDENTIALS_FILE or `~/.knoxcall/credentials.json` when left out.
        profile: its entry; KNOXCALL_PROFILE or `default` when left out.
    """

    path: str | Path | None = None
    profile: str | None = None
    type: Literal["stored_credentials"] = "stored_credentials"


Bootstrap: TypeAlias = Union[AccessToken, ClientCredentials, OIDCTokenExchange, StoredCredentials]  # noqa: UP007
AccessTokenBootstrap = AccessToken
ClientCredentialsBootstrap = ClientCredentials
OidcTokenExchangeBootstrap = OIDCTokenExchange
