"""The one place through which every call of the client goes."""

from __future__ import annotations

from logging import LoggerAdapter
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.call import DEFAULT_OPTIONS, ClientSettings, RequestOptions, call, exchange
from sdk_engine.drivers import AsyncDriver
from sdk_engine.httpx_response import httpx_response
from sdk_engine.messages import connect_limit
from sdk_engine.operation import raw_target
from sdk_engine.retries import RetryPolicy
from sdk_engine.wires import WireSettings, async_wire

from kneo_client._version import __version__
from kneo_client.core.auth import auth_header
from kneo_client.core.errors import KneoErrors, KneoInvalidRequestError
from kneo_client.core.logging import get_logger
from kneo_client.core.sync_transport import SyncTransport

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from types import TracebackType

    import httpx
    from sdk_engine.operation import Operation
    from sdk_engine.wires import AsyncWire

    from kneo_client.core.profiles import Profile

T = TypeVar("T")

__all__ = ["SyncTransport", "Transport"]


class Transport:
    """Sends requests to one platform instance: auth, ids, idempotency, retries, errors.

    Args:
        profile: where to and as whom.
        http_client: an `httpx.AsyncClient` or `httpx2.AsyncClient` of your own, for shared pools, proxies or custom
            TLS. It is used as it is, base URL and auth included (give it `base_url=profile.url` and
            `auth=ApiKeyAuth(...)`; without a base URL the profile's is used), and `aclose()` leaves it open.
        retry_policy: defaults to `RetryPolicy()`.

    One transport may serve many tasks at once, and several event loops.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        http_client: httpx.AsyncClient | None = None,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self._profile = profile
        self._closed = False
        base_url = profile.url if http_client is None else str(http_client.base_url) or profile.url
        headers = {"Accept-Encoding": "gzip, deflate"}
        if http_client is None:
            name, value = auth_header(profile.api_key, profile.auth_scheme)
            headers |= {"Accept": "application/json", "User-Agent": f"kneo-client/{__version__}", name: value}
        self.settings = ClientSettings(
            base_url=base_url.rstrip("/"),
            headers=headers,
            timeout=profile.timeout,
            retry=retry_policy or RetryPolicy(),
            errors=KneoErrors(),
            logger=LoggerAdapter(get_logger("transport"), {"profile": profile.name}),
        )
        self._driver = AsyncDriver(_wire(http_client, connect_timeout=connect_limit(profile.timeout)))

    @property
    def profile(self) -> Profile:
        """The profile this transport is bound to."""
        return self._profile

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        request_id: str | None = None,
    ) -> httpx.Response:
        """Send a request and return its successful (2xx) answer; for endpoints that have no method here.

        Args:
            method: HTTP method.
            path: path below the profile's URL, such as `/v1/runs`. An absolute URL is refused.
            json: body, anything JSON can carry.
            params: query parameters; None values are left out, lists repeat their name.
            headers: extra headers. Auth and X-Request-ID cannot be replaced here.
            idempotency_key: key for a POST instead of a fresh one; ignored for other methods.
            request_id: X-Request-ID instead of a fresh one.

        Raises:
            KneoInvalidRequestError: the arguments are unusable; nothing was sent.
            KneoNetworkError: no usable answer; see its `outcome` before repeating a POST.
            KneoError: the platform answered with anything but 2xx; the subclass says what to do.
        """
        options = RequestOptions(headers, idempotency_key, request_id)
        answer = await self.run(exchange(self.settings, method, path, query=params, json=json, options=options))
        return httpx_response(answer, method, self.settings.base_url + raw_target(path, params))

    async def call(
        self,
        operation: Operation[T],
        segments: Mapping[str, object] | None = None,
        *,
        query: Mapping[str, object] | None = None,
        json: object = None,
        idempotency_key: str | None = None,
    ) -> T:
        """Call one operation and decode its result. The adapters' methods are made of this."""
        if json is not None and not isinstance(json, dict):
            json = _checked(json)
        options = RequestOptions(idempotency_key=idempotency_key) if idempotency_key is not None else DEFAULT_OPTIONS
        return await self.run(call(self.settings, operation, segments or {}, query=query, json=json, options=options))

    def run(self, plan: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """Perform a plan (see `sdk_engine.steps`) over this transport's connections."""
        if self._closed:
            plan.close()
            raise KneoInvalidRequestError("this client is closed; create a new one")
        return self._driver.run(plan)

    async def aclose(self) -> None:
        """Close the connections this transport opened; a client passed in stays open. May be called twice."""
        self._closed = True
        await self._driver.aclose()

    async def __aenter__(self) -> Transport:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


def _checked(body: object) -> object:
    """A typed body as plain values, after its fields were held against their types; anything else as it is."""
    from sdk_engine.models import Model

    if not isinstance(body, Model):
        return body
    try:
        values = body.to_dict()
        type(body).from_dict(values)
    except ValueError as exc:
        problem = str(exc)
    except RecursionError:
        problem = "it is nested too deeply"
    else:
        return values
    raise KneoInvalidRequestError(f"{type(body).__name__} is not usable: {problem}")


def _wire(http_client: httpx.AsyncClient | None, *, connect_timeout: float) -> AsyncWire:
    return async_wire(http_client, WireSettings(connect_timeout=connect_timeout))
