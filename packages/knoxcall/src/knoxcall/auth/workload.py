"""The identity that a platform gives to what runs on it, exchanged for an access token. No secret is stored anywhere.

An assertion is fetched anew for every exchange: it is short-lived and used once.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sdk_engine.redaction import Secret
from sdk_engine.steps import Blocking

from knoxcall.auth.credentials import Grant
from knoxcall.auth.probe import LARGEST, fetch
from knoxcall.errors import NotAuthenticatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from knoxcall.auth.credentials import Ask
    from knoxcall.auth.tokens import Token

AUDIENCE = "knoxcall:api"

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")  # what a token can be made of; a page or an error message is not
_METADATA = "metadata.google.internal"
_IDENTITY = "/computeMetadata/v1/instance/service-accounts/default/identity?audience=" + quote(AUDIENCE, safe="")


@dataclass(frozen=True)
class WorkloadIdentity:
    """What one platform says about what runs on it."""

    platform: str
    source: str
    assertion: Callable[[], str] = field(repr=False)
    kind = "workload identity"
    base_url = None
    tenant = None

    @property
    def identity(self) -> str:
        """The platform."""
        return f"workload:{self.platform}"

    async def obtain(self, ask: Ask, refused: str | None) -> Token:
        """A plan: a fresh token for a fresh assertion."""
        return await ask(self._grant)

    async def _grant(self) -> Grant:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "subject_token": await Blocking(self._checked_assertion),
            "audience": AUDIENCE,
        }
        return Grant(form, reusable=False)

    def _checked_assertion(self) -> Secret:
        try:
            assertion = Secret(self.assertion().strip())
        except (OSError, ValueError) as exc:
            problem = str(exc) if isinstance(exc, ValueError) else type(exc).__name__
        else:
            if len(assertion) <= LARGEST and _TOKEN.fullmatch(assertion):
                return assertion
            problem = "it gave something that is no token"
        if self.platform == "gcp":
            problem = f"{LOOKED_FOR}; Google Cloud's metadata was asked last: {problem}"
        raise NotAuthenticatedError(f"no identity from {self.source}: {problem}")


LOOKED_FOR = (
    "no credential was given, and none was found in KNOXCALL_ACCESS_TOKEN, KNOXCALL_API_KEY, KNOXCALL_CLIENT_ID with "
    "KNOXCALL_CLIENT_SECRET, the credentials file, GitHub Actions, AWS, Azure, Vercel or CircleCI"
)


def workload_identity(environ: Mapping[str, str]) -> WorkloadIdentity:
    """The platform that the environment points to; Google Cloud, which leaves no sign there, if it points to none."""
    for platform, names, assertion in _PLATFORMS:
        if all(environ.get(name) for name in names):
            return WorkloadIdentity(platform, " and ".join(names), partial(assertion, environ))
    return WorkloadIdentity("gcp", "Google Cloud's metadata server", partial(_google, environ))


def _github(environ: Mapping[str, str]) -> str:
    url = environ["ACTIONS_ID_TOKEN_REQUEST_URL"]
    token = environ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
    url += f"{'&' if '?' in url else '?'}audience={AUDIENCE}"
    return _member("value", fetch(url, {"Authorization": f"Bearer {token}", "User-Agent": "knoxcall-sdk"}))


def _aws(environ: Mapping[str, str]) -> str:
    return Path(environ["AWS_WEB_IDENTITY_TOKEN_FILE"]).read_text(encoding="ascii")


def _azure(environ: Mapping[str, str]) -> str:
    endpoint = environ["IDENTITY_ENDPOINT"].partition("?")[0]
    url = f"{endpoint}?api-version=2019-08-01&resource={quote(AUDIENCE, safe='')}"
    return _member("access_token", fetch(url, {"X-IDENTITY-HEADER": environ["IDENTITY_HEADER"]}))


def _vercel(environ: Mapping[str, str]) -> str:
    return environ["VERCEL_OIDC_TOKEN"]


def _circleci(environ: Mapping[str, str]) -> str:
    return environ["CIRCLE_OIDC_TOKEN_V2"]


def _google(environ: Mapping[str, str]) -> str:
    host = environ.get("GCE_METADATA_HOST") or _METADATA
    return fetch(f"http://{host}{_IDENTITY}", {"Metadata-Flavor": "Google"}, trusted=_METADATA).decode("ascii")


_PLATFORMS: tuple[tuple[str, tuple[str, ...], Callable[[Mapping[str, str]], str]], ...] = (
    ("github", ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"), _github),
    ("aws", ("AWS_WEB_IDENTITY_TOKEN_FILE",), _aws),
    ("azure", ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"), _azure),
    ("vercel", ("VERCEL_OIDC_TOKEN",), _vercel),
    ("circleci", ("CIRCLE_OIDC_TOKEN_V2",), _circleci),
)


def _member(name: str, content: bytes) -> str:
    body: Any = json.loads(content)
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str):
        raise ValueError(f"its answer has no {name}")
    return value
