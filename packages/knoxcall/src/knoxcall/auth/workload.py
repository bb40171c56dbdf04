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
from urllib.parse import parse_qsl, quote, urlencode

from sdk_engine.messages import WireFailure
from sdk_engine.redaction import Secret
from sdk_engine.steps import Blocking

from knoxcall.auth.probe import GUESS, KNOWN, LARGEST, fetch
from knoxcall.errors import NotAuthenticatedError
from knoxcall.private_files import read_regular
from knoxcall.token import Grant

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from sdk_engine.deadline import Deadline

    from knoxcall.auth.credentials import Ask
    from knoxcall.token import Token

    Assertion = Callable[[Deadline], Coroutine[Any, Any, str]]
    Platform = Callable[[Mapping[str, str], Deadline], Coroutine[Any, Any, str]]

AUDIENCE = "knoxcall:api"
MACHINE = Path("/sys/class/dmi/id/product_name")
"""What Google's machines, and the containers on them, can tell by that they are Google's."""

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")  # what a token can be made of; a page or an error message is not
_METADATA = "metadata.google.internal"
_IDENTITY = "/computeMetadata/v1/instance/service-accounts/default/identity?audience=" + quote(AUDIENCE, safe="")
_ON_GOOGLE = ("GCE_METADATA_HOST", "K_SERVICE", "CLOUD_RUN_JOB", "GAE_SERVICE", "FUNCTION_TARGET")


@dataclass(frozen=True)
class WorkloadIdentity:
    """What one platform says about what runs on it."""

    platform: str
    source: str
    assertion: Assertion = field(repr=False)
    kind = "workload identity"
    base_url = None
    tenant = None

    @property
    def identity(self) -> str:
        """The platform."""
        return f"workload:{self.platform}"

    async def obtain(self, ask: Ask, refused: str | None, deadline: Deadline) -> Token:
        """A plan: a fresh token for a fresh assertion."""
        return await ask(partial(self._grant, deadline))

    async def _grant(self, deadline: Deadline) -> Grant:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "subject_token": await self._checked_assertion(deadline),
            "audience": AUDIENCE,
        }
        return Grant(form, reusable=False)

    async def _checked_assertion(self, deadline: Deadline) -> Secret:
        try:
            assertion = Secret((await self.assertion(deadline)).strip())
        except (OSError, ValueError, WireFailure) as exc:
            problem = f"{type(exc).__name__}: {exc}" if isinstance(exc, OSError) else str(exc)
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
    """The platform that the environment points to; if it points to none, Google Cloud, which need not leave a sign."""
    for platform, names, assertion in _PLATFORMS:
        if all(environ.get(name) for name in names):
            return WorkloadIdentity(platform, " and ".join(names), partial(assertion, environ))
    return WorkloadIdentity("gcp", "Google Cloud's metadata server", partial(_google, environ))


async def _github(environ: Mapping[str, str], deadline: Deadline) -> str:
    url = environ["ACTIONS_ID_TOKEN_REQUEST_URL"]
    token = environ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
    url += f"{'&' if '?' in url else '?'}audience={AUDIENCE}"
    headers = {"Authorization": Secret(f"Bearer {token}"), "User-Agent": "knoxcall-sdk"}
    return _member("value", await fetch(url, headers, KNOWN, deadline))


async def _aws(environ: Mapping[str, str], deadline: Deadline) -> str:
    file = Path(environ["AWS_WEB_IDENTITY_TOKEN_FILE"])
    content: bytes = (await Blocking(partial(read_regular, file, largest=LARGEST)))[0]
    return content.decode("ascii")


async def _azure(environ: Mapping[str, str], deadline: Deadline) -> str:
    """App Service, Functions and Container Apps. A `client_id` says which user-assigned identity is meant."""
    endpoint, _, query = environ["IDENTITY_ENDPOINT"].partition("?")
    ours = {"api-version": "2019-08-01", "resource": AUDIENCE}
    if client_id := environ.get("AZURE_CLIENT_ID"):
        ours["client_id"] = client_id
    theirs = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in ours]
    url = f"{endpoint}?{urlencode([*theirs, *ours.items()])}"
    headers = {"X-IDENTITY-HEADER": Secret(environ["IDENTITY_HEADER"])}
    return _member("access_token", await fetch(url, headers, KNOWN, deadline))


async def _vercel(environ: Mapping[str, str], deadline: Deadline) -> str:
    return environ["VERCEL_OIDC_TOKEN"]


async def _circleci(environ: Mapping[str, str], deadline: Deadline) -> str:
    return environ["CIRCLE_OIDC_TOKEN_V2"]


async def _google(environ: Mapping[str, str], deadline: Deadline) -> str:
    host = environ.get("GCE_METADATA_HOST") or _METADATA
    known = any(environ.get(name) for name in _ON_GOOGLE) or await Blocking(_is_googles)
    url, headers = f"http://{host}{_IDENTITY}", {"Metadata-Flavor": "Google"}
    content = await fetch(url, headers, KNOWN if known else GUESS, deadline, trusted=_METADATA)
    return content.decode("ascii")


def _is_googles() -> bool:
    try:
        return MACHINE.read_text(encoding="ascii").startswith("Google")
    except (OSError, ValueError):
        return False


_PLATFORMS: tuple[tuple[str, tuple[str, ...], Platform], ...] = (
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
