"""Calls through the proxy, as plans: the upstream's answer, whatever its status."""

from __future__ import annotations

import base64
import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sdk_engine.errors import Outcome
from sdk_engine.httpx_response import httpx_response
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.operation import raw_target
from sdk_engine.redaction import check_header
from sdk_engine.settings import ClientSettings, RequestOptions
from sdk_engine.streams import OpenRequest, OpenResponse

from knoxcall.bodies import encode_content, encode_json
from knoxcall.errors import InvalidRequestError
from knoxcall.management import KnoxCallLife

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from sdk_engine.auth import AuthFlow

    from knoxcall.auth.credentials import StaticKey
    from knoxcall.tenants import ProxyAddress

_ACCEPT_ENCODING = "gzip, deflate"
_NOT_THE_CALLERS = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "dpop",
        "host",
        "transfer-encoding",
        "x-knoxcall-agent-id",
        "x-knoxcall-agent-token",
        "x-knoxcall-key",
        "x-knoxcall-origin",
    }
)
_REPEATABLE = frozenset({"GET", "HEAD"})


class ProxyLife(KnoxCallLife):
    """One proxied call under way. Every status is its result; only what cannot have had an effect is sent again."""

    def __init__(
        self,
        shared: ClientSettings,
        method: str,
        options: RequestOptions,
        own_headers: Mapping[str, str],
        *,
        untyped: str | None = "application/json",
        streamed: bool = False,
    ) -> None:
        super().__init__(shared, method, options)
        self._own_headers = own_headers
        self._untyped = untyped  # the type of a body that does not say its own
        self._streamed = streamed

    def build(self, target: Callable[[], str], json: object) -> Request:
        """Stamp and check everything before any I/O."""
        request = super().build(target, json)
        if not self._streamed:
            return request
        return OpenRequest(request.method, request.base, request.target, request.headers, request.content)

    def encoded(self, body: object) -> tuple[bytes | None, str | None]:
        """The body, and its type unless the caller has named one."""
        content, content_type = encode_content(body)
        if content is None or any(name.lower() == "content-type" for name in self.options.headers or {}):
            return content, None
        return content, content_type or self._untyped

    def headers(self) -> dict[str, str]:
        """The caller's headers over ours where they are its business; names differ by more than case."""
        fields = {name.lower(): (name, value) for name, value in self.settings.headers.items()}
        for name, value in (self.options.headers or {}).items():
            check_header(name, value)
            if name.lower() not in _NOT_THE_CALLERS:
                fields[name.lower()] = name, value
        for name, value in self._own_headers.items():
            check_header(name, value)
            fields[name.lower()] = name, value
        return dict(fields.values())

    def is_final(self, response: Response) -> bool:
        """Any answer is: the upstream's status belongs to the caller."""
        return True

    def may_repeat(self, result: Response | WireFailure) -> bool:
        """What was not sent, and what only reads."""
        not_sent = isinstance(result, WireFailure) and result.outcome is Outcome.NOT_SENT
        return not_sent or self.method in _REPEATABLE


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
    ) -> None:
        self._address = address
        self._environment = environment
        self._key = key
        self._shared = partial(
            ClientSettings,
            headers={"Accept": "*/*", "User-Agent": user_agent, "Accept-Encoding": _ACCEPT_ENCODING},
            timeout=management.timeout,
            retry=management.retry,
            errors=management.errors,
            auth=auth,
            budget=management.budget,
            keyed_methods=frozenset(),
            request_id_header=None,
            clock=management.clock,
            logger=management.logger,
        )
        self._ephemeral = self._shared(management.base_url)
        self._proxy: ClientSettings | None = None

    async def call(
        self,
        route: str,
        method: str,
        path: str,
        body: object,
        query: Mapping[str, object] | None,
        headers: Mapping[str, str] | None,
        environment: str | None,
        timeout: float | None,
        *,
        streamed: bool = False,
    ) -> httpx.Response:
        """A plan: the answer to a call through a route; open, if it is `streamed` and no refusal."""
        own = {"x-knoxcall-route": _named("route", route)}
        environment = self._environment if environment is None else environment
        if environment is not None:
            own["x-knoxcall-environment"] = environment
        if self._key is not None:
            own |= {"Authorization": self._key.bearer} if self._key.is_token else {"x-knoxcall-key": self._key.key}
        if self._proxy is None:
            self._proxy = self._shared(await self._address.base())
        life = ProxyLife(self._proxy, method, RequestOptions(headers, timeout=timeout), own, streamed=streamed)
        return await _answer(life, partial(proxied_target, path, query), body)

    async def ephemeral(
        self,
        upstream_url: str,
        method: str,
        body: object,
        headers: Mapping[str, str] | None,
        own: Mapping[str, str | None],
        encrypted: object,
        timeout: float | None,
    ) -> httpx.Response:
        """A plan: the answer to a call that needs no route."""
        fields = {"X-Knox-Proxy-URL": _named("upstream_url", upstream_url)}
        fields |= {name: value for name, value in own.items() if value is not None}
        if encrypted is not None:
            content = encrypted if isinstance(encrypted, str) else base64.b64encode(encode_json(encrypted)).decode()
            fields["X-Knox-Encrypted"] = content
        if self._key is not None:
            fields["Authorization"] = self._key.bearer
        untyped = None if own.get("X-Knox-Proxy-Mode") else "application/json"
        life = ProxyLife(self._ephemeral, method, RequestOptions(headers, timeout=timeout), fields, untyped=untyped)
        return await _answer(life, lambda: "/v1/proxy", body)


async def _answer(life: ProxyLife, target: Callable[[], str], body: object) -> httpx.Response:
    clock = life.settings.clock
    began = clock()
    answer = await life.run(target, body)
    url = life.settings.base_url + target()
    if isinstance(answer, OpenResponse):
        import httpx

        answer.stream.request = httpx.Request(life.method, url)  # without the headers: they hold the credential
        return answer.stream
    response = httpx_response(answer, life.method, url)
    response.elapsed = datetime.timedelta(seconds=clock() - began)
    return response


def proxied_target(path: str, query: Mapping[str, object] | None) -> str:
    """Path and query as they go out; a query inside `path` stays, a fragment does not.

    Raises:
        ConfigurationError: the path is a whole URL, or would leave the route.
    """
    if isinstance(path, str):
        path = path.partition("#")[0]
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
