"""Calls through the proxy, as plans: the upstream's answer, whatever its status."""

from __future__ import annotations

import base64
import datetime
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sdk_engine.bodies import Content
from sdk_engine.call import exchange
from sdk_engine.httpx_response import httpx_response
from sdk_engine.operation import raw_target
from sdk_engine.settings import ClientSettings, RequestOptions

from knoxcall.bodies import is_raw
from knoxcall.errors import InvalidRequestError
from knoxcall.paths import check_path
from knoxcall.refusals import ProxyErrors
from knoxcall.streams import OpenResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from sdk_engine.auth import AuthFlow

    from knoxcall.auth.credentials import StaticKey
    from knoxcall.bodies import Encoding
    from knoxcall.tenants import ProxyAddress

PROXIED = "/{path}"
"""What stands in errors and logs for the path of a proxied call, which may hold anything."""

_KNOXCALLS = frozenset(
    {
        "accept-encoding",
        "authorization",
        "dpop",
        "x-knoxcall-agent-id",
        "x-knoxcall-agent-token",
        "x-knoxcall-key",
        "x-knoxcall-origin",
    }
)
"""Header fields that are never a caller's, in lower case."""
_CONTROL = "x-knox"
"""How the names begin that say what is to become of a call without a route."""
_READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class ProxyCall:
    """One call through a route, as `KnoxCall.call` describes it."""

    route: str
    method: str = "GET"
    path: str = field(default="/", repr=False)
    body: object = field(default=None, repr=False)
    query: Mapping[str, object] | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    environment: str | None = None
    timeout: float | None = None

    def with_defaults(
        self,
        *,
        environment: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> ProxyCall:
        """The call with these where it says nothing itself; headers are merged by name."""
        named = {str(name).lower() for name in self.headers or {}}
        others = {name: value for name, value in (headers or {}).items() if str(name).lower() not in named}
        return replace(
            self,
            environment=environment if self.environment is None else self.environment,
            headers={**others, **(self.headers or {})},
            timeout=timeout if self.timeout is None else self.timeout,
        )


class DataPlane:
    """The proxy, for one client."""

    def __init__(
        self,
        management: ClientSettings,
        address: ProxyAddress,
        *,
        environment: str | None,
        user_agent: str,
        key: StaticKey | None,
        auth: AuthFlow | None,
        encoding: Encoding,
    ) -> None:
        self._encoding = encoding
        self._address = address
        self._environment = environment
        shared = {"Accept": "*/*", "User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"}
        bearer = {} if key is None else {"Authorization": key.bearer}
        self._routed = shared | ({"x-knoxcall-key": key.key} if key is not None and not key.is_token else bearer)
        self._settings = partial(
            ClientSettings,
            timeout=management.timeout,
            retry=management.retry,
            errors=ProxyErrors(),
            auth=auth,
            budget=management.budget,
            keyed_methods=frozenset(),
            request_id_header=None,
            encode=encoding.content,
            repeatable_methods=_READING,
            repeat_unsent=True,
            reserved=_KNOXCALLS,
            observers=management.observers,
            clock=management.clock,
        )
        self._ephemeral = self._settings(management.base_url, {**shared, **bearer})
        self._proxy: ClientSettings | None = None

    async def call(self, asked: ProxyCall, *, streamed: bool = False) -> httpx.Response:
        """A plan: the answer to a call through a route; open, if it is `streamed` and no refusal."""
        own = {"x-knoxcall-route": _named("route", asked.route)}
        environment = self._environment if asked.environment is None else asked.environment
        if environment is not None:
            own["x-knoxcall-environment"] = environment
        if self._proxy is None:
            self._proxy = self._settings(await self._address.base(), self._routed)
        options = RequestOptions(_passed_on(asked.headers, own), timeout=asked.timeout, streamed=streamed)
        target = partial(proxied_target, asked.path, asked.query)
        return await _answer(self._proxy, asked.method, PROXIED, target, asked.body, options)

    async def ephemeral(
        self,
        upstream_url: str,
        method: str,
        body: object,
        headers: Mapping[str, str] | None,
        control: Mapping[str, str | None],
        encrypted: object,
        timeout: float | None,
    ) -> httpx.Response:
        """A plan: the answer to a call that needs no route."""
        own = {"X-Knox-Proxy-URL": _named("upstream_url", upstream_url)}
        own |= {name: value for name, value in control.items() if value is not None}
        if encrypted is not None:
            as_text = partial(self._encoding.json, encrypted)
            own["X-Knox-Encrypted"] = encrypted if isinstance(encrypted, str) else base64.b64encode(as_text()).decode()
        if "X-Knox-Proxy-Mode" in own and is_raw(body):
            body = Content(self._encoding.content(body), None)  # left alone, so nothing is said about it either
        options = RequestOptions(_passed_on(headers, own, refused=_CONTROL), timeout=timeout)
        return await _answer(self._ephemeral, method, "/v1/proxy", lambda: "/v1/proxy", body, options)


async def _answer(
    settings: ClientSettings,
    method: str,
    shown: str,
    target: Callable[[], str],
    body: object,
    options: RequestOptions,
) -> httpx.Response:
    began = settings.clock()
    answer = await exchange(settings, method, shown, json=body, options=options, target=target)
    url = settings.base_url + target()
    if isinstance(answer, OpenResponse):
        import httpx

        answer.stream.request = httpx.Request(method, url)  # without the headers: they hold the credential
        return answer.stream
    response = httpx_response(answer, method, url)
    response.elapsed = datetime.timedelta(seconds=settings.clock() - began)
    return response


def _passed_on(
    headers: Mapping[str, str] | None, own: Mapping[str, str], *, refused: str | None = None
) -> dict[str, str]:
    """The caller's headers with our own for this call; names that begin with `refused` are not a caller's.

    Servers that take an underscore for a hyphen shall not be told anything else, so these count as the same.
    """
    ours = {name.lower() for name in own} | _KNOXCALLS
    kept: dict[str, str] = {}
    for name, value in (headers or {}).items():
        if isinstance(name, str):  # else the engine refuses it
            plain = name.strip().lower().replace("_", "-")
            if plain in ours or (refused is not None and plain.startswith(refused)):
                continue
        kept[name] = value
    return {**kept, **own}


def proxied_target(path: str, query: Mapping[str, object] | None) -> str:
    """Path and query as they go out; a query inside `path` stays, a fragment does not.

    Raises:
        ConfigurationError: the path is a whole URL, or would leave the route.
    """
    if isinstance(path, str):
        path = path.partition("#")[0]
        check_path(path)
    target = raw_target(path)
    if not query:
        return target
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        values: Any = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
        pairs += [(name, _query_text(item)) for item in values]
    try:
        return f"{target}{'&' if '?' in target else '?'}{urlencode(pairs)}" if pairs else target
    except UnicodeEncodeError:
        raise InvalidRequestError("the query holds a lone surrogate, which has no UTF-8 form") from None


def _query_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _named(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidRequestError(f"{name} must be a text that is not empty")
    return value
