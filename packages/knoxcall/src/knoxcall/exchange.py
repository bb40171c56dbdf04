"""Identities from elsewhere, exchanged for tokens of KnoxCall's gateway: CI without stored secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import UndecodableBody, plain_json
from sdk_engine.call import call
from sdk_engine.operation import Operation
from sdk_engine.settings import ClientSettings

from knoxcall.arguments import present
from knoxcall.auth.credentials import usable_secret
from knoxcall.connection import USER_AGENT
from knoxcall.drivers import Drivers
from knoxcall.errors import BootstrapError, TokenExchangeError
from knoxcall.refusals import KnoxCallErrors, build_error
from knoxcall.retries import Backoff
from knoxcall.settings import check_timeout, checked_slug, normal_base_url

if TYPE_CHECKING:
    from sdk_engine.errors import SdkError
    from sdk_engine.messages import Response

KNOXCALL_AUDIENCE = "knoxcall:gateway"
DEFAULT_TIMEOUT = 30.0


def _token(response: Response) -> dict[str, Any]:
    answer = plain_json(response)
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str) or not answer["access_token"]:
        raise UndecodableBody("it holds no access_token")
    return answer


EXCHANGE: Operation[dict[str, Any]] = Operation("POST", "/v1/oauth/token", _token)


async def exchange_token(
    *,
    subject_token: str,
    resource: str | None = None,
    audience: str = KNOXCALL_AUDIENCE,
    tenant: str | None = None,
    sandbox: bool = False,
    base_url: str | None = None,
    http: Any = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> dict[str, Any]:
    """`POST /v1/oauth/token`: exchange an identity token for one of the gateway. Never retried: it may work only once.

    Args:
        subject_token: the identity token.
        resource: what the token is for, if it is for one resource only.
        audience: whom it is shown to.
        tenant: whose gateway; or give `base_url`, which comes first.
        sandbox: use the tenant's sandbox host.
        base_url: for installations of your own.
        http: an HTTP client of your own, as for `KnoxCall`; it stays open.
        timeout: seconds.

    Returns:
        OAuth's answer as it is: `access_token`, `expires_in`, ...

    Raises:
        BootstrapError: neither tenant nor base URL, or an argument is unusable; nothing was sent.
        TokenExchangeError: it was refused; see `type`.
        APIConnectionError: no answer.
    """
    settings, body = _settings(base_url, tenant, sandbox, timeout), _body(subject_token, resource, audience)
    drivers = Drivers(sync=False, timeout=timeout, http_client=http)
    try:
        answer: dict[str, Any] = await drivers.main.run(call(settings, EXCHANGE, json=body))
        return answer
    finally:
        await drivers.aclose()


def exchange_token_sync(
    *,
    subject_token: str,
    resource: str | None = None,
    audience: str = KNOXCALL_AUDIENCE,
    tenant: str | None = None,
    sandbox: bool = False,
    base_url: str | None = None,
    http: Any = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> dict[str, Any]:
    """`exchange_token`, blocking."""
    settings, body = _settings(base_url, tenant, sandbox, timeout), _body(subject_token, resource, audience)
    drivers = Drivers(sync=True, timeout=timeout, http_client=http, either=True)
    try:
        answer: dict[str, Any] = drivers.main.run(call(settings, EXCHANGE, json=body))
        return answer
    finally:
        drivers.close()


def _body(subject_token: str, resource: str | None, audience: str) -> dict[str, Any]:
    return present(
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": str(usable_secret("subject_token", subject_token)),
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "audience": audience,
            "resource": resource,
        }
    )


def _settings(base_url: str | None, tenant: str | None, sandbox: bool, timeout: float) -> ClientSettings:
    check_timeout(timeout)
    if not base_url and not tenant:
        raise BootstrapError("give the tenant, or the base_url of its gateway")
    host = base_url or f"https://{'sandbox-' if sandbox else ''}{checked_slug(tenant)}.knoxcall.com"
    return ClientSettings(
        base_url=normal_base_url("base_url", host),
        headers={"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": USER_AGENT},
        timeout=timeout,
        retry=Backoff(max_attempts=1),
        errors=_ExchangeErrors(),
        keyed_methods=frozenset(),
        request_id_header=None,
    )


class _ExchangeErrors(KnoxCallErrors):
    def refusal(self, response: Response, place: str, suffix: str, **facts: Any) -> SdkError:
        error = build_error(TokenExchangeError, response, suffix, **facts)
        error.code = error.code or "token_exchange_failed"
        return error

    def protocol(self, response: Response, message: str, **facts: Any) -> SdkError:
        """Without the body, which may hold a token."""
        return TokenExchangeError(message, status=response.status_code, type="token_exchange_failed", **facts)
