"""Which credential a client uses: what it was given, else the first that is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knoxcall.auth.credentials import ClientCredentials, StaticKey, usable_secret
from knoxcall.errors import BootstrapError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knoxcall.token import Credential

DEFAULT_FILE = "~/.knoxcall/credentials.json"


def explicit(
    *, client_id: str | None, client_secret: str | None, api_key: str | None, access_token: str | None
) -> Credential | None:
    """The credential given as arguments, or None.

    Raises:
        BootstrapError: more than one was given, or half of one.
    """
    if api_key is not None and access_token is not None:
        raise BootstrapError("api_key and access_token are two names for the same thing; give one")
    name, key = ("api_key", api_key) if api_key is not None else ("access_token", access_token)
    pair = client_id, client_secret
    if key is not None:
        if pair != (None, None):
            raise BootstrapError(f"{name} and client_id/client_secret were both given; choose one credential")
        return StaticKey(usable_secret(name, key), f"the argument {name}")
    if pair == (None, None):
        return None
    if client_id is None or client_secret is None:
        raise BootstrapError("client_id and client_secret must be given together")
    return _client_credentials(("client_id", client_id), ("client_secret", client_secret), "the arguments")


def detect(environ: Mapping[str, str]) -> Credential:
    """The first credential that the surroundings offer: the environment, a stored login, the platform's identity.

    Nothing is sent. Google Cloud, which can only be asked, comes last and is asked when a token is needed.

    Raises:
        BootstrapError: a variable is set but unusable.
    """
    for name in ("KNOXCALL_ACCESS_TOKEN", "KNOXCALL_API_KEY"):
        if value := environ.get(name):
            return StaticKey(usable_secret(name, value), name)
    names = ("KNOXCALL_CLIENT_ID", "KNOXCALL_CLIENT_SECRET")
    pair = [environ.get(name) or "" for name in names]
    if all(pair):
        client_id, client_secret = zip(names, pair, strict=True)
        return _client_credentials(client_id, client_secret, " and ".join(names))
    if any(pair):
        raise BootstrapError(f"{' and '.join(names)} must be set together")
    from pathlib import Path

    from knoxcall.auth.stored import stored_login

    path = Path(environ.get("KNOXCALL_CREDENTIALS_FILE") or DEFAULT_FILE).expanduser()
    login = stored_login(path, environ.get("KNOXCALL_PROFILE") or "default")
    if login is not None:
        return login
    from knoxcall.auth.workload import workload_identity

    return workload_identity(environ)


def _client_credentials(client_id: tuple[str, str], client_secret: tuple[str, str], source: str) -> ClientCredentials:
    return ClientCredentials(str(usable_secret(*client_id)), usable_secret(*client_secret), source)
