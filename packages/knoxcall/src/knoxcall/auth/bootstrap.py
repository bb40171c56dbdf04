"""What the objects of `knoxcall.bootstrap` come to; they can be had from here, too."""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdk_engine.steps import Invoke

from knoxcall.auth import credentials
from knoxcall.auth.detect import DEFAULT_FILE
from knoxcall.auth.stored import stored_login
from knoxcall.auth.workload import WorkloadIdentity
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
from knoxcall.errors import BootstrapError, NotAuthenticatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sdk_engine.deadline import Deadline

    from knoxcall.token import Credential

__all__ = [
    "AccessToken",
    "AccessTokenBootstrap",
    "Bootstrap",
    "ClientCredentials",
    "ClientCredentialsBootstrap",
    "OIDCTokenExchange",
    "OidcTokenExchangeBootstrap",
    "StoredCredentials",
    "credential_of",
]

SOURCE = "the argument bootstrap"


def credential_of(bootstrap: object, environ: Mapping[str, str]) -> Credential:
    """The credential that the object describes.

    Raises:
        BootstrapError: it is none of the classes here, or holds something unusable.
        NotAuthenticatedError: there is no such stored login.
    """
    if isinstance(bootstrap, AccessToken):
        return credentials.StaticKey(credentials.usable_secret("access_token", bootstrap.access_token), SOURCE)
    if isinstance(bootstrap, ClientCredentials):
        client_id = credentials.usable_secret("client_id", bootstrap.client_id)
        secret = credentials.usable_secret("client_secret", bootstrap.client_secret)
        return credentials.ClientCredentials(str(client_id), secret, SOURCE)
    if isinstance(bootstrap, OIDCTokenExchange):
        token = bootstrap.subject_token
        if not callable(token):
            token = credentials.usable_secret("subject_token", token)
        return WorkloadIdentity("oidc", SOURCE, partial(_assertion, token))
    if isinstance(bootstrap, StoredCredentials):
        return _stored(bootstrap, environ)
    raise BootstrapError(
        "bootstrap must be an AccessToken, ClientCredentials, OIDCTokenExchange or StoredCredentials, got "
        f"{type(bootstrap).__name__}"
    )


def _stored(bootstrap: StoredCredentials, environ: Mapping[str, str]) -> Credential:
    path = Path(bootstrap.path or environ.get("KNOXCALL_CREDENTIALS_FILE") or DEFAULT_FILE).expanduser()
    profile = bootstrap.profile or environ.get("KNOXCALL_PROFILE") or "default"
    login = stored_login(path, profile)
    if login is None:
        raise NotAuthenticatedError(f"there is no profile {profile!r} in {path}; log in with: knoxcall login")
    return login


async def _assertion(token: Any, deadline: Deadline) -> str:
    if not callable(token):
        return str(token)
    given: Any = await Invoke(token)
    if inspect.isawaitable(given):
        getattr(given, "close", lambda: None)()
        raise BootstrapError("a client that blocks cannot await subject_token; give it an ordinary function")
    if not isinstance(given, str):
        raise ValueError(f"it gave a {type(given).__name__} and not a text")
    return given
