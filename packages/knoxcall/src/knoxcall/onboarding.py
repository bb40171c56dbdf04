"""Getting a tenant without having any credential: ask for it, then claim what was made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.call import call
from sdk_engine.operation import Operation
from sdk_engine.settings import ClientSettings

from knoxcall.arguments import present
from knoxcall.connection import USER_AGENT
from knoxcall.drivers import Drivers
from knoxcall.envelopes import wrapped_data
from knoxcall.errors import SignupError
from knoxcall.refusals import KnoxCallErrors, build_error
from knoxcall.retries import Backoff
from knoxcall.settings import LIVE, check_timeout, normal_base_url

if TYPE_CHECKING:
    from sdk_engine.errors import SdkError
    from sdk_engine.messages import Response

    from knoxcall.types import SignupClaimResult, SignupResult

T = TypeVar("T")

SIGNUP: Operation[SignupResult] = Operation("POST", "/v1/signup", wrapped_data)
CLAIM: Operation[SignupClaimResult] = Operation("POST", "/v1/signup/claim", wrapped_data)

DEFAULT_TIMEOUT = 30.0


async def signup(
    *,
    email: str,
    tenant_name: str,
    full_name: str | None = None,
    tenant_slug: str | None = None,
    country: str | None = None,
    region: str | None = None,
    base_url: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> SignupResult:
    """`POST /v1/signup`: ask for a tenant. The answer has a `claim_handle` for `claim_signup`, but no key yet.

    The server takes three a hour from one address, and answers alike whether or not the email is known. Never retried.

    Args:
        email: whose tenant it will be; the confirmation goes there.
        tenant_name: for people.
        full_name: for people.
        tenant_slug: wished slug.
        country: two-letter code.
        region: where data is kept.
        base_url: instead of KNOXCALL_BASE_URL or the live host.
        timeout: seconds.

    Raises:
        SignupError: it was refused; see `type`.
        APIConnectionError: no answer.
    """
    body = _request(email, tenant_name, full_name, tenant_slug, country, region)
    return await _awaited(SIGNUP, body, base_url, timeout)


def signup_sync(
    *,
    email: str,
    tenant_name: str,
    full_name: str | None = None,
    tenant_slug: str | None = None,
    country: str | None = None,
    region: str | None = None,
    base_url: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> SignupResult:
    """`signup`, blocking."""
    body = _request(email, tenant_name, full_name, tenant_slug, country, region)
    return _blocking(SIGNUP, body, base_url, timeout)


async def claim_signup(
    *, claim_handle: str, base_url: str | None = None, timeout: float = DEFAULT_TIMEOUT
) -> SignupClaimResult:
    """`POST /v1/signup/claim`: what came of it. `status` is `pending` (wait `poll_after_seconds`) or `ready`.

    `ready` comes once, with the API key, which cannot be had again.

    Raises:
        SignupError: status 409 when it was claimed before, 404 when there is no such handle.
        APIConnectionError: no answer; the key may have been on its way.
    """
    return await _awaited(CLAIM, {"claim_handle": claim_handle}, base_url, timeout)


def claim_signup_sync(
    *, claim_handle: str, base_url: str | None = None, timeout: float = DEFAULT_TIMEOUT
) -> SignupClaimResult:
    """`claim_signup`, blocking."""
    return _blocking(CLAIM, {"claim_handle": claim_handle}, base_url, timeout)


def _request(*values: str | None) -> dict[str, Any]:
    names = ("email", "tenant_name", "full_name", "tenant_slug", "country", "region")
    return present(dict(zip(names, values, strict=True)))


async def _awaited(operation: Operation[T], body: object, base_url: str | None, timeout: float) -> T:
    settings = _settings(base_url, timeout)
    drivers = Drivers(sync=False, timeout=settings.timeout)
    try:
        result: T = await drivers.main.run(call(settings, operation, json=body))
        return result
    finally:
        await drivers.aclose()


def _blocking(operation: Operation[T], body: object, base_url: str | None, timeout: float) -> T:
    settings = _settings(base_url, timeout)
    drivers = Drivers(sync=True, timeout=settings.timeout)
    try:
        result: T = drivers.main.run(call(settings, operation, json=body))
        return result
    finally:
        drivers.close()


def _settings(base_url: str | None, timeout: float) -> ClientSettings:
    check_timeout(timeout)
    return ClientSettings(
        base_url=normal_base_url("base_url", base_url or os.environ.get("KNOXCALL_BASE_URL") or LIVE),
        headers={"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": USER_AGENT},
        timeout=timeout,
        retry=Backoff(max_attempts=1),
        errors=_SignupErrors(),
        keyed_methods=frozenset(),
        request_id_header=None,
    )


class _SignupErrors(KnoxCallErrors):
    def refusal(self, response: Response, place: str, suffix: str, **facts: Any) -> SdkError:
        return build_error(SignupError, response, suffix, **facts)

    def protocol(self, response: Response, message: str, **facts: Any) -> SdkError:
        """Without the body, which may hold a handle or a key."""
        return SignupError(message, status=response.status_code, **facts)
